"""Which model predicts regions it has not seen: least squares, GWR, MGWR or an ensemble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.drivers.gwr.multiscale import mgwr
from spatialccd.drivers.gwr.prediction import predict_gwr
from spatialccd.drivers.gwr.single_scale import gwr
from spatialccd.drivers.learning._ensembles import (
    Rows,
    labeled,
    make_recipe,
    make_rows,
    predict,
    quietly,
    random_folds,
    scores,
    spatial_folds,
)
from spatialccd.errors import EstimationError, ParameterError, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import (
        FloatArray,
        Groups,
        IntArray,
        Places,
        Progress,
        UnitColumns,
        UnitValues,
    )

Candidate = Literal["ols", "gwr", "mgwr", "random_forest", "xgboost", "lightgbm"]


@dataclass(frozen=True, eq=False, kw_only=True)
class PredictionComparison(Result):
    """Models judged by the same regions held out.

    Attributes
    ----------
    figures : DataFrame
        One row a model, the best first: the columns of ``to_frame``.
    by_region : DataFrame
        One row a model and region: n, r2, rmse, mae there.
    predictions : DataFrame
        On the caller's index: observed, region, and the prediction of each model from the
        other regions.
    failed : tuple of str
        Models and regions without a prediction, and why.
    """

    figures: pd.DataFrame
    by_region: pd.DataFrame
    predictions: pd.DataFrame
    failed: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a model, the smallest error in regions held out first.

        Columns: model, n (rows predicted), r2, rmse, mae (regions held out), r2_random (random
        folds), won (regions in which its rmse is the smallest).
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the scores by region."""
        return {"by_region": self.by_region}

    def notes(self) -> list[str]:
        """Say what random folds hide, and what has no prediction."""
        said = [
            "r2_random predicts rows from their neighbors; r2 predicts regions that were not seen. "
            "A difference of a few regions' errors is chance: look at by_region."
        ]
        if self.failed:
            said.append(f"No prediction: {listed(self.failed)}.")
        return said


def compare_predictions(
    y: UnitValues,
    X: UnitColumns,
    places: Places,
    regions: Groups | None = None,
    *,
    models: Sequence[Candidate] = ("ols", "gwr", "mgwr", "random_forest"),
    folds: int = 5,
    location: bool = True,
    n_trees: int = 300,
    max_depth: int | None = None,
    min_leaf: int = 2,
    learning_rate: float = 0.05,
    n_jobs: int = -1,
    seed: int | None = None,
    progress: Progress | None = None,
) -> PredictionComparison:
    """Hold regions out and compare least squares, GWR, MGWR and ensembles of trees on them.

    Each model is fitted to all regions but one and predicts the one left out; the errors are
    pooled over regions. Beside it stands r2 in random folds, where a model that only repeats
    its neighbors does well. GWR and MGWR predict as `predict_gwr` does; all models see the
    same covariates, ensembles the coordinates too.

    Do not take the winner for the truth: it predicts best here, which is not the same as
    explaining; and with five regions the order of close models is chance (``won``).

    Parameters
    ----------
    y : Series (n,)
        The value to predict, on unit.
    X : DataFrame (n, p)
        Covariates on the same units: numbers. Give classes as columns of 0 and 1.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where the units are: for folds, GWR, MGWR and `location`.
    regions : Series, optional
        A label for each unit: each region is held out once. By default units near each other
        make `folds` regions, by k-means of their places.
    models : sequence of str
        Models to compare. Of ols, gwr, mgwr, random_forest, xgboost, lightgbm; the latter two
        need the extra ``ml``.
    folds : int, default 5
        Regions to hold out where none are given, and random folds.
    location : bool, default True
        Add the coordinates to the features.
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
        Told (done, total) as fits are done.

    Returns
    -------
    PredictionComparison
        Scores of each model, by region too, and the predictions.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a covariate is constant, or there are fewer than 20 rows.
    ParameterError
        A setting is not known or out of range, or a column is no number.
    MissingDependencyError
        A package of the extra ``ml`` is not there.

    References
    ----------
    Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal,
    spatial, hierarchical, or phylogenetic structure. Ecography 40, 913-929. Wadoux, A. M.
    et al. (2021). Spatial cross-validation is not the right way to evaluate map accuracy.
    Ecological Modelling 457, 109692 (where what is to be predicted lies between the data,
    random folds are nearer to the task).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(size=(60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["rain", "noise"])
    >>> y = 2 * X["rain"] + 0.1 * pd.Series(rng.normal(size=60))
    >>> models = ("ols", "random_forest")
    >>> found = compare_predictions(y, X, places, models=models, n_trees=30, n_jobs=1, seed=1)
    >>> found.to_frame()["model"].tolist()
    ['ols', 'random_forest']
    """
    settings = record("compare_predictions", locals())
    if isinstance(models, str) or not len(models):
        raise ParameterError(f"models must be a list of models, not {models!r}")
    for model in models:
        check_choice("models", model, get_args(Candidate))
    _align.cross_section(y, "y")
    rows = make_rows(y, X, places, location=False)
    seen = make_rows(y, X, places, location=True) if location else rows
    base = make_recipe("random_forest", n_trees, max_depth, min_leaf, learning_rate, seed, n_jobs)
    fold, names = spatial_folds(rows, folds, regions, base.seed)
    judged = {"spatial": fold, "random": random_folds(rows, folds, base.seed)}
    tasks = [(model, way) for model in dict.fromkeys(models) for way in judged]
    predicted: dict[tuple[str, str], FloatArray] = {}
    failed: list[str] = []
    for done, (model, way) in enumerate(tasks):
        if model in ("ols", "gwr", "mgwr"):
            fit = _linear(model, rows, places.reindex(rows.index), n_jobs)
        else:
            recipe = make_recipe(
                model,  # type: ignore[arg-type] # one of the ensembles here
                n_trees,
                max_depth,
                min_leaf,
                learning_rate,
                seed,
                n_jobs,
            )
            fit = _tree(recipe.fit, seen.X, seen.y)
        predicted[model, way], why = _over(fit, judged[way], names if way == "spatial" else None)
        failed += [f"{model} in {reason}" for reason in why if way == "spatial"]
        if progress is not None:
            progress(done + 1, len(tasks))
    figures, by_region = _tables(rows, predicted, fold, names)
    observed = pd.DataFrame(
        {"observed": rows.as_given(rows.y), "region": np.array(names, object)[fold]}
    )
    observed.index = rows.index
    columns = {model: predicted[model, "spatial"] for model in dict.fromkeys(models)}
    stated = rows.as_given(np.column_stack(list(columns.values())))
    return PredictionComparison(
        settings=settings,
        figures=figures,
        by_region=by_region,
        predictions=_align.restore(observed, y.index).join(
            labeled(stated, list(columns), rows, y.index)
        ),
        failed=tuple(failed),
    )


