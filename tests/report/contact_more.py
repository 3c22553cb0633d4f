"""Hard input for the charts and maps of trends, dots, flows, matrices, links and classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc

#: A unit's name as statistical offices write it, beside short ones.
LONG_UNIT = "Autonomous Prefecture of the Upper Northern Hills and Lakes No. {}"
Case = tuple[str, Callable[[Any, Any], Any]]


def more(names: list[str]) -> Iterator[Case]:
    """List these figures by a name; `names` are long names of variables."""
    yield from _lines()
    yield from _dots(names)
    yield from _tables(names)
    yield from _places(names)
    yield from _local()
    yield from _maps(names)


def _lines() -> Iterator[Case]:
    yield (
        "chart_trends groups",
        lambda h, zh: sc.chart_trends(sc.group_summary(h.D - 0.5, h.regions), **zh),
    )
    yield (
        "chart_trends heat",
        lambda h, zh: sc.chart_trends(sc.group_summary(h.D, _many(h)), style="heat", **zh),
    )
    yield (
        "chart_trends malmquist",
        lambda h, zh: sc.chart_trends(_malmquist(h), letters=True, **zh),
    )
    yield (
        "chart_trends moran",
        lambda h, zh: sc.chart_trends(_moran(h), width="single", **zh),
    )
    yield (
        "chart_trends dagum",
        lambda h, zh: sc.chart_trends(sc.dagum_gini(h.D, h.regions, by="time"), **zh),
    )
    yield "chart_trends factors", lambda h, zh: sc.chart_trends(_factors(h), letters=True, **zh)
    yield (
        "chart_flows grades",
        lambda h, zh: sc.chart_flows(h.ccd, title="D, 2018-2029", width="single", **zh),
    )
    yield (
        "chart_flows lisa",
        lambda h, zh: sc.chart_flows(_moves(h), time=h.toys.years[::2], **zh),
    )
    yield "chart_forecast", lambda h, zh: sc.chart_forecast(_forecast(h), letters=True, **zh)
    yield (
        "chart_forecast classes",
        lambda h, zh: sc.chart_forecast(
            sc.project_markov(sc.markov(h.ccd.grade), n_draws=99, seed=1), width="single", **zh
        ),
    )
    yield (
        "chart_rank_size",
        lambda h, zh: sc.chart_rank_size(
            sc.rank_size(1e7 * h.D**9), time=h.toys.years[::3], width="single", **zh
        ),
    )
    yield (
        "chart_response_curves",
        lambda h, zh: sc.chart_response_curves(_curves(h), letters=True, **zh),
    )
    yield (
        "chart_stochastic_kernel",
        lambda h, zh: sc.chart_stochastic_kernel(
            sc.stochastic_kernel(h.D - 0.5, relative=False, points=31), width="single", **zh
        ),
    )


def _dots(names: list[str]) -> Iterator[Case]:
    yield (
        "chart_dots long names",
        lambda h, zh: sc.chart_dots(
            sc.coordination_grades(_renamed(h, h.D)), time=[2018, 2023, 2029], **zh
        ),
    )
    yield (
        "chart_dots trends",
        lambda h, zh: sc.chart_dots(
            sc.mann_kendall(_renamed(h, h.wide()[names[1]])), width="single", **zh
        ),
    )
    yield "chart_dots malmquist", lambda h, zh: sc.chart_dots(_malmquist(h), letters=True, **zh)
    yield "chart_dots mrqap", lambda h, zh: sc.chart_dots(_mrqap(h, names), **zh)
    yield (
        "chart_weights",
        lambda h, zh: sc.chart_weights(
            sc.entropy_weights(h.wide(), _benefit(names)),
            sc.equal_weights(h.wide(), _benefit(names)),
            critic=sc.critic_weights(h.wide(), _benefit(names)),
            **zh,
        ),
    )
    yield (
        "chart_weights years",
        lambda h, zh: sc.chart_weights(
            sc.entropy_weights(h.wide(), _benefit(names), pooled=False), width="single", **zh
        ),
    )
    yield (
        "chart_ranks",
        lambda h, zh: sc.chart_ranks(
            sc.rank_comparison(_renamed(h, h.wide()), _benefit(names)), **zh
        ),
    )
    yield (
        "chart_ranks sensitivity",
        lambda h, zh: sc.chart_ranks(sc.rank_sensitivity(h.wide(), _benefit(names)), **zh),
    )
    yield (
        "chart_shifts",
        lambda h, zh: sc.chart_shifts(
            sc.pettitt(_renamed(h, _jump(h)), seed=1), letters=True, **zh
        ),
    )
    yield (
        "chart_forest",
        lambda h, zh: sc.chart_forest(**_regressions(h, names), title=names[0], letters=True, **zh),
    )
    yield (
        "chart_forest own axes",
        lambda h, zh: sc.chart_forest(
            **_regressions(h, names), axis="each", letters=True, width="double", **zh
        ),
    )
    yield (
        "chart_forest quantiles",
        lambda h, zh: sc.chart_forest(_quantiles(h), width="single", **zh),
    )


def _tables(names: list[str]) -> Iterator[Case]:
    yield "chart_matrix blocks", lambda h, zh: sc.chart_matrix(_blocks(h), **zh)
    yield (
        "chart_matrix types",
        lambda h, zh: sc.chart_matrix(sc.coordination_types(*_scores(h)), letters=True, **zh),
    )
    yield "chart_matrix ecological", lambda h, zh: sc.chart_matrix(_ecological(h), **zh)
    yield (
        "chart_matrix grey",
        lambda h, zh: sc.chart_matrix(
            sc.grey_relation(h.wide()[names[:2]].abs(), h.wide()[names[2:]].abs(), seed=1), **zh
        ),
    )
    yield (
        "chart_matrix ranks",
        lambda h, zh: sc.chart_matrix(
            sc.rank_comparison(h.wide().loc[h.four], _benefit(names)), **zh
        ),
    )
    yield "chart_matrix moves", lambda h, zh: sc.chart_matrix(_moves(h), width="single", **zh)
    yield (
        "chart_matrix dagum",
        lambda h, zh: sc.chart_matrix(
            sc.dagum_gini(h.D[h.four], h.regions, by="time"), letters=True, **zh
        ),
    )
    yield "chart_decoupling", lambda h, zh: sc.chart_decoupling(_tapio(h), n_labels=20, **zh)
    yield (
        "chart_decoupling panels",
        lambda h, zh: sc.chart_decoupling(_tapio(h), time=h.toys.years[1:10], letters=True, **zh),
    )


def _places(names: list[str]) -> Iterator[Case]:
    yield "chart_paths", lambda h, zh: sc.chart_paths(_paths(h), n_labels=12, letters=True, **zh)
    yield "chart_paths single", lambda h, zh: sc.chart_paths(_paths(h), width="single", **zh)
    yield "chart_chord", lambda h, zh: sc.chart_chord(_network(h, long=True), **zh)
    yield (
        "chart_chord groups",
        lambda h, zh: sc.chart_chord(_network(h), h.regions, width="single", title=names[1], **zh),
    )


def _local() -> Iterator[Case]:
    yield "chart_local", lambda h, zh: sc.chart_local(h.gwr, **zh)
    yield (
        "chart_local violin",
        lambda h, zh: sc.chart_local(h.gwr, kind="violin", width="single", **zh),
    )
    yield "chart_bandwidths", lambda h, zh: sc.chart_bandwidths(_mgwr(h), **zh)
    yield (
        "chart_bandwidths single",
        lambda h, zh: sc.chart_bandwidths(_mgwr(h), width="single", **zh),
    )


def _maps(names: list[str]) -> Iterator[Case]:
    yield (
        "map_classes 12 panels",
        lambda h, zh: sc.map_classes(
            sc.coordination_types(*_scores(h)), h.areas, letters=True, title=names[0], **zh
        ),
    )
    yield (
        "map_classes one class",
        lambda h, zh: sc.map_classes(
            pd.Series("Central and Southern Region of the Upper Hills", h.areas.index[:30]),
            h.areas,
            names="name",
            width="single",
            **zh,
        ),
    )
    yield (
        "map_classes strata",
        lambda h, zh: sc.map_classes(
            sc.stratify(h.wide().xs(2020, level="time"), method="quantile", k=4), h.areas, **zh
        ),
    )
    yield (
        "map_figures malmquist",
        lambda h, zh: sc.map_figures(_malmquist(h), h.areas, columns=["tfpch"], **zh),
    )
    yield (
        "map_figures with gaps",
        lambda h, zh: sc.map_figures(
            sc.mann_kendall(h.wide()[names[1]].iloc[:240]), h.areas, names="name", **zh
        ),
    )
    yield (
        "map_links",
        lambda h, zh: sc.map_links(_network(h), h.areas, names="name", title=names[0], **zh),
    )
    yield (
        "map_links neighbors",
        lambda h, zh: sc.map_links(
            sc.neighbors(h.areas.iloc[:30], method="knn", k=4),
            h.areas.iloc[:30],
            width="single",
            **zh,
        ),
    )
    yield "figure_panel", lambda h, zh: sc.figure_panel(_four(h, names, zh), title=names[0])


# --- results that only these figures need ---------------------------------------------------------


def _renamed(h: Any, data: Any) -> Any:
    """Give units long names where statistical offices do."""
    places = {u: LONG_UNIT.format(i) for i, u in enumerate(h.areas.index) if i % 3 == 0}
    return data.rename(index=places, level=0)


def _benefit(names: list[str]) -> dict[str, str]:
    return dict.fromkeys(names, "benefit")


def _many(h: Any) -> pd.Series:
    """Put units into 14 groups with long names."""
    return pd.Series(
        [LONG_UNIT.format(i % 14) if i % 2 else f"Group {i % 14}" for i in range(42)],
        h.areas.index, name="group",
    )  # fmt: skip


def _scores(h: Any) -> tuple[pd.Series, pd.Series]:
    return h.toys.scores["economy"], h.toys.scores["ecology"]


def _malmquist(h: Any) -> Any:
    panel = h.toys.panel
    return sc.malmquist(panel[["forest"]], panel[["income", "schools"]], groups=h.regions)


def _moran(h: Any) -> Any:
    return sc.global_moran(h.D, h.toys.graph, n_permutations=99, seed=1)


def _factors(h: Any) -> Any:
    labels = sc.stratify(h.wide(), method="quantile", k=3).labels
    return sc.factor_detector(h.D, labels, h.regions, by=["region", "time"])


def _moves(h: Any) -> Any:
    return sc.lisa_transitions(h.D, h.toys.graph, n_permutations=99, seed=1)


def _paths(h: Any) -> Any:
    return sc.lisa_paths(
        _renamed(h, h.D),
        sc.neighbors(
            h.areas.rename(
                index={u: LONG_UNIT.format(i) for i, u in enumerate(h.areas.index) if i % 3 == 0}
            )
        ),
    )


def _forecast(h: Any) -> Any:
    units = list(h.areas.index[:6])
    own = h.D[h.D.index.get_level_values(0).isin(units)]
    return sc.forecast_gm11(_renamed(h, own), horizon=6)


def _curves(h: Any) -> Any:
    X = h.wide().xs(2020, level="time")
    y = X.iloc[:, 0] - X.iloc[:, 2]
    return sc.response_curves(y, X, h.areas, n_trees=10, n_bootstrap=3, points=6, n_jobs=1, seed=1)


def _mrqap(h: Any, names: list[str]) -> Any:
    rng = np.random.default_rng(2)
    units = h.areas.index[:12]
    tables = [
        pd.DataFrame(rng.normal(size=(12, 12)), units, units.rename("other")) for _ in range(4)
    ]
    networks = dict(zip(names[:3], tables[1:], strict=True))
    return sc.mrqap(tables[0] + tables[1], n_permutations=99, seed=1, **networks)


def _jump(h: Any) -> pd.Series:
    late = h.D.index.get_level_values(1) >= 2024
    up = np.where(h.D.index.get_level_values(0) < "A21", 1.0, -1.0)
    return h.D - 1.5 + late * up


def _regressions(h: Any, names: list[str]) -> dict[str, Any]:
    X = h.wide().loc[h.four, names[:4]]
    y = X.iloc[:, 0] - 0.2 * X.iloc[:, 1] + h.rng.normal(size=len(X))
    return {
        "Panel regression with effects of units": sc.panel_regression(y, X),
        "Spatial Durbin model": sc.spatial_panel(y, X, h.toys.graph, model="sdm", seed=1),
    }


def _quantiles(h: Any) -> Any:
    X = h.wide().loc[h.four].iloc[:, :3]
    return sc.quantile_regression(X.iloc[:, 0] + h.rng.normal(size=len(X)), X, seed=1)


def _network(h: Any, *, long: bool = False) -> Any:
    masses = h.toys.panel.xs(2020, level="time")[["income", "schools"]]
    areas = h.areas
    if long:
        masses, areas = _long(masses), _long(areas)
    return sc.gravity_network(masses, areas, n_permutations=99, seed=1)


def _long(data: Any) -> Any:
    return data.rename(
        index={u: LONG_UNIT.format(i) for i, u in enumerate(data.index) if i % 3 == 0}
    )


def _blocks(h: Any) -> Any:
    return sc.concor_blocks(_network(h))


def _ecological(h: Any) -> Any:
    return sc.ecological_detector(
        h.D[h.four], sc.stratify(h.wide().loc[h.four], method="quantile", k=3).labels
    )


def _tapio(h: Any) -> Any:
    panel = _renamed(h, h.toys.panel)
    return sc.decoupling(panel["smoke"], panel["income"])


def _mgwr(h: Any) -> Any:
    X = h.wide().xs(2020, level="time").iloc[:, :3]
    y = X.iloc[:, 0] * np.linspace(-1, 1, len(X)) + X.iloc[:, 1]
    return sc.mgwr(y, X, h.areas, n_jobs=1)


def _four(h: Any, names: list[str], zh: Any) -> dict[str, Any]:
    chart = sc.chart_grades(h.ccd, width="single", title=names[0], **zh)
    one = sc.map_grades(h.ccd, h.areas, time=2020, width="single", title=names[1], **zh)
    return {"a": chart, "b": one, "c": one, "d": chart}
