"""Hard input for every map and chart: long names, many panels, one class, gaps, both signs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from tests.report.contact_more import more
from tests.toys import Toys

#: Names as they stand in papers; the second has what matplotlib could take for a formula.
NAMES = [
    "Share of the tertiary industry in regional gross domestic product (%)",
    "Fixed-asset investment per capita ($ of 2010) and exports ($ of 2010)",
    "Urban_registered_unemployment_rate_percent",
    "生活垃圾无害化处理率（%）",
    "Distance to the provincial capital (km)",
]
GRADES = [0.02, 0.98]


class Hard:
    """Results with everything that makes a figure hard to read."""

    def __init__(self) -> None:
        self.toys = Toys(rows=6, columns=7, years=12)
        self.areas = self.toys.areas.assign(
            name=[f"Autonomous County of the Northern Hills No. {i}" for i in range(42)]
        )
        self.rng = np.random.default_rng(3)
        self.D = self.toys.scores.mean(axis=1).rename(NAMES[0])
        self.some = self.D[self.D.index.get_level_values(0).isin(self.areas.index[:30])]
        self.regions = self.toys.regions.replace(
            {"West": "Western Region", "Central": "Central and Southern Region"}
        )

    def wide(self, seed: int = 1) -> pd.DataFrame:
        """Five columns with long names on (unit, time), of both signs."""
        rng = np.random.default_rng(seed)
        table = rng.normal(size=(len(self.D), len(NAMES)))
        table[:, 0] += 8 * self.D.to_numpy()
        return pd.DataFrame(table, self.D.index, columns=NAMES)

    @cached_property
    def ccd(self) -> Any:
        """Coupling coordination over twelve years."""
        return sc.coupling_coordination(**self.toys.scores)

    @cached_property
    def strata(self) -> Any:
        """Strata of the five factors."""
        return sc.stratify(self.wide(), method="quantile", k=3)

    @cached_property
    def four(self) -> pd.Index:
        """Rows of the first four years."""
        return self.D.index[self.D.index.get_level_values(1) < self.toys.years[4]]

    @cached_property
    def gwr(self) -> Any:
        """A local regression with a long name and figures of both signs."""
        last = self.toys.years[-1]
        X = self.wide().xs(last, level="time").iloc[:, :3]
        y = (X.iloc[:, 0] * np.linspace(-1, 1, len(X)) + X.iloc[:, 1]).rename("y")
        return sc.gwr(y, X, self.areas, bandwidth=20)


def cases() -> Iterator[tuple[str, Callable[[Hard, Any], Any]]]:
    """List every figure by a name; each is drawn in a language, its words among settings."""
    yield from _maps()
    yield from _charts()
    yield from more(NAMES)


def _maps() -> Iterator[tuple[str, Callable[[Hard, Any], Any]]]:
    yield "map_grades 12 panels", lambda h, zh: sc.map_grades(h.ccd, h.areas, letters=True, **zh)
    yield (
        "map_grades with gaps",
        lambda h, zh: sc.map_grades(h.some, h.areas, time=2020, names="name", **zh),
    )
    yield (
        "map_values negative",
        lambda h, zh: sc.map_values(
            h.wide()[NAMES[1]].xs(2020, level="time") * 1e-8, h.areas, palette="RdBu", **zh
        ),
    )
    yield (
        "map_values one class",
        lambda h, zh: sc.map_values(pd.Series(3.0, h.areas.index, name=NAMES[2]), h.areas, **zh),
    )
    yield (
        "map_values continuous",
        lambda h, zh: sc.map_values(
            h.wide()[NAMES[0]] * 1e6, h.areas, time=[2018, 2020], scheme="continuous", **zh
        ),
    )
    yield "map_lisa", lambda h, zh: sc.map_lisa(_lisa(h), h.areas, title=NAMES[0], **zh)
    yield "map_coefficients", lambda h, zh: sc.map_coefficients(h.gwr, h.areas, letters=True, **zh)
    yield (
        "map_coefficients shared",
        lambda h, zh: sc.map_coefficients(h.gwr, h.areas, scale="shared", **zh),
    )
    yield "map_bandwidths", lambda h, zh: sc.map_bandwidths(h.gwr, h.areas, **zh)
    yield (
        "map_bivariate",
        lambda h, zh: sc.map_bivariate(
            h.D.xs(2020, level="time"), h.wide()[NAMES[1]].xs(2020, level="time"), h.areas, **zh
        ),
    )
    yield "map_risk", lambda h, zh: sc.map_risk(_risk(h), h.areas, time=2020, **zh)
    yield (
        "map_centers",
        lambda h, zh: sc.map_centers(sc.mean_center(h.D, h.areas), h.areas, title=NAMES[0], **zh),
    )
    yield (
        "map_centers ellipses",
        lambda h, zh: sc.map_centers(
            sc.standard_deviational_ellipse(h.D, h.areas), h.areas, title=NAMES[0], **zh
        ),
    )


def _charts() -> Iterator[tuple[str, Callable[[Hard, Any], Any]]]:
    for width in ("single", "double"):
        yield (
            f"chart_grades {width}",
            lambda h, zh, w=width: sc.chart_grades(h.ccd, width=w, title=NAMES[0], **zh),
        )
    yield "chart_moran", lambda h, zh: sc.chart_moran(_scatter(h), h.areas["name"], **zh)
    yield (
        "chart_moran years",
        lambda h, zh: sc.chart_moran(_scatter(h), time=[2018, 2020, 2022], letters=True, **zh),
    )
    yield "chart_factors", lambda h, zh: sc.chart_factors(_factors(h, None), **zh)
    yield "chart_factors years", lambda h, zh: sc.chart_factors(_factors(h, "time"), **zh)
    yield (
        "chart_factors regions",
        lambda h, zh: sc.chart_factors(_factors(h, ["region", "time"]), letters=True, **zh),
    )
    yield "chart_interactions", lambda h, zh: sc.chart_interactions(_pairs(h, None), **zh)
    yield (
        "chart_interactions 4 panels",
        lambda h, zh: sc.chart_interactions(_pairs(h, "time"), letters=True, **zh),
    )
    yield (
        "chart_interactions bubbles",
        lambda h, zh: sc.chart_interactions(_pairs(h, None), style="bubbles", **zh),
    )
    yield (
        "chart_interactions bubbles 4 panels",
        lambda h, zh: sc.chart_interactions(_pairs(h, "time"), style="bubbles", letters=True, **zh),
    )
    yield "chart_obstacles", lambda h, zh: sc.chart_obstacles(_obstacles(h), **zh)
    yield (
        "chart_obstacles radar",
        lambda h, zh: sc.chart_obstacles(_obstacles(h), kind="radar", **zh),
    )
    yield "chart_scissors", lambda h, zh: sc.chart_scissors(_scissors(h), **zh)
    yield "chart_density", lambda h, zh: sc.chart_density(_density(h), letters=True, **zh)
    yield (
        "chart_density surface",
        lambda h, zh: sc.chart_density(_density(h), style="surface", label=NAMES[0], **zh),
    )
    yield (
        "chart_density surface single",
        lambda h, zh: sc.chart_density(
            sc.kernel_density(h.D), style="surface", width="single", **zh
        ),
    )
    yield (
        "chart_dagum",
        lambda h, zh: sc.chart_dagum(sc.dagum_gini(h.D, h.regions, by="time"), **zh),
    )
    yield (
        "chart_transitions",
        lambda h, zh: sc.chart_transitions(
            sc.spatial_markov(h.D, h.toys.graph, k=4), letters=True, **zh
        ),
    )
    yield (
        "chart_transitions grades",
        lambda h, zh: sc.chart_transitions(sc.markov(h.ccd.grade), title=NAMES[0], **zh),
    )
    for along in ("group", "time"):
        yield (
            f"chart_heterogeneity {along}",
            lambda h, zh, a=along: sc.chart_heterogeneity(_groups(h), along=a, **zh),
        )
    yield "chart_effects", lambda h, zh: sc.chart_effects(_panel(h), letters=True, **zh)
    yield "chart_threshold", lambda h, zh: sc.chart_threshold(_threshold(h), **zh)
    yield "chart_clubs", lambda h, zh: sc.chart_clubs(_clubs(h), **zh)


# --- results that only one figure needs -----------------------------------------------------------


def _lisa(h: Hard) -> Any:
    D = h.D.xs(2020, level="time")
    return sc.local_moran(D, h.toys.graph, n_permutations=999, correction="none", seed=1)


def _scatter(h: Hard) -> Any:
    return sc.moran_scatterplot(h.D, h.toys.graph)


def _factors(h: Hard, by: Any) -> Any:
    rows = h.four if by is not None else h.D.index
    groups = {} if by != ["region", "time"] else {"groups": h.regions}
    return sc.factor_detector(h.D[rows], _strata(h, rows), by=by, n_bootstrap=19, seed=1, **groups)


def _strata(h: Hard, rows: Any) -> pd.DataFrame:
    return sc.stratify(h.wide().loc[rows], method="quantile", k=3).labels


def _pairs(h: Hard, by: Any) -> Any:
    return sc.interaction_detector(h.D[h.four], _strata(h, h.four), by=by, seed=1)


def _risk(h: Hard) -> Any:
    return sc.risk_detector(h.D[h.four], _strata(h, h.four))


def _obstacles(h: Hard) -> Any:
    data = h.wide().abs()
    index = sc.composite_index(data, dict.fromkeys(NAMES, "benefit"), weights="equal")
    return sc.obstacle_degree(index)


def _scissors(h: Hard) -> Any:
    a, b = (h.toys.scores[name] for name in ("economy", "ecology"))
    return sc.scissors_difference(a.rename(NAMES[0]), b.rename(NAMES[1]))


def _density(h: Hard) -> Any:
    return sc.kernel_density(h.D, h.regions)


def _groups(h: Hard) -> Any:
    rng = np.random.default_rng(5)
    size = rng.choice(["large", "very much larger than that", "small"], len(h.areas))
    groups = pd.DataFrame({"region": h.regions, "size": size}, h.areas.index)
    return sc.group_heterogeneity(h.D[h.four], groups)


def _panel(h: Hard) -> Any:
    X = h.wide().loc[h.four, NAMES]
    y = X.iloc[:, 0] - X.iloc[:, 1] + h.rng.normal(size=len(X))
    return sc.spatial_panel(y, X, h.toys.graph, seed=1)


def _threshold(h: Hard) -> Any:
    X = h.wide()[NAMES[:1]]
    q = h.wide(2)[NAMES[1]]
    y = X.iloc[:, 0] * np.where(q <= 0.1, 1, 3)
    return sc.panel_threshold(y, X, q, max_thresholds=2, n_bootstrap=19, seed=1)


def _clubs(h: Hard) -> Any:
    t = np.arange(1, 31)
    values = {f"u{i}": 1 + (i > 3) + 0.3 * i / t for i in range(8)}
    y = pd.DataFrame(values, index=t).rename_axis("time").T.rename_axis("unit").stack()
    return sc.convergence_clubs(y, trend="none")
