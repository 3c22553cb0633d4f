"""An ensemble of trees, judged in regions it has not seen and explained by SHAP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers.learning._ensembles import (
    Model,
    Recipe,
    Rows,
    held_out,
    labeled,
    make_recipe,
    make_rows,
    predict,
    quietly,
    random_folds,
    scores,
    spatial_folds,
)
from spatialccd.errors import require

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import (
        Columns,
        FloatArray,
        Groups,
        IntArray,
        Places,
        Progress,
        Values,
    )

#: Portions of rows that SHAP explains, between two words of progress.
_PORTIONS = 10


@dataclass(frozen=True, eq=False, kw_only=True)
class TreeEnsemble(Result):
    """Predictions of an ensemble of trees and what they rest on.

    Attributes
    ----------
    predictions : DataFrame
        On the caller's index: observed, fitted (by the ensemble that has seen the row),
        predicted (by one that has not seen its region), fold.
    shap : DataFrame
        On the caller's index, a column a feature: what each adds to the row's fitted value
        (SHAP), in the units of y.
    scores : DataFrame
        One row a way of judging (in sample, random folds, spatial folds): r2, rmse, mae.
    importance : DataFrame
        One row a feature: mean_shap (mean size of SHAP), share, permutation (what r2 in
        held-out regions loses when the feature is shuffled there).
    base : float
        The mean prediction, to which SHAP values add.
    """

    predictions: pd.DataFrame
    shap: pd.DataFrame
    scores: pd.DataFrame
    importance: pd.DataFrame
    base: float

    def to_frame(self) -> pd.DataFrame:
        """Give one row a row of y: observed, fitted, predicted, fold, and shap of each feature."""
        return pd.concat([self.predictions, self.shap.add_prefix("shap_")], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the scores and the importance of features."""
        return {"scores": self.scores, "importance": self.importance}

    def notes(self) -> list[str]:
        """Say how well it predicts where it was not fitted."""
        r2 = self.scores.set_index("judged")["r2"]
        said = [
            f"r2 is {r2['in sample']:.3f} in sample, {r2['random folds']:.3f} in random folds and "
            f"{r2['spatial folds']:.3f} in regions held out: only the last says how it does in "
            "new places."
        ]
        if r2["spatial folds"] <= 0:
            said.append(
                "In regions held out it predicts no better than their mean: read neither SHAP "
                "values nor importance as findings."
            )
        return said


