"""QGIS is offered the tools that layers can feed, and its catalog is not stale."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from spatialccd import catalog
from spatialccd.qgis import composed, forms, help_pages, pickers

ENTRIES = {entry["name"]: entry for entry in forms.entries()["tools"]}


def test_the_plugins_catalog_is_up_to_date() -> None:
    fresh = forms.CATALOG.read_text(encoding="utf-8") == forms.to_json()
    assert fresh, "catalog.json is stale; write it again: python -m spatialccd.qgis.forms"


def test_every_tool_is_an_algorithm_or_an_output_of_one_or_left_out_for_a_reason() -> None:
    outputs = {other["name"] for entry in ENTRIES.values() for other in entry["also"]}
    for tool in catalog.tools():
        ways = [tool.name in ENTRIES, tool.name in outputs, tool.name in composed.LEFT_OUT]
        assert sum(ways) == 1, tool.name
    own = {tool.name for tool in catalog.tools()}
    assert set(ENTRIES) - own == {"coupling_from_indicators"}  # another form of a tool
    assert all(len(reason) > 10 for reason in composed.LEFT_OUT.values())
    assert {"join", "coupling_coordination", "local_moran", "factor_detector", "mgwr"} <= set(
        ENTRIES
    )


def test_what_goes_on_from_a_result_is_an_output_of_what_makes_it() -> None:
    also = {name: [o["name"] for o in entry["also"]] for name, entry in ENTRIES.items()}
    assert also["mgwr"] == also["gwr"]
    assert {"local_collinearity", "spatial_variability", "predict_gwr"} <= set(also["mgwr"])
    assert also["mean_center"] == ["map_centers", "moves"]
    assert also["local_moran"] == []  # map_lisa takes its fields, and is an algorithm itself
    variability = ENTRIES["mgwr"]["also"][1]
    own = {setting["name"] for setting in ENTRIES["mgwr"]["settings"]}
    assert "n_jobs" in own
    assert variability["shared"] == ["n_jobs"] or "seed" in variability["shared"]
    assert not {s["name"] for s in variability["settings"]} & set(variability["shared"])
    predict = ENTRIES["mgwr"]["also"][2]["places"]
    assert (predict["columns"], predict["of"]) == ("X_new", "X")


def test_a_tool_of_several_results_asks_for_the_fields_of_each() -> None:
    forms_of = {
        name: composed.FROM_INDICATORS.get(name, {}).get("name", name)
        for name in composed._OF_SYSTEMS
    }
    for name, (_, least) in composed._OF_SYSTEMS.items():
        steps = ENTRIES[forms_of[name]]["before"]["steps"]
        assert [step["taken"] for step in steps] == ["always"] * least + ["if filled"] * (6 - least)
        assert all(step["indicators"]["name"] == "directions" for step in steps)
    sets = ENTRIES["combine_weights"]["before"]
    assert [step["ticked"] for step in sets["steps"]] == [True, True, False, False]
    assert [entry["name"] for entry in sets["shared"]] == ["directions"]
    first, second = ENTRIES["combine_neighbors"]["before"]["steps"]
    assert (first["fits"], first["tool"]) == ("first", "neighbors")
    assert [picker["name"] for picker in second["columns"]] == ["values"]


def test_directions_become_a_picker_for_every_word() -> None:
    entry = ENTRIES["composite_index"]
    assert entry["fills"] == "panel"
    assert entry["columns"] == []
    directions = next(s for s in entry["settings"] if s["name"] == "directions")
    assert directions["words"]
    assert tuple(directions["choices"]) == ("benefit", "cost", "moderate")


def test_pickers_know_how_many_fields_and_of_which_kind() -> None:
    y, X, offset = ENTRIES["mgwr"]["columns"]
    assert (y["several"], X["several"], offset["several"]) == (False, True, False)
    assert all(picker["numeric"] for picker in (y, X, offset))
    assert not ENTRIES["join_counts"]["columns"][0]["numeric"]
    (scores,) = ENTRIES["coupling_coordination"]["columns"]
    assert (scores["name"], scores["several"]) == ("named", True)
    # No form says what only a caller in Python has: "More subsystems, given by name: urban=...".
    assert scores["label"] == "Scores of the subsystems"
    assert scores["help"] == "Score of each subsystem in [0, 1]."


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (
            "What is explained, on unit, or on (unit, time) with every unit.",
            "What is explained with every unit",
        ),
        ("Factors on the index of ``y``; what is on unit holds.", "Factors; what is on unit holds"),
        ("The weights. They sum to 1.", "The weights"),
        ("First part of it, and then " + "word " * 40, "First part of it"),
        ("word " * 40, ""),
    ],
)
def test_labels_are_one_line_without_the_words_of_frames(text: str, label: str) -> None:
    assert pickers.brief(text) == label


def test_a_line_of_text_tells_the_words_it_takes() -> None:
    weights = next(s for s in ENTRIES["composite_index"]["settings"] if s["name"] == "weights")
    assert weights["label"].endswith("(entropy, equal, critic, cv)")


def test_no_tool_parameter_clashes_with_a_form_parameter() -> None:
    own = {"input", "unit_field", "time_field", "at_time", "boundaries", "boundaries_unit"}
    own |= {"output", "figure", "log", "summary"}
    for name, entry in ENTRIES.items():
        taken = [c["name"] for c in entry["columns"]] + [s["name"] for s in entry["settings"]]
        folded = [parameter.lower() for parameter in taken]
        assert not own & set(folded), name
        assert len(folded) == len(set(folded)), name  # QGIS does not tell x from X


def test_single_figures_of_a_result_are_declared() -> None:
    """A model and a batch can go on with them; a picture's own measures are no result."""
    single = {name: {f["name"]: f["kind"] for f in e["single"]} for name, e in ENTRIES.items()}
    assert single["mgwr"]["aicc"] == "number"
    assert single["mgwr"]["converged"] == "boolean"
    assert single["local_moran"] == single["map_values"] == {}


