"""Which spatial panel: the tests that papers print before they choose, and the way they point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd._spatial.multipliers import chi2_p, multipliers
from spatialccd.drivers.panels._contrasts import (
    Line,
    dependence_of_units,
    durbin_restrictions,
    joint_effects,
    random_or_fixed,
)
from spatialccd.drivers.panels._fit import fit
from spatialccd.drivers.panels._layout import Layout, check_effects, lay_out, make_sample
from spatialccd.errors import EstimationError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Graph, Progress, Values

TestedEffects = Literal["unit", "time", "two-way", "none"]


@dataclass(frozen=True, eq=False, kw_only=True)
class SpecificationTests(Result):
    """Tests of which spatial panel the data call for.

    Attributes
    ----------
    table : DataFrame
        By test: statistic, df, df_2 (of F), p; published, published_p: the form
        that papers print, where it differs (LM without centering, restrictions by
        the direct approach, hausman by chi-squared).
    moran : DataFrame
        By time: I of the residuals without spatial lags and its p_sim, then
        I_sdm and p_sim_sdm of the Durbin model's.
    model, effects : str
        What the tests point to at the level asked for.
    remarks : tuple of str
        Tests that were not made, and why.
    dropped : Index
        Units that the graph had dropped; they are in no figure.
    """

    table: pd.DataFrame
    moran: pd.DataFrame
    model: str
    effects: str
    path: tuple[str, ...]
    remarks: tuple[str, ...]
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give one row a test."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give Moran's I of residuals by time."""
        return {"moran": self.moran}

    def notes(self) -> list[str]:
        """Give the way to the model, and what was not tested."""
        return [*_align.left_out(self.dropped), *self.path, *self.remarks]

    def recommend(self) -> str:
        """Say which model and effects the tests point to, with each figure used."""
        return "\n".join(self.path)

    def summary(self) -> str:
        """Write the tests and the recommendation."""
        return "\n\n".join([super().summary(), self.recommend(), *self.remarks])