def tree_ensemble(
    y: Values,
    X: Columns,
    places: Places,
    regions: Groups | None = None,
    *,
    model: Model = "random_forest",
    location: bool = False,
    folds: int = 5,
    n_trees: int = 300,
    max_depth: int | None = None,
    min_leaf: int = 2,
    learning_rate: float = 0.05,
    n_jobs: int = -1,
    seed: int | None = None,
    progress: Progress | None = None,
) -> TreeEnsemble:
    """Predict a value by an ensemble of trees and explain it by SHAP.

    A random forest, XGBoost or LightGBM, fitted on all rows and judged three ways: in
    sample, in random folds, and in regions held out (spatial cross-validation). Near places
    are alike, so that random folds predict a row from its neighbors; only regions held out
    say what the model knows of places it has not seen. SHAP values (TreeSHAP) part each
    fitted value into what every feature adds.

    Do not read SHAP values as effects: they explain the model, not the world; features that
    go together share what one of them does. With fewer than some 100 rows an ensemble has
    little to learn that `spatial_regression` or `mgwr` would not say with standard errors
    (`compare_predictions` holds them side by side).

    Parameters
    ----------
    y : Series (n,)
        The value to predict, on unit or on (unit, time).
    X : DataFrame (n, p)
        Features: numbers on the index of y; what is on unit holds at all times. Give classes
        as columns of 0 and 1.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where the units are, for folds and `location`.
    regions : Series, optional
        A label for each unit: each region is held out once. By default units near each other
        make `folds` regions, by k-means of their places.
    model : {"random_forest", "xgboost", "lightgbm"}, default "random_forest"
        Which ensemble; the latter two need the extra ``ml``.
    location : bool, default False
        Add the coordinates to the features.
    folds : int, default 5
        Regions to hold out where none are given, and random folds.
    n_trees : int, default 300
        Trees of the ensemble.
    max_depth : int, optional
        Cuts on the way from the root to a leaf, at the most. By default no limit.
    min_leaf : int, default 2
        Rows that a leaf needs.
    learning_rate : float, default 0.05
        What each tree may add, of XGBoost and LightGBM.
    n_jobs : int, default -1
        Threads; -1 for all.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told how many ensembles are fitted and portions of rows explained, and of how many.

    Returns
    -------
    TreeEnsemble
        Predictions, SHAP values, scores and the importance of features.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a feature is constant, or there are fewer than 20 rows.
    ParameterError
        A setting is not known or out of range, or a column is no number.
    MissingDependencyError
        A package of the extra ``ml`` is not there.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32. Chen, T., Guestrin, C.
    (2016). XGBoost. KDD, 785-794. Ke, G. et al. (2017). LightGBM. NeurIPS 30. Lundberg,
    S. M. et al. (2020). From local explanations to global understanding with explainable AI
    for trees. Nature Machine Intelligence 2, 56-67. Roberts, D. R. et al. (2017).
    Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic
    structure. Ecography 40, 913-929.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(size=(80, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame(rng.normal(size=(80, 2)), columns=["rain", "noise"])
    >>> y = (X["rain"] > 0) + 0.1 * pd.Series(rng.normal(size=80))
    >>> found = tree_ensemble(y, X, places, n_trees=50, n_jobs=1, seed=1)
    >>> found.importance["feature"].tolist(), bool(found.scores["r2"].iloc[2] > 0.5)
    (['rain', 'noise'], True)
    """
    settings = record("tree_ensemble", locals())
    require("shap", "ml")
    recipe = make_recipe(model, n_trees, max_depth, min_leaf, learning_rate, seed, n_jobs)
    rows = make_rows(y, X, places, location=location)
    fold, names = spatial_folds(rows, folds, regions, recipe.seed)
    at_random = random_folds(rows, folds, recipe.seed)
    ensembles = 1 + len(np.unique(fold)) + len(np.unique(at_random))
    step = counter(progress, ensembles + _PORTIONS)
    fitted = recipe.fit(rows.X, rows.y)
    step(1)
    plain, shuffled = _held_out_shuffled(recipe, rows, fold, step)
    judged = {
        "in sample": predict(fitted, rows.X),
        "random folds": held_out(recipe, rows, at_random, step),
        "spatial folds": plain,
    }
    shap, base = _shap(fitted, rows, step)
    stated = np.column_stack([rows.y, judged["in sample"], judged["spatial folds"]])
    predictions = labeled(
        rows.as_given(stated),
        ["observed", "fitted", "predicted"],
        rows,
        y.index,
    )
    own = pd.DataFrame({"fold": np.array(names, dtype=object)[fold]}, rows.index)
    return TreeEnsemble(
        settings=settings,
        predictions=predictions.join(own),
        shap=labeled(shap, rows.names, rows, y.index),
        scores=pd.DataFrame(
            [{"judged": name, **scores(rows, found)} for name, found in judged.items()]
        ),
        importance=_importance(rows, shap, plain, shuffled),
        base=base,
    )


def _shap(fitted: Any, rows: Rows, step: Step) -> tuple[FloatArray, float]:
    """Give SHAP values (n, p) by shap's TreeExplainer, and the value they add to."""
    with quietly():
        import shap

        explainer = shap.TreeExplainer(fitted)
        values = []
        for some in np.array_split(rows.X, _PORTIONS):
            found = explainer.shap_values(some, check_additivity=False)
            values.append(np.asarray(found, dtype=float))
            step(1)
        base = rows.as_given(np.ravel(explainer.expected_value)[:1])
        return rows.amounts(np.concatenate(values)), float(base[0])


def _held_out_shuffled(
    recipe: Recipe, rows: Rows, fold: IntArray, step: Step
) -> tuple[FloatArray, FloatArray]:
    """Predict each row from other regions: as it is (n,), and with each feature shuffled (p, n)."""
    rng = np.random.default_rng(recipe.seed)
    plain, shuffled = np.empty_like(rows.y), np.empty((rows.X.shape[1], rows.y.size))
    for one in np.unique(fold):
        out = np.flatnonzero(fold == one)
        estimator = recipe.fit(np.delete(rows.X, out, axis=0), np.delete(rows.y, out))
        plain[out] = predict(estimator, rows.X[out])
        for j in range(rows.X.shape[1]):
            moved = rows.X[out].copy()
            moved[:, j] = rng.permutation(moved[:, j])
            shuffled[j, out] = predict(estimator, moved)
        step(1)
    return plain, shuffled


def _importance(
    rows: Rows, shap: FloatArray, plain: FloatArray, shuffled: FloatArray
) -> pd.DataFrame:
    """Rank features by the mean size of SHAP; beside it, what held-out r2 loses without each."""
    whole = scores(rows, plain)["r2"]
    size = np.abs(shap).mean(axis=0)
    table = pd.DataFrame(
        {
            "feature": rows.names,
            "mean_shap": size,
            "share": size / size.sum() if size.sum() > 0 else np.nan,
            "permutation": [whole - scores(rows, own)["r2"] for own in shuffled],
        }
    )
    order = np.argsort(-size, kind="stable")
    return table.iloc[order].reset_index(drop=True)
