"""On a Chinese page only variables and the field's symbols stay as they are."""

from __future__ import annotations

import pytest

import spatialccd as sc
from spatialccd._result import Result
from spatialccd.report.words.cells import say_cell
from spatialccd.report.words.language import say, title
from spatialccd.report.words.sentences import retell
from tests.toys import Toys

_SYMBOLS = {"C", "T", "D", "I", "n", "z", "q", "F"}


@pytest.fixture
def results(toys: Toys) -> dict[str, Result]:
    D = sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"]).D
    year = D.xs(2020, level="time")
    strata = sc.stratify(toys.panel[["income", "smoke"]], method="quantile", k=3)
    return {
        "group_summary": sc.group_summary(D, toys.regions, threshold=0.5),
        "dagum_gini": sc.dagum_gini(D, toys.regions, by="time"),
        "kernel_density": sc.kernel_density(D, toys.regions),
        "sigma_convergence": sc.sigma_convergence(D, toys.regions),
        "global_moran": sc.global_moran(D, toys.graph, n_permutations=99, seed=1),
        "local_moran 2020": sc.local_moran(year, toys.graph, seed=1),
        "factor_detector": sc.factor_detector(D, strata, by="time", n_permutations=99, seed=1),
        "interaction_detector": sc.interaction_detector(D, strata, n_permutations=0, seed=1),
        "mgwr": sc.mgwr(year, toys.year[["income", "smoke"]], toys.areas),
    }


def test_headings_of_results_are_chinese(results: dict[str, Result]) -> None:
    left = {
        (name, str(column))
        for name, result in results.items()
        for column in [*result.to_frame().reset_index().columns]
        if say(str(column), "zh") == str(column)
    }
    between = {column for _, column in left if " - " in column}  # two groups' own names
    assert {column for _, column in left} - between <= _SYMBOLS | {"index", "all"}


def test_titles_name_the_tool_in_words(results: dict[str, Result]) -> None:
    for name in results:
        assert title(name, "zh").split()[0] != title(name, "en").split()[0]
    assert title("local_moran 2020", "zh").endswith(" 2020")


def test_what_stands_before_a_variable_is_translated_and_the_variable_is_not() -> None:
    assert say("coef_gdp_pc", "zh") == "系数：gdp_pc"
    assert say("coef_gdp_pc", "en") == "coef_gdp_pc"


def test_words_of_spatial_panels_are_chinese(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    tests = sc.specification_tests(
        y, X, toys.graph, effects="unit", n_permutations=19, n_draws=0, seed=1
    )
    for name in tests.table.index:
        assert say_cell("test", name, "zh") != name
    fitted = sc.spatial_panel(y, X, toys.graph, model="sac", seed=1)
    left = [name for name in fitted.terms.index if say_cell("term", name, "zh") == name]
    assert left == ["smoke", "forest"]  # the data's own
    assert say_cell("effect", "indirect", "zh") == "间接效应"
    for note in [*tests.notes(), *fitted.notes()]:
        assert retell(note, "zh") != note