#: (rows fitted, rows out) -> predictions of the latter.
_Fit = Callable[["IntArray", "IntArray"], "FloatArray"]


def _tree(fit: Callable[[FloatArray, FloatArray], object], X: FloatArray, y: FloatArray) -> _Fit:
    return lambda own, out: predict(fit(X[own], y[own]), X[out])


def _linear(model: str, rows: Rows, places: Places, n_jobs: int) -> _Fit:
    """Give least squares, GWR or MGWR as something that fits and predicts."""
    if model == "ols":

        def least_squares(own: IntArray, out: IntArray) -> FloatArray:
            design = np.column_stack([np.ones(rows.y.size), rows.X])
            coef = np.linalg.lstsq(design[own], rows.y[own], rcond=None)[0]
            return np.asarray(design[out] @ coef)

        return least_squares
    y = pd.Series(rows.y, rows.index)
    X = pd.DataFrame(rows.X, rows.index, [f"x{j}" for j in range(rows.X.shape[1])])
    fit = gwr if model == "gwr" else mgwr

    def local(own: IntArray, out: IntArray) -> FloatArray:
        with quietly():
            fitted = fit(y.iloc[own], X.iloc[own], places.iloc[own], n_jobs=n_jobs)
            found = predict_gwr(fitted, X.iloc[out], places.iloc[out], n_jobs=n_jobs)
        return np.asarray(found.predicted.reindex(rows.index[out]), dtype=float)

    return local


def _over(fit: _Fit, fold: IntArray, names: list[str] | None) -> tuple[FloatArray, list[str]]:
    """Predict every fold from the others; NaN, and why, where no estimate exists."""
    predicted, why = np.full(fold.size, np.nan), []
    for one in np.unique(fold):
        own, out = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        try:
            predicted[out] = fit(own, out)
        except EstimationError as error:
            where = names[int(one)] if names is not None else "random folds"
            why.append(f"{where} ({error})")
    return predicted, why


def _tables(
    rows: Rows,
    predicted: dict[tuple[str, str], FloatArray],
    fold: IntArray,
    names: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the scores of each model, and of each model in each region."""
    models = [model for model, way in predicted if way == "spatial"]
    parts = []
    for model in models:
        for one, name in enumerate(names):
            out = fold == one
            own = scores(rows, predicted[model, "spatial"], out)
            parts.append({"model": model, "region": name, "n": int(out.sum()), **own})
    by_region = pd.DataFrame(parts)
    best = by_region.groupby("region")["rmse"].transform("min")
    wins = by_region.loc[by_region["rmse"] <= best, "model"].value_counts()
    table = pd.DataFrame(
        [
            {
                "model": model,
                "n": int(np.isfinite(predicted[model, "spatial"]).sum()),
                **scores(rows, predicted[model, "spatial"]),
                "r2_random": scores(rows, predicted[model, "random"])["r2"],
                "won": int(wins.get(model, 0)),
            }
            for model in models
        ]
    )
    return table.sort_values("rmse", kind="stable", ignore_index=True), by_region
