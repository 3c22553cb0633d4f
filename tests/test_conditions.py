"""Conditions choose the rows that pandas would, and can do nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from spatialccd._rows import Condition
from spatialccd.errors import ParameterError

FRAME = pd.DataFrame(
    {
        "gdp": [1.0, 2.0, None, 4.0],
        "type": ["a", "b", None, "a"],
        "GDP per head": [4.0, 3.0, 2.0, 1.0],
        "人口": [1, 2, 3, 4],
        "size": pd.Categorical(["s", "l", "l", "m"], ["s", "m", "l"], ordered=True),
        "open": [True, False, True, False],
    },
    index=pd.Index(list("wxyz"), name="unit"),
)


def _rows(text: str) -> list[str]:
    condition = Condition(text)
    met = condition.rows({name: FRAME[name] for name in condition.names})
    return list(met.index[met])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("gdp > 1", "xz"),
        ("1 < gdp <= 2", "x"),
        ("not gdp > 1", "w"),  # a row without a value is neither
        ("type == 'a'", "wz"),
        ("type != 'a'", "x"),
        ("type in ['a', 'b'] and gdp < 3", "wx"),
        ("type not in ['a']", "x"),
        ("type == 'b' or 人口 == 3", "xy"),
        ("`GDP per head` >= gdp", "wx"),
        ("`GDP per head` > -1 and not open", "xz"),
        ("size >= 'm'", "xyz"),
        ("size == 'l'", "xy"),
        ("open", "wy"),
        ('type == "a" and (gdp == 1 or gdp == 4)', "wz"),
    ],
)
def test_rows_are_those_that_meet_it(text: str, rows: str) -> None:
    assert _rows(text) == list(rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gdp = 1", "= sets, == compares"),
        ("type == 'A'", "never is 'A'"),
        ("type == 1", "put 1 into quotes"),
        ("gdp > '1'", "leave out the quotes"),
        ("1 < 2", "names no column"),
        ("gdp", "not a column of true and false"),
        ("__import__('os').system('true')", "is not one"),
        ("gdp.__class__.__mro__[1] == 1", "not a column or value"),
        ("(lambda: 1)() == gdp", "not a column or value"),
        ("@gdp == 1", "not a condition"),
        ("gdp > 1 if open else gdp", "is not one"),
        ("gdp + 1 > 2", "not a column or value"),
        ("type in [x for x in type]", "not a column or value"),
        ("", "not a condition"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        _rows(text)