def specification_tests(
    y: Values,
    X: Columns,
    graph: Graph,
    *,
    effects: TestedEffects = "two-way",
    level: float = 0.05,
    row_standardize: bool = True,
    n_permutations: int = 999,
    n_draws: int = 199,
    seed: int | None = None,
    progress: Progress | None = None,
) -> SpecificationTests:
    """Test which spatial panel the data call for, and say it.

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time) with every unit at every time.
    X : DataFrame
        Covariates on the index of y.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units.
    effects : {"unit", "time", "two-way", "none"}, default "two-way"
        Fixed effects under which spatial dependence is tested.
    level : float, default 0.05
        Of the recommendation.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_permutations : int, default 999
        Of the residuals, for Moran's I of each time.
    n_draws : int, default 199
        Panels drawn with random effects of units, by which Hausman's statistic is
        judged; 0 takes its limit, chi-squared, which rejects too often. 199 draws take
        4 s for 31 units and 10 times, minutes for thousands of units.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many panels are drawn for Hausman's tests, and how many there are.

    Returns
    -------
    SpecificationTests
        ``.table`` of tests, ``.moran`` by time, ``.recommend()`` in words.

    Raises
    ------
    AlignmentError
        y, X and graph do not carry the same labels, or a value is missing.
    PanelError
        A unit lacks a time, or there is one time.
    SingularDesignError
        A covariate or its lag is constant, follows from others, or is taken up by
        the effects.
    EstimationError
        Rows of W do not add up to 1 under effects of times.

    Notes
    -----
    lm_lag, lm_error and their robust forms are those of the residuals without
    spatial lags. Centered, they hold their size; the published form rejects .12 to
    .15 at 5% under two-way effects, because the expectation of e'We is not 0 there.
    lr_sdm_sar and wald_sdm_sar test that the lags of x have no part, lr_sdm_sem and
    wald_sdm_sem the common factor t = -rho b; from Lee and Yu's transformation, with
    the direct approach beside as published. lr_units and f_units test effects of
    units given those of times; trust F. hausman tests random against fixed effects
    of units, both swept of times alike and with the same information; where the
    difference of covariances is not positive definite there is no test. Judged by
    chi-squared, as published, it rejects .17 (sar) and .23 (sdm) at 5% in made panels of
    31 units and 10 times; judged by panels drawn with random effects (n_draws), .05 and
    .03. mundlak asks the same, keeps its size (.04 to .05), always has an answer, and
    decides in the recommendation. wald_sdm_sar rejects .07, lr_sdm_sar .05. pesaran_cd of
    residuals swept of times has a mean of -sqrt(T/2) and is void (Juodis and Reese
    2022): it is not given.
    Permutations of residuals are not exact, since residuals are fitted. Not for
    random effects as given: they are tested here, not assumed.

    References
    ----------
    Anselin, Le Gallo and Jayet (2008), in Matyas and Sevestre (eds.), The
    Econometrics of Panel Data, chapter 19. Elhorst (2014), Spatial Econometrics,
    chapter 3. Debarsy and Ertur (2010), Reg. Sci. Urban Econ. 40, 453-470. Mutl and
    Pfaffermayr (2011), Econometrics J. 14, 48-76. Pesaran (2004), CESifo Working
    Paper 1229.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 9: 1, (i + 1) % 9: 1} for i in range(9)})
    >>> rows = pd.MultiIndex.from_product([range(9), range(6)], names=["unit", "time"])
    >>> rng = np.random.default_rng(2)
    >>> X = pd.DataFrame({"x": rng.normal(size=54)}, rows)
    >>> tests = specification_tests(2 * X["x"] + rng.normal(size=54), X, ring, seed=1)
    >>> tests.model
    'ols'
    >>> print(tests.recommend().split(".")[0])
    Without spatial lags: LM lag 0
    """
    settings = record("specification_tests", locals())
    check_choice("effects", effects, get_args(TestedEffects))
    check_range("level", level, 0, 1, open_low=True, open_high=True)
    check_range("n_permutations", n_permutations, 19)
    if n_draws:
        check_range("n_draws", n_draws, 99)
    layout = lay_out(y, X, graph, row_standardize=row_standardize)
    check_effects(layout, "two-way")
    years = effects in ("time", "two-way")
    if years and not layout.operator.row_normalized:
        raise EstimationError(
            "rows of W do not add up to 1 (islands, or row_standardize=False): under effects of "
            "times the models cannot be compared; link or drop islands (neighbors(islands=...)), "
            "or take effects='unit' or 'none'"
        )
    approach = "direct" if effects == "none" else "transformation"
    lines, published = _dependence(layout, effects)
    lines |= durbin_restrictions(layout, effects, approach)
    if effects != "none":
        published |= {
            name: (line[0], line[3])
            for name, line in durbin_restrictions(layout, effects, "direct").items()
        }
    lines |= joint_effects(layout)
    remarks: list[str] = []
    hausmans = ("sdm", "sar")
    step = counter(progress, len(hausmans) * n_draws)
    for model in hausmans:
        more, beside, said = random_or_fixed(
            layout, model, years=years, n_draws=n_draws, seed=seed, step=step
        )
        lines |= more
        published |= beside
        remarks += said
    if years:
        remarks.append(
            "Pesaran's CD is void on residuals swept of times and was not computed; take "
            "effects='unit' for it."
        )
    else:
        lines["pesaran_cd"] = dependence_of_units(layout, effects)
    table = _table(lines, published)
    model, chosen, path = _recommend(table, level)
    return SpecificationTests(
        settings=settings,
        table=table,
        moran=_moran(layout, effects, approach, n_permutations, seed),
        model=model,
        effects=chosen,
        path=tuple(path),
        remarks=tuple(remarks),
        dropped=layout.dropped,
    )


def _dependence(
    layout: Layout, effects: str
) -> tuple[dict[str, Line], dict[str, tuple[float, float]]]:
    """Test residuals without spatial lags: centered, and as published."""
    sample, _ = make_sample(layout, "sar", effects, "transformation")
    centered = {
        name: (value, df, np.nan, chi2_p(value, df))
        for name, (value, df) in multipliers(sample, centered=True).items()
    }
    printed, _ = make_sample(layout, "sar", effects, "direct")  # demeaned, and then lagged
    published = {
        name: (value, chi2_p(value, df))
        for name, (value, df) in multipliers(printed, centered=False).items()
    }
    return centered, published


def _table(lines: dict[str, Line], published: dict[str, tuple[float, float]]) -> pd.DataFrame:
    table = pd.DataFrame.from_dict(lines, orient="index", columns=["statistic", "df", "df_2", "p"])
    beside = pd.DataFrame.from_dict(published, orient="index", columns=["published", "published_p"])
    return table.join(beside).rename_axis("test")


def _moran(
    layout: Layout, effects: str, approach: str, n_permutations: int, seed: int | None
) -> pd.DataFrame:
    """Compute Moran's I of residuals time by time, without spatial lags and of sdm."""
    sample, _ = make_sample(layout, "sar", effects, "transformation")
    Z, y = sample.rows(sample.Z), sample.rows(sample.y)[:, 0]
    plain = (y - Z @ np.linalg.lstsq(Z, y, rcond=None)[0]).reshape(layout.y.shape)
    durbin = fit(layout, "sdm", effects, approach)
    rng = np.random.default_rng(seed)
    columns = {}
    for suffix, values in (("", plain), ("_sdm", durbin.likelihood.residuals(durbin.theta))):
        found = [_moran_of(layout, column, n_permutations, rng) for column in values.T]
        columns[f"I{suffix}"], columns[f"p_sim{suffix}"] = zip(*found, strict=True)
    return pd.DataFrame(columns, pd.Index(layout.times, name="time"))


