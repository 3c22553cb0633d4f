"""Names become arguments, and what has no such name is told with what there is."""

from __future__ import annotations

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import ParameterError
from spatialccd.workspace import Workspace
from tests.toys import Toys


@pytest.fixture
def space(toys: Toys) -> Workspace:
    ccd = sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])
    areas = toys.areas.assign(region=toys.regions)
    return Workspace(toys.panel, areas, results={"coupling": ccd, "neighbors": sc.neighbors(areas)})


def _give(space: Workspace, tool: str, time: object = None, **names: object) -> dict[str, object]:
    return space.give(catalog.tool(tool), names, time=time).arguments


def test_a_column_is_found_in_panel_results_and_areas(space: Workspace) -> None:
    assert space.column("income")[1] == "panel"
    assert space.column("D")[1] == "coupling"
    assert space.column("coupling.D")[1] == "coupling"
    assert space.column("region")[1] == "areas"


def test_a_tool_of_one_time_asks_which_and_a_panel_tool_gets_all(space: Workspace) -> None:
    with pytest.raises(ParameterError, match=r"one time of y and X, not all 3: say time = 2020"):
        _give(space, "mgwr", y="D", X=["income"])
    with pytest.raises(ParameterError, match="--at-time 2020"):
        _give(space, "local_moran", y="D")
    local = _give(space, "local_moran", y="D", time=2018)
    assert local["y"].index.nlevels == 1  # type: ignore[attr-defined]
    given = space.give(catalog.tool("local_moran"), {"y": "D"}, time=2020)
    assert given.sources["y"] == "D of coupling at 2020"
    assert given.holders == {"coupling", "neighbors"}
    assert len(_give(space, "global_moran", y="D")["y"]) == len(space.panel)  # type: ignore[arg-type]


def test_the_one_time_of_a_panel_needs_no_name(space: Workspace) -> None:
    assert space.panel is not None
    space.panel = space.panel.xs(2020, level="time", drop_level=False)
    assert _give(space, "local_moran", y="income")["y"].index.nlevels == 1  # type: ignore[attr-defined]


def test_attributes_of_areas_are_spread_over_the_panel(space: Workspace) -> None:
    given = _give(space, "stratify", X=["income", "region"])
    assert list(given["X"].columns) == ["income", "region"]  # type: ignore[attr-defined]
    assert len(given["X"]) == len(space.panel)  # type: ignore[arg-type]


def test_a_missing_input_takes_the_latest_fitting_step(space: Workspace) -> None:
    strata = sc.stratify(space.panel[["income"]], k=3)
    space.results["strata"] = strata
    assert _give(space, "factor_detector", y="D")["strata"] is strata
    assert _give(space, "factor_detector", y="D", strata="strata")["strata"] is strata


def test_neighbors_are_the_latest_or_those_named(space: Workspace, toys: Toys) -> None:
    first, second = space.results["neighbors"], sc.economic_neighbors(toys.year["income"])
    space.results["income"] = second
    assert _give(space, "local_moran", y="D", time=2020)["graph"] is second
    assert _give(space, "local_moran", y="D", time=2020, graph="neighbors")["graph"] is first
    both = _give(space, "combine_neighbors", first="neighbors", second="income")
    assert both == {"first": first, "second": second}
    with pytest.raises(ParameterError, match=r"graph: no step called 'incom' .* mean 'income'"):
        _give(space, "local_moran", y="D", graph="incom")


def test_the_frame_of_a_result_is_made_once(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    to_frame = sc.CouplingCoordination.to_frame

    def counted(result: sc.CouplingCoordination) -> pd.DataFrame:
        made.append(result)
        return to_frame(result)

    monkeypatch.setattr(sc.CouplingCoordination, "to_frame", counted)
    for name in ("C", "T", "D", "coupling.D", "region"):
        space.column(name)
    first = space.results["coupling"]
    assert made == [first]
    other = sc.coupling_coordination(
        economy=space.column("economy")[0] / 2, ecology=space.column("ecology")[0]
    )
    space.results["coupling"] = other  # a step done anew is another result
    assert space.column("D")[0].equals(other.D)
    assert made == [first, other]


def test_every_fault_is_told_at_once(space: Workspace) -> None:
    with pytest.raises(ParameterError, match=r"y: no column is called 'E'.*strata: name"):
        _give(space, "factor_detector", y="E")
    with pytest.raises(ParameterError, match=r"time=1999 is not in the panel; it has 2018"):
        _give(space, "local_moran", time=1999, y="D")


def test_without_areas_a_layer_is_asked_for(toys: Toys) -> None:
    with pytest.raises(ParameterError, match="there are no areas; name a layer"):
        _give(Workspace(toys.panel), "neighbors")


def test_a_second_optional_graph_is_given_only_when_named(space: Workspace, toys: Toys) -> None:
    near, far = space.results["neighbors"], sc.economic_neighbors(toys.year["income"])
    scores = ["economy", "ecology"]
    given = _give(space, "metacoupling", named=scores)
    assert given["graph"] is near
    assert "tele" not in given
    space.results["far"] = far
    given = _give(space, "metacoupling", named=scores, graph="neighbors", tele="far")
    assert given["graph"] is near
    assert given["tele"] is far
