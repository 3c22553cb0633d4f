"""Every public function over inputs that are hard on arithmetic: right, or refused with words.

The inputs are those of the alignment test, with every number changed (``hard_toys.HARD``) or of
another dtype; a new function joins by its alignment case. What comes out is the rescaled right
answer where the station states a law beside its ``CASES`` (``LAWS``: a pattern of columns -> the
power of the scale they go with; ``SHIFTED``: a number added changes nothing), or a
``SpatialCCDError``; never a foreign exception, a foreign warning, or a figure that is missing
without a note or a warning. Shuffled rows: ``test_alignment``.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import SpatialCCDError, SpatialCCDWarning
from tests.hard_toys import DTYPES, HARD, NO_NUMBERS, HardToys, toys
from tests.test_alignment import _STATIONS, CASES, TOOLS, _sorted, _table

LAWS: dict[str, dict[str, float]] = {
    name: law for station in _STATIONS for name, law in getattr(station, "LAWS", {}).items()
}
#: Functions whose columns of power 0 do not change either when a number is added to the data.
SHIFTED: set[str] = {name for station in _STATIONS for name in getattr(station, "SHIFTED", ())}
#: Figures that are missing by their meaning (the first year has no change), as docstrings say.
MISSING_BY_MEANING: dict[str, str] = {
    "forecast_gm11": "years to come have no actual value, past ones no forecast",
    "relative_development": "0 / 0 is no ratio",
    "scissors_difference": "a still pair has no angle and none that is faster",
    "mean_center": "the first year has no move",
    "map_centers": "the first year has no move",
    "map_lisa": "a frame of clusters has no local figure",
    "kernel_density": "one peak has no second and no valley",
    "chart_dots": "a series of one value has no tau, as mann_kendall notes",
    "chart_decoupling": "a still driver has no elasticity, as decoupling notes",
    "chart_density": "one peak has no second and no valley",
    "spatial_markov": "what no unit left has no probability",
    "chart_transitions": "what no unit left has no probability, as markov notes",
}
#: What fails today because its station is being mended: (function, kind) -> why. Strict: an entry
#: that holds no more makes the test fail.
KNOWN: dict[tuple[str, str], str] = {}


class _Outcome:
    """What a call gave: a table, or the words it was refused with; and what it warned of."""

    def __init__(self, name: str, hard: HardToys) -> None:
        self.table: pd.DataFrame | None = None
        self.refused = ""
        self.notes: list[str] = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                arguments = CASES[name](hard)
                named = {key: value for key, value in arguments.items() if key != "*"}
                result = getattr(sc, name)(*arguments.get("*", ()), **named)
                self.table = _table(result)
                self.notes = result.notes() if hasattr(result, "notes") else []
            except SpatialCCDError as error:
                self.refused = str(error)
        self.notes += [str(c.message) for c in caught if issubclass(c.category, SpatialCCDWarning)]
        foreign = [c for c in caught if not issubclass(c.category, SpatialCCDWarning)]
        assert not foreign, [f"{c.filename}:{c.lineno}: {c.message}" for c in foreign]

    def gaps(self) -> set[str]:
        """Name the columns with figures that are missing or infinite."""
        if self.table is None:
            return set()
        numbers = pd.DataFrame(self.table).select_dtypes("number")
        finite = np.isfinite(numbers.to_numpy(dtype=float, na_value=np.nan))
        return {str(c) for c in numbers.columns[~finite.all(axis=0)]}


@cache
def _plain(name: str) -> _Outcome:
    return _Outcome(name, HardToys(lambda frame: frame))


def _strict(name: str, kind: str, check: Any) -> None:
    """Run a check; one that is known to fail must fail."""
    if (name, kind) not in KNOWN:
        check()
        return
    with pytest.raises(Exception):  # noqa: B017, PT011 - any fault: the table says which
        check()


#: Drawing takes long, and draws what its result holds: the kinds that change the picture.
_DRAWN = ("near constant", "huge", "one unit")
_PAIRS = [
    (name, kind)
    for name in TOOLS
    for kind in HARD
    if catalog.tool(name).returns not in ("Map", "Figure") or kind in _DRAWN
]


@pytest.mark.parametrize(("name", "kind"), _PAIRS)
def test_hard_numbers_give_the_right_answer_or_words(name: str, kind: str) -> None:
    def check() -> None:
        got = _Outcome(name, toys(kind))
        if got.refused:
            return
        new = got.gaps() - _plain(name).gaps()
        told = set(got.notes) - set(_plain(name).notes)
        assert not new or told or name in MISSING_BY_MEANING, sorted(new)
        scale = {"tiny": 1e-12, "huge": 1e12}.get(kind)
        if scale and name in LAWS and got.table is not None:
            _assert_follows(got.table, _plain(name).table, LAWS[name], scale)

        if kind == "far from zero" and name in SHIFTED and got.table is not None:
            unchanged = {pattern: p for pattern, p in LAWS[name].items() if p == 0}
            _assert_follows(got.table, _plain(name).table, unchanged, 1.0)

    _strict(name, kind, check)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_about_columns_that_there_are(name: str) -> None:
    table = _plain(name).table
    assert table is not None
    numbers = pd.DataFrame(table).select_dtypes("number").columns
    for pattern in LAWS[name]:
        assert any(re.fullmatch(pattern, str(column)) for column in numbers), list(numbers)
    assert set(LAWS) | SHIFTED <= set(TOOLS)


def _assert_follows(got: Any, plain: Any, law: dict[str, float], scale: float) -> None:
    """Check every numeric column against the power of the scale that the law gives it."""
    got, plain = _sorted(got), _sorted(plain)
    assert got.shape == plain.shape
    for position, column in enumerate(plain.columns):
        power = next((p for pattern, p in law.items() if re.fullmatch(pattern, str(column))), None)
        if power is None or not pd.api.types.is_numeric_dtype(plain.dtypes.iloc[position]):
            continue
        wanted = plain.iloc[:, position].to_numpy(dtype=float) * scale**power
        size = np.nanmax(np.abs(wanted), initial=0.0)
        np.testing.assert_allclose(
            got.iloc[:, position].to_numpy(dtype=float),
            wanted,
            rtol=1e-6,
            atol=1e-9 * size,
            err_msg=str(column),
        )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [n for n in TOOLS if catalog.tool(n).station != "report"])
def test_other_dtypes_of_the_same_numbers_give_the_same_result(name: str, dtype: str) -> None:
    def check() -> None:
        plain = HardToys(DTYPES["Int64"]) if dtype == "Int64" else HardToys(lambda frame: frame)
        if dtype == "Int64":  # the same whole numbers, as numpy has them
            plain = HardToys(HARD["integers"][0])
        got, wanted = _Outcome(name, HardToys(DTYPES[dtype])), _Outcome(name, plain)
        if dtype == "object" and got.refused:  # objects may be refused, and must not differ
            return
        assert got.refused == wanted.refused
        if got.table is None or wanted.table is None:
            return
        one, other = _sorted(got.table), _sorted(wanted.table)
        for i, column in enumerate(other.columns):
            if pd.api.types.is_numeric_dtype(other.dtypes.iloc[i]):
                np.testing.assert_allclose(
                    one.iloc[:, i].to_numpy(dtype=float, na_value=np.nan),
                    other.iloc[:, i].to_numpy(dtype=float, na_value=np.nan),
                    rtol=1e-9,
                    atol=1e-12,
                    err_msg=str(column),
                )

    _strict(name, dtype, check)


_NUMBERS = [
    (tool.name, parameter.name)
    for tool in catalog.tools()
    for parameter in tool.data
    if {"Values", "UnitValues"} & set(parameter.types) and not parameter.many
]


@pytest.mark.parametrize("kind", NO_NUMBERS)
@pytest.mark.parametrize(("name", "parameter"), _NUMBERS)
def test_what_is_no_number_is_refused(name: str, parameter: str, kind: str) -> None:
    case = CASES[name](HardToys(lambda frame: frame))
    given = case.get(parameter)
    if not isinstance(given, pd.Series):
        pytest.skip(f"the case of {name} has a result or a frame as {parameter}")

    def check() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(SpatialCCDError):
                getattr(sc, name)(**(case | {parameter: NO_NUMBERS[kind](given)}))

    _strict(name, kind, check)