def _moran_of(
    layout: Layout, values: FloatArray, n_permutations: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Give I of one time and its two-sided p under permutations."""
    W = layout.operator.matrix
    z = values - values.mean()
    scale = len(z) / (float(W.sum()) * float(z @ z))
    drawn = rng.permuted(np.tile(z, (n_permutations, 1)), axis=1)
    simulated = scale * (drawn * (W @ drawn.T).T).sum(axis=1)
    observed = scale * float(z @ (W @ z))
    center = simulated.mean()
    beyond = np.abs(simulated - center) >= np.abs(observed - center) * (1 - 1e-12)
    return observed, float((1 + beyond.sum()) / (n_permutations + 1))


def _recommend(table: pd.DataFrame, level: float) -> tuple[str, str, list[str]]:
    """Walk Elhorst's decision tree; give model, effects and each step in words."""

    def told(name: str) -> str:
        return f"{table.loc[name, 'statistic']:.3f} (p {table.loc[name, 'p']:.3f})"

    def rejects(name: str) -> bool:
        return bool(table.loc[name, "p"] < level)

    path = [
        f"Without spatial lags: LM lag {told('lm_lag')}, LM error {told('lm_error')}; robust lag "
        f"{told('robust_lm_lag')}, robust error {told('robust_lm_error')}."
    ]
    if not (rejects("lm_lag") or rejects("lm_error")):
        model = "ols"
        path.append(f"Neither is significant at {level:g}: no lag of y or of the error is called "
                    "for; ols, or slx for the lags of x.")  # fmt: skip
    else:
        path.append(
            f"Durbin model: LR against sar {told('lr_sdm_sar')}, against sem "
            f"{told('lr_sdm_sem')}; Wald {told('wald_sdm_sar')}, {told('wald_sdm_sem')}."
        )
        model, why = _simplified(table, rejects)
        path.append(f"At {level:g}: {why}: {model}.")
    units, times = rejects("f_units"), rejects("f_times")
    effects = {
        (True, True): "two-way", (True, False): "unit", (False, True): "time",
        (False, False): "none",
    }[units, times]  # fmt: skip
    path.append(f"Effects of units: F {told('f_units')}; of times: F {told('f_times')}: {effects}.")
    if units:
        tested = model if model == "sar" else "sdm"
        hausman, mundlak = (
            "no test" if np.isnan(table.loc[name, "p"]) else told(name)
            for name in (f"hausman_{tested}", f"mundlak_{tested}")
        )
        verdict = "random effects of units are not rejected"
        if mundlak == "no test" or rejects(f"mundlak_{tested}"):
            verdict = "fixed effects of units"  # Mundlak always has an answer
        path.append(f"Random or fixed ({tested}): Hausman {hausman}, Mundlak {mundlak}: {verdict}.")
    return model, effects, path


def _simplified(table: pd.DataFrame, rejects: Any) -> tuple[str, str]:
    """Say whether the Durbin model comes down to sar or sem, and why."""
    to_lag, to_error = _pointed(table, rejects)
    no_sar, no_sem = rejects("lr_sdm_sar"), rejects("lr_sdm_sem")
    if no_sar and no_sem:
        return "sdm", "both restrictions are rejected"
    if no_sem:
        return ("sar", "only sem is rejected, and LM points to the lag") if to_lag else (
            "sdm", "only sem is rejected, but LM does not point to the lag"
        )  # fmt: skip
    if no_sar:
        return ("sem", "only sar is rejected, and LM points to the error") if to_error else (
            "sdm", "only sar is rejected, but LM does not point to the error"
        )  # fmt: skip
    if to_lag != to_error:
        return ("sar", "neither is rejected, and LM points to the lag") if to_lag else (
            "sem", "neither is rejected, and LM points to the error"
        )  # fmt: skip
    return "sdm", "neither is rejected, and LM does not decide"


def _pointed(table: pd.DataFrame, rejects: Any) -> tuple[bool, bool]:
    """Say whether LM tests point to the lag, and to the error: the robust ones where both do."""
    lag, error = rejects("lm_lag"), rejects("lm_error")
    if not (lag and error):
        return lag, error
    lag, error = rejects("robust_lm_lag"), rejects("robust_lm_error")
    if lag and error:  # both have a part: the stronger one
        stronger = table.loc["robust_lm_lag", "p"] < table.loc["robust_lm_error", "p"]
        return bool(stronger), not stronger
    return lag, error
