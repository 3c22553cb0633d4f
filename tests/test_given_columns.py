"""The catalog knows the columns that results have on the rows of the data."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from spatialccd import catalog
from spatialccd._result import Result
from spatialccd.catalog.columns import GIVEN, given_by
from tests.test_alignment import CASES, _run
from tests.toys import Toys

_REPORT = [t.name for t in catalog.tools() if t.station in ("report", "consistency")]
_TOOLS = [t.name for t in catalog.tools() if t.takes_labels and t.name not in _REPORT]


@pytest.mark.parametrize("name", _TOOLS)
def test_columns_on_rows_are_those_listed(name: str, toys: Toys) -> None:
    result = _run(name, CASES[name](toys))
    result = result[0] if isinstance(result, tuple) else result
    if not isinstance(result, Result) or name in ("fill_missing", "zonal_panel"):
        return
    frame = result.to_frame()
    rows = {1: toys.units, 2: toys.panel.index}[min(frame.index.nlevels, 2)]
    if not len(frame) or not frame.index.isin(rows).all():
        assert name not in GIVEN
        return
    # What is named after the data is told by the names that a study gives.
    own = {*toys.panel.columns, *toys.scores.columns}
    named = [c for c in frame.columns if not any(word in str(c) for word in own)]
    inputs = {p.name: ["toy"] for p in catalog.tool(name).data}
    listed = given_by(name, inputs)
    assert [c for c in named if not any(fnmatchcase(str(c), known) for known in listed)] == []
    assert listed, "list the columns of this tool in catalog/columns.py"
