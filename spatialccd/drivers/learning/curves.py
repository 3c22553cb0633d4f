"""Curves of a feature: partial dependence and accumulated local effects, with thresholds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.drivers.learning._ensembles import (
    Model,
    Rows,
    make_recipe,
    make_rows,
    predict,
    quietly,
    resampled,
)
from spatialccd.errors import ParameterError, check_range, listed, require

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Places, Progress, Values

KINDS = ("ale", "partial_dependence")


@dataclass(frozen=True, eq=False, kw_only=True)
class ResponseCurves(Result):
    """What an ensemble predicts along each feature.

    Attributes
    ----------
    curves : DataFrame
        One row a feature, kind and value: the columns of ``to_frame``.
    thresholds : DataFrame
        One row a place where the accumulated local effect changes sign: feature, threshold,
        direction ("up", "down"), and with a bootstrap low, high, found (share of the draws
        with a change in the same direction) and clear (whether the band leaves 0 along most
        of both sides before the curve passes it again).
    values : DataFrame
        The values of each feature, for the marks below a curve.
    """

    curves: pd.DataFrame
    thresholds: pd.DataFrame
    values: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the curves.

        Columns: feature, kind (ale, partial_dependence), value (of the feature), effect (on y,
        mean 0 over the rows for ale, over the grid for partial_dependence), and with a
        bootstrap low and high.
        """
        return self.curves.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the thresholds."""
        return {"thresholds": self.thresholds} if len(self.thresholds) else {}

    def notes(self) -> list[str]:
        """Say what a threshold is, and what the bands hold."""
        said = [
            "A threshold is where the accumulated local effect passes its mean, not where a law "
            "changes; any smooth curve has one, and noise many: read those that are clear."
        ]
        if "low" in self.curves:
            said.append(
                f"Bands: {100 * self.settings['confidence']:g}% of "
                f"{self.settings['n_bootstrap']} ensembles fitted to units drawn anew."
            )
        return said


def response_curves(
    y: Values,
    X: Columns,
    places: Places,
    *,
    features: Sequence[str] | None = None,
    model: Model = "random_forest",
    location: bool = False,
    points: int = 20,
    n_bootstrap: int = 50,
    confidence: float = 0.95,
    n_trees: int = 200,
    max_depth: int | None = None,
    min_leaf: int = 5,
    learning_rate: float = 0.05,
    n_jobs: int = -1,
    seed: int | None = None,
    progress: Progress | None = None,
) -> ResponseCurves:
    """Draw what an ensemble predicts along each feature, and where the curve changes sign.

    Partial dependence averages the prediction over all rows with the feature set to a value;
    accumulated local effects (ALE) add up the changes of the prediction within narrow bins of
    the feature, which stays with the data where features go together. By scikit-learn and
    PyALE. Bands and the intervals of thresholds come from ensembles fitted to units drawn with
    replacement, all times of a unit together.

    Do not read a threshold where the band holds 0 all along, nor partial dependence where the
    feature goes with others: it predicts rows that there are none of. To test for a threshold,
    use `panel_threshold`.

    Parameters
    ----------
    y : Series (n,)
        The value to predict, on unit or on (unit, time).
    X : DataFrame (n, p)
        Features: numbers on the index of y; what is on unit holds at all times. Give classes
        as columns of 0 and 1.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where the units are, for `location`.
    features : sequence of str, optional
        Of which features to draw the curves. By default of all.
    model : {"random_forest", "xgboost", "lightgbm"}, default "random_forest"
        Which ensemble; the latter two need the extra ``ml``.
    location : bool, default False
        Add the coordinates to the features.
    points : int, default 20
        Points of the grid, at quantiles of the feature.
    n_bootstrap : int, default 50
        Number of bootstrap samples of units, each with an ensemble fitted anew, for the bands;
        0 for none.
    confidence : float, default 0.95
        Level of the intervals.
    n_trees : int, default 200
        Trees of the ensemble.
    max_depth : int, optional
        Cuts on the way from the root to a leaf, at the most. By default no limit.
    min_leaf : int, default 5
        Rows that a leaf needs.
    learning_rate : float, default 0.05
        What each tree may add, of XGBoost and LightGBM.
    n_jobs : int, default -1
        Threads; -1 for all.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    ResponseCurves
        The curves with their bands, and the thresholds.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a feature is constant, or there are fewer than 20 rows.
    ParameterError
        A setting is not known or out of range, or `features` names what X does not have.
    MissingDependencyError
        A package of the extra ``ml`` is not there.

    References
    ----------
    Friedman, J. H. (2001). Greedy function approximation. Annals of Statistics 29,
    1189-1232. Apley, D. W., Zhu, J. (2020). Visualizing the effects of predictor variables in
    black box supervised learning models. JRSS B 82, 1059-1086.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(size=(120, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame(rng.uniform(size=(120, 2)), columns=["rain", "noise"])
    >>> y = (X["rain"] > 0.6) + 0.1 * pd.Series(rng.normal(size=120))
    >>> found = response_curves(
    ...     y, X, places, features=["rain"], n_trees=50, n_bootstrap=5, n_jobs=1, seed=1
    ... )
    >>> found.thresholds[["feature", "direction"]].values.tolist()
    [['rain', 'up']]
    >>> bool(abs(found.thresholds["threshold"].iloc[0] - 0.6) < 0.1)
    True
    """
    settings = record("response_curves", locals())
    require("PyALE", "ml")
    check_range("points", points, 3)
    check_range("n_bootstrap", n_bootstrap, 0)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    recipe = make_recipe(model, n_trees, max_depth, min_leaf, learning_rate, seed, n_jobs)
    rows = make_rows(y, X, places, location=location)
    chosen = _chosen(rows, features)
    rng = np.random.default_rng(recipe.seed)
    fitted = recipe.fit(rows.X, rows.y)
    curves = [_curves(fitted, rows, j, points) for j in chosen]
    draws: list[list[pd.DataFrame]] = []
    for done in range(n_bootstrap):
        again = resampled(rows, rng)
        other = recipe.fit(rows.X[again], rows.y[again], recipe.seed + done + 1)
        draws.append([_curves(other, rows, j, points) for j in chosen])
        if progress is not None:
            progress(done + 1, n_bootstrap)
    thresholds = []
    for position, own in enumerate(curves):
        moved = [draw[position] for draw in draws]
        if moved:
            tail = (1 - confidence) / 2
            effects = np.array([one["effect"] for one in moved])
            own["low"], own["high"] = np.quantile(effects, [tail, 1 - tail], axis=0)
        thresholds += _thresholds(own, moved, confidence)
    columns = [
        "feature",
        "threshold",
        "direction",
        *(["low", "high", "found", "clear"] if draws else []),
    ]
    return ResponseCurves(
        settings=settings,
        curves=pd.concat(curves, ignore_index=True),
        thresholds=pd.DataFrame(thresholds, columns=columns),
        values=pd.DataFrame({rows.names[j]: rows.feature(j, rows.X[:, j]) for j in chosen}),
    )


def _chosen(rows: Rows, features: Sequence[str] | None) -> list[int]:
    if features is None:
        return list(range(len(rows.names)))
    if isinstance(features, str):
        raise ParameterError(f"features must be a list of columns: [{features!r}]")
    unknown = [name for name in features if name not in rows.names]
    if unknown or not len(features):
        raise ParameterError(f"X has no feature {listed(unknown)}; it has {listed(rows.names)}")
    return [rows.names.index(name) for name in features]


class _Named:
    """An estimator that takes a frame, as PyALE gives one."""

    def __init__(self, fitted: Any) -> None:
        self.fitted = fitted

    def predict(self, X: pd.DataFrame) -> FloatArray:
        return predict(self.fitted, X.to_numpy(dtype=float))


def _curves(fitted: Any, rows: Rows, position: int, points: int) -> pd.DataFrame:
    """Give both curves of one feature on the same grid: quantiles of its values."""
    from sklearn.inspection import partial_dependence

    logging.getLogger("PyALE").setLevel(logging.WARNING)
    logging.getLogger("PyALE._ALE_generic").setLevel(logging.WARNING)
    with quietly():
        from PyALE import ale

        frame = pd.DataFrame(rows.X, columns=[f"f{j}" for j in range(rows.X.shape[1])])
        local = ale(
            X=frame,
            model=_Named(fitted),
            feature=[f"f{position}"],
            feature_type="continuous",
            grid_size=points,
            include_CI=False,
            plot=False,
        )
        values = local.index.to_numpy(dtype=float)
        average = partial_dependence(
            fitted,
            rows.X,
            [position],
            custom_values={position: values},
            kind="average",
            method="brute",  # the recursion of forests weighs by the rows of training
        )["average"][0]
    effects = {"ale": local["eff"].to_numpy(dtype=float), "partial_dependence": average}
    effects["partial_dependence"] = average - average.mean()
    parts = [
        pd.DataFrame(
            {
                "feature": rows.names[position],
                "kind": kind,
                "value": rows.feature(position, values),
                "effect": rows.amounts(effects[kind]),
            }
        )
        for kind in KINDS
    ]
    return pd.concat(parts, ignore_index=True)


def _crossings(curve: pd.DataFrame) -> list[tuple[float, str]]:
    """Give where the accumulated local effect passes 0, between two points of the grid."""
    own = curve[curve["kind"] == "ale"]
    x, effect = own["value"].to_numpy(), own["effect"].to_numpy()
    found = []
    for i in range(x.size - 1):
        before, after = effect[i], effect[i + 1]
        if before * after < 0:
            at = x[i] + (x[i + 1] - x[i]) * before / (before - after)
            found.append((float(at), "up" if after > before else "down"))
    return found


def _thresholds(
    own: pd.DataFrame, moved: Sequence[pd.DataFrame], confidence: float
) -> list[dict[str, Any]]:
    """Write one row a crossing; its interval is of the nearest crossing of each draw."""
    name, tail = str(own["feature"].iloc[0]), (1 - confidence) / 2
    again = [_crossings(curve) for curve in moved]
    rows = []
    crossings = _crossings(own)
    ends = [-np.inf, *(at for at, _ in crossings), np.inf]
    for position, (at, direction) in enumerate(crossings):
        row: dict[str, Any] = {"feature": name, "threshold": at, "direction": direction}
        if again:
            near = [
                min((value for value, way in one if way == direction), key=lambda v: abs(v - at))
                for one in again
                if any(way == direction for _, way in one)
            ]
            low, high = np.quantile(near, [tail, 1 - tail]) if near else (np.nan, np.nan)
            clear = _is_clear(own, ends[position], at, ends[position + 2], direction)
            row |= {"low": low, "high": high, "found": len(near) / len(again), "clear": clear}
        rows.append(row)
    return rows


def _is_clear(own: pd.DataFrame, before: float, at: float, after: float, direction: str) -> bool:
    """Say whether the band leaves 0 along most of both sides, up to the next crossings.

    At one point of some twenty a pointwise band leaves 0 for noise as well.
    """
    curve = own[own["kind"] == "ale"]
    first = curve[curve["value"].between(before, at)]
    then = curve[curve["value"].between(at, after)]
    if direction == "down":
        first, then = then, first
    return bool((first["high"] < 0).mean() > 0.5 and (then["low"] > 0).mean() > 0.5)
