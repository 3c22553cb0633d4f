"""GeoShapley: what location, features and both together add to a prediction, place by place."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.drivers.learning._ensembles import (
    Model,
    Recipe,
    Rows,
    labeled,
    make_recipe,
    make_rows,
    predict,
    quietly,
    resampled,
)
from spatialccd.errors import ParameterError, check_range, require

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Places, Progress, UnitColumns, UnitValues

#: Features up to which all coalitions are evaluated.
_MOST = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class GeoShapley(Result):
    """Parts of a prediction at each place.

    Attributes
    ----------
    parts : DataFrame
        On the caller's index: geo (of the place itself), primary_x and geo_x of each feature
        x (its own part, and its part with the place), in the units of y.
    effects : DataFrame
        On the caller's index: effect_x = primary_x + geo_x of each feature, and with a
        bootstrap effect_x_low, effect_x_high, and different_x (whether 0 is outside).
    coef : DataFrame
        On the caller's index: a coefficient of each feature x at each place, from the effects
        by GWR, as the package does it; empty where not asked for.
    summary_table : DataFrame
        One row a part: mean_size, share.
    base : float
        The mean prediction, to which the parts add.
    """

    parts: pd.DataFrame
    effects: pd.DataFrame
    coef: pd.DataFrame
    summary_table: pd.DataFrame
    base: float

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit: the parts, the effects, and coef_x where asked for."""
        return pd.concat([self.parts, self.effects, self.coef.add_prefix("coef_")], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the mean size of each part."""
        return {"parts": self.summary_table}

    def notes(self) -> list[str]:
        """Say what the intervals are."""
        said = [
            "Effects part the prediction of the model, not the world; see tree_ensemble for how "
            "the model does in regions it has not seen."
        ]
        if self.settings["n_bootstrap"]:
            said.append(
                f"Intervals: {100 * self.settings['confidence']:g}% of "
                f"{self.settings['n_bootstrap']} ensembles fitted to units drawn anew. They hold "
                "how much the effects move from sample to sample, not the bias of trees, which "
                "draw large effects towards 0."
            )
        return said


def geo_shapley(
    y: UnitValues,
    X: UnitColumns,
    places: Places,
    *,
    model: Model = "random_forest",
    background: int = 30,
    coefficients: bool = False,
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    n_trees: int = 100,
    max_depth: int | None = None,
    min_leaf: int = 2,
    learning_rate: float = 0.1,
    n_jobs: int = -1,
    seed: int | None = None,
    progress: Progress | None = None,
) -> GeoShapley:
    """Part predictions into location, features and their interplay (GeoShapley).

    The coordinates are one player and each feature another; Shapley values of the game give
    each place the part of the place itself, of each feature, and of a feature with the place.
    The sum of the latter two is the local effect of a feature, to map as one maps an
    MGWR coefficient times its covariate. By the package geoshapley, over an ensemble of trees
    that has the coordinates among its features.

    Use it to look, not to test: there is no standard error but by fitting anew to units drawn
    with replacement (`n_bootstrap`), and trees draw large effects towards 0, so that intervals
    need not hold the truth. Where a linear relation will do, `mgwr` says the same with
    inference. Cost: units x 2^(features + 1) x background predictions, times the bootstrap.

    Parameters
    ----------
    y : Series (n,)
        The value to predict, on unit.
    X : DataFrame (n, p)
        Features on the same units: numbers, at most 8. Give classes as columns of 0 and 1.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where the units are: the coordinates that the model sees.
    model : {"random_forest", "xgboost", "lightgbm"}, default "random_forest"
        Which ensemble; the latter two need the extra ``ml``.
    background : int, default 30
        Units drawn as those with which a feature that is left out is filled.
    coefficients : bool, default False
        Draw a coefficient of each feature from its effects by GWR, as the package does; needs
        the extra ``pysal`` too.
    n_bootstrap : int, default 0
        Number of bootstrap samples of units, each with an ensemble fitted anew, for the
        intervals; 0 for none.
    confidence : float, default 0.95
        Level of the intervals.
    n_trees : int, default 100
        Trees of the ensemble.
    max_depth : int, optional
        Cuts on the way from the root to a leaf, at the most. By default no limit.
    min_leaf : int, default 2
        Rows that a leaf needs.
    learning_rate : float, default 0.1
        What each tree may add, of XGBoost and LightGBM.
    n_jobs : int, default -1
        Threads; -1 for all.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    GeoShapley
        The parts, the local effects with intervals, coefficients, and the size of each part.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a feature is constant, or there are fewer than 20 rows.
    ParameterError
        A setting is not known or out of range, a column is no number, or there are more than
        8 features.
    MissingDependencyError
        A package of the extra ``ml`` is not there.

    Notes
    -----
    Intervals at 95% held the effect of a feature with a slope in .83 of the units, and of one
    without in all (2 samples of 60 units only, 30 bootstrap samples each;
    tests/drivers/learning/coverage.py).

    References
    ----------
    Li, Z. (2024). GeoShapley: A game theory approach to measuring spatial effects in machine
    learning models. Annals of the AAG 114, 1365-1385.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(size=(40, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame(rng.normal(size=(40, 2)), columns=["rain", "noise"])
    >>> y = X["rain"] * places["x"] + places["y"]
    >>> found = geo_shapley(y, X, places, n_trees=30, background=10, n_jobs=1, seed=1)
    >>> found.summary_table["part"].tolist()[-1]
    'geo_noise'
    >>> bool(np.allclose(found.parts.sum(axis=1).mean() + found.base, y.mean(), atol=0.1))
    True
    """
    settings = record("geo_shapley", locals())
    require("geoshapley", "ml")
    if coefficients:
        require("mgwr", "pysal")
    check_range("background", background, 2)
    check_range("n_bootstrap", n_bootstrap, 0)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    recipe = make_recipe(model, n_trees, max_depth, min_leaf, learning_rate, seed, n_jobs)
    _align.cross_section(y, "y")
    rows = make_rows(y, X, places, location=True)
    p = rows.X.shape[1] - 2
    if p > _MOST:
        raise ParameterError(f"X has {p} features; more than {_MOST} are not taken: choose fewer")
    rng = np.random.default_rng(recipe.seed)
    drawn = rng.permutation(rows.y.size)[:background]
    whole = _explain(recipe, rows, rows.X, rows.y, rows.X[drawn], recipe.seed)
    names = rows.names[:p]
    parts = rows.amounts(np.column_stack([whole.geo, whole.primary, whole.geo_intera]))
    labels = ["geo", *(f"primary_{x}" for x in names), *(f"geo_{x}" for x in names)]
    effects = pd.DataFrame(rows.amounts(whole.primary + whole.geo_intera), rows.index, names)
    tables = [effects.add_prefix("effect_")]
    if n_bootstrap:
        draws = []
        for done in range(n_bootstrap):
            again = resampled(rows, rng)
            found = _explain(
                recipe, rows, rows.X[again], rows.y[again], rows.X[drawn], recipe.seed + done + 1
            )
            draws.append(rows.amounts(found.primary + found.geo_intera))
            if progress is not None:
                progress(done + 1, n_bootstrap)
        tables += _bounds(np.array(draws), confidence, rows.index, names)
    return GeoShapley(
        settings=settings,
        parts=labeled(parts, labels, rows, y.index),
        effects=_align.restore(pd.concat(tables, axis=1), y.index),
        coef=_coefficients(whole, names, rows, y.index) if coefficients else pd.DataFrame(),
        summary_table=_sizes(parts, labels),
        base=float(rows.as_given(whole.base_value)),
    )


def _explain(
    recipe: Recipe, rows: Rows, X: FloatArray, y: FloatArray, background: FloatArray, seed: int
) -> Any:
    """Fit to rows X, y and explain all rows."""
    with quietly(), contextlib.redirect_stderr(io.StringIO()):  # its progress bar
        from geoshapley import GeoShapleyExplainer

        fitted = recipe.fit(X, y, seed)
        explainer = GeoShapleyExplainer(lambda A: predict(fitted, A), background, exact=True)
        return explainer.explain(pd.DataFrame(rows.X), n_jobs=1)


def _bounds(
    draws: FloatArray, confidence: float, index: pd.Index, names: list[str]
) -> list[pd.DataFrame]:
    """Give the ends of the intervals, and whether 0 is outside, from draws (m, n, p)."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return [
        pd.DataFrame(low, index, [f"effect_{x}_low" for x in names]),
        pd.DataFrame(high, index, [f"effect_{x}_high" for x in names]),
        pd.DataFrame((low > 0) | (high < 0), index, [f"different_{x}" for x in names]),
    ]


def _coefficients(found: Any, names: list[str], rows: Rows, index: pd.Index) -> pd.DataFrame:
    """Give the coefficient of each feature at each place, by the package's GWR."""
    with quietly(), contextlib.redirect_stdout(io.StringIO()):
        coef = found.get_svc(
            list(range(len(names))), coef_type="gwr", include_primary=True, coords=rows.places
        )
    unit = rows.y_unit[1] / rows.X_unit[1][: len(names)]
    return labeled(np.asarray(coef) * unit, names, rows, index)


def _sizes(parts: FloatArray, labels: list[str]) -> pd.DataFrame:
    size = np.abs(parts).mean(axis=0)
    table = pd.DataFrame(
        {"part": labels, "mean_size": size, "share": size / size.sum() if size.any() else np.nan}
    )
    order = np.argsort(-size, kind="stable")
    return table.iloc[order].reset_index(drop=True)
