"""Compares a layer with what the library gave, value by value and row by row."""

import math
import re

from qgis.core import NULL

#: Two builds of the same arithmetic: only the sum's last digits may differ, and do not today.
RELATIVE, ABSOLUTE = 1e-10, 1e-12


def assert_same(layer, case):
    """Hold a layer against a case: the same rows by label, and every column of them.

    Rows that carry no label (a list of findings) are compared in their order.
    """
    names = [field.name() for field in layer.fields()]
    rows = [feature.attributes() for feature in layer.getFeatures()]
    columns, index = case["columns"], case["index"]
    held = [place_of(column, names, columns) for column in columns]
    assert len(set(held)) == len(held)
    places = [places_of(name, names) for name in index if name != "None"]
    keys = list(zip(*(index[name] for name in index if name != "None"), strict=True))
    keys = [tuple(map(str, key)) for key in keys] or list(range(len(rows)))
    found = {
        tuple(str(row[place]) for place in places) or i: [row[place] for place in held]
        for i, row in enumerate(rows)
    }
    assert len(rows) == len(found)
    assert sorted(found) == sorted(keys)
    for i, key in enumerate(keys):
        for value, (name, values) in zip(found[key], columns.items(), strict=True):
            assert same(value, values[i]), f"{name} of {key}: {value!r}, not {values[i]!r}"


def place_of(column, names, columns):
    """Find the field of a column: its own name, or a numbered one where the layer has another."""
    numbered = re.compile(re.escape(column) + r"_\d+")
    fitting = [n for n in names if n == column or (n not in columns and numbered.fullmatch(n))]
    return names.index(fitting[-1])


def places_of(label, names):
    """Find the field that holds a label of the rows: the user's, or that of the result."""
    known = {"unit": ("code", "adcode", "AreaKey", "unit"), "time": ("year", "time")}
    return next(names.index(name) for name in known.get(label, (label,)) if name in names)


def same(got, want):
    """Whether a value of a layer is the library's."""
    if got is None or got == NULL:
        return want is None
    if want is None:
        return False
    if isinstance(want, (bool, str)):
        return got == want
    return math.isclose(float(got), want, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