def test_a_field_of_verdicts_may_be_true_and_false() -> None:
    """QGIS counts no boolean field as numeric, so a picker of numbers would hide it."""
    numeric = {p["name"]: p["numeric"] for p in ENTRIES["map_coefficients"]["columns"]}
    assert numeric == {"gwr": True, "significant": False}


def parameters(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """List all that a form shows a label of."""
    before = entry["before"] or {"steps": [], "shared": []}
    found = [part for matrix in entry["matrices"] for part in (matrix, *matrix["fields"])]
    found += [*entry["columns"], *entry["settings"], *before["shared"]]
    for step in before["steps"]:
        found += [*step["columns"], *step["settings"]]
    for other in entry["also"]:
        found += other["settings"]
    return found


@pytest.mark.parametrize("name", ENTRIES)
def test_labels_are_words_and_no_python(name: str) -> None:
    for parameter in parameters(ENTRIES[name]):
        label = parameter["label"]
        assert label
        assert "…" not in label
        assert "_" not in label.split(" (")[0], f"{label!r} is a variable's name"
        assert not re.search(r"\b(DataFrame|Series|None|True|False|dict|list)\b", label)
        assert not re.search(r"\b(DataFrame|Series|dict)\b", parameter["help"]), parameter["help"]


@pytest.mark.parametrize(
    ("word", "tool"),
    [
        ("耦合协调", "coupling_coordination"),
        ("地理探测器", "factor_detector"),
        ("莫兰", "local_moran"),
        ("热点", "local_getis_ord"),
        ("hotspot", "local_getis_ord"),
        ("Gi*", "local_getis_ord"),
        ("ESDA", "global_moran"),
        ("spatial autocorrelation", "global_geary"),
        ("super efficiency", "dea"),
    ],
)
def test_the_fields_words_find_a_tool(word: str, tool: str) -> None:
    assert word in ENTRIES[tool]["tags"]


def test_every_tool_has_a_page_of_help_in_both_languages() -> None:
    pages = help_pages.pages()
    for language in ("en", "zh"):
        for name, entry in ENTRIES.items():
            page = pages[f"help/{language}/{name}.html"]
            assert html.escape(parameters(entry)[0]["help"][:20]) in page or language == "zh"
            assert "<h3>Returns</h3>" in page
    assert "地理加权回归" in pages["help/zh/gwr.html"]
    assert "Fotheringham" in pages["help/en/gwr.html"]
