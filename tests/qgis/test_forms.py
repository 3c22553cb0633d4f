"""QGIS is offered the tools that layers can feed, and its catalog is not stale."""

from __future__ import annotations

from spatialccd import catalog
from spatialccd.qgis import forms

ENTRIES = {entry["name"]: entry for entry in forms.entries()["tools"]}


def test_the_plugins_catalog_is_up_to_date() -> None:
    fresh = forms.CATALOG.read_text(encoding="utf-8") == forms.to_json()
    assert fresh, "catalog.json is stale; write it again: python -m spatialccd.qgis.forms"


def test_every_tool_of_a_layer_is_offered_unless_it_needs_a_python_object() -> None:
    absent = {tool.name for tool in catalog.tools()} - set(ENTRIES)
    for name in absent:
        tool = catalog.tool(name)
        needed = [p for p in tool.data if p.required] or list(tool.data)
        needs_result = any(not (forms._COLUMN_TYPES | {"Graph"}) & set(p.types) for p in needed)
        assert (
            not tool.data or needs_result or tool.returns == "Path" or (name in forms._PYTHON_ONLY)
        ), name
    assert {"join", "coupling_coordination", "local_moran", "factor_detector", "mgwr"} <= set(
        ENTRIES
    )


def test_directions_become_a_picker_for_every_word() -> None:
    entry = ENTRIES["composite_index"]
    assert entry["fills"] == "panel"
    assert entry["columns"] == []
    directions = next(s for s in entry["settings"] if s["name"] == "directions")
    assert directions["words"]
    assert tuple(directions["choices"]) == ("benefit", "cost")


def test_pickers_know_how_many_fields_and_of_which_kind() -> None:
    y, X = ENTRIES["mgwr"]["columns"]
    assert (y["several"], y["numeric"], X["several"], X["numeric"]) == (False, True, True, True)
    assert not ENTRIES["join_counts"]["columns"][0]["numeric"]
    assert ENTRIES["coupling_coordination"]["columns"][0]["name"] == "named"


def test_no_tool_parameter_clashes_with_a_form_parameter() -> None:
    own = {"input", "unit_field", "time_field", "at_time", "boundaries", "boundaries_unit"}
    own |= {"output", "figure", "log", "summary"}
    for name, entry in ENTRIES.items():
        taken = [c["name"] for c in entry["columns"]] + [s["name"] for s in entry["settings"]]
        folded = [parameter.lower() for parameter in taken]
        assert not own & set(folded), name
        assert len(folded) == len(set(folded)), name  # QGIS does not tell x from X
