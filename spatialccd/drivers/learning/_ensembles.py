"""Ensembles of trees: what is fitted, on which rows, and which places are held out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd.drivers._places import coordinates
from spatialccd.errors import (
    DataError,
    ParameterError,
    check_choice,
    check_range,
    listed,
    require,
)

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray, IntArray

Model = Literal["random_forest", "xgboost", "lightgbm"]
#: The package of each model, where it is not one that we always have.
_PACKAGES = {"xgboost": "xgboost", "lightgbm": "lightgbm"}
#: What the coordinates are called among the features.
LOCATION = ("location x", "location y")


@contextmanager
def quietly() -> Iterator[None]:
    """Keep what packages say of each other's versions from the caller; ours are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


#: To start threads costs 10 ms a prediction, and a curve asks for hundreds of them.
_WORTH_THREADS = 2000


@dataclass(frozen=True)
class Recipe:
    """How an ensemble is fitted."""

    model: Model
    n_trees: int
    max_depth: int | None
    min_leaf: int
    learning_rate: float
    seed: int
    n_jobs: int

    def fit(self, X: FloatArray, y: FloatArray, seed: int | None = None) -> Any:
        """Fit anew; columns have no names, as packages forbid characters in them."""
        n_jobs = self.n_jobs if len(y) >= _WORTH_THREADS else 1
        estimator = self._estimator(self.seed if seed is None else seed, n_jobs)
        with quietly():
            estimator.fit(X, y)
        return estimator

    def _estimator(self, seed: int, n_jobs: int) -> Any:
        if self.model == "random_forest":
            from sklearn.ensemble import RandomForestRegressor

            return RandomForestRegressor(
                self.n_trees,
                max_depth=self.max_depth,
                min_samples_leaf=self.min_leaf,
                random_state=seed,
                n_jobs=n_jobs,
            )
        if self.model == "xgboost":
            from xgboost import XGBRegressor

            return XGBRegressor(
                n_estimators=self.n_trees,
                max_depth=self.max_depth or 0,
                min_child_weight=self.min_leaf,
                learning_rate=self.learning_rate,
                subsample=0.8,
                random_state=seed,
                n_jobs=n_jobs,
            )
        from lightgbm import LGBMRegressor

        return LGBMRegressor(
            n_estimators=self.n_trees,
            max_depth=self.max_depth or -1,
            min_child_samples=self.min_leaf,
            learning_rate=self.learning_rate,
            random_state=seed,
            deterministic=True,
            force_row_wise=True,
            n_jobs=n_jobs,
            verbose=-1,
        )


def make_recipe(
    model: Model,
    n_trees: int,
    max_depth: int | None,
    min_leaf: int,
    learning_rate: float,
    seed: int | None,
    n_jobs: int,
) -> Recipe:
    """Check the settings of an ensemble, and that its package is there."""
    check_choice("model", model, get_args(Model))
    check_range("n_trees", n_trees, 1)
    check_range("min_leaf", min_leaf, 1)
    check_range("learning_rate", learning_rate, 0, 1, open_low=True)
    if max_depth is not None:
        check_range("max_depth", max_depth, 1)
    if model in _PACKAGES:
        require(_PACKAGES[model], "ml")
    drawn = int(np.random.default_rng(seed).integers(2**31))
    return Recipe(model, n_trees, max_depth, min_leaf, learning_rate, drawn, n_jobs)


def predict(estimator: Any, X: FloatArray) -> FloatArray:
    """Predict, without words on names of columns."""
    with quietly():
        return np.asarray(estimator.predict(X), dtype=float)


@dataclass(frozen=True)
class Rows:
    """Rows in canonical order.

    Attributes
    ----------
    index : Index
        Their labels.
    y : ndarray (n,)
        What is predicted, with mean 0 and standard deviation 1: trees stop at impurities and
        round features to single precision, so that their units would matter.
    X : ndarray (n, p)
        Features, likewise; the coordinates last, where they are among them.
    y_unit : (float, float)
        Mean and standard deviation of y as given.
    X_unit : (ndarray (p,), ndarray (p,))
        The same of the features.
    names : list of str
        Of the features.
    places : ndarray (n, 2)
        Where each row's unit is.
    unit : ndarray (n,)
        The unit of each row, as a number.
    """

    index: pd.Index
    y: FloatArray
    X: FloatArray
    y_unit: tuple[float, float]
    X_unit: tuple[FloatArray, FloatArray]
    names: list[str]
    places: FloatArray
    unit: IntArray

    def as_given(self, y: FloatArray) -> FloatArray:
        """Put values of y back into its unit."""
        return np.asarray(self.y_unit[0] + self.y_unit[1] * y)

    def amounts(self, parts: FloatArray) -> FloatArray:
        """Put parts of y, which add to its mean, back into its unit."""
        return np.asarray(self.y_unit[1] * parts)

    def feature(self, position: int, values: FloatArray) -> FloatArray:
        """Put values of a feature back into its unit."""
        return np.asarray(self.X_unit[0][position] + self.X_unit[1][position] * values)


def make_rows(y: Any, X: Any, places: Any, *, location: bool) -> Rows:
    """Check inputs against each other.

    Raises
    ------
    AlignmentError
        y, X and places do not carry the same units, or a value is missing.
    DataError
        y or a feature is constant, or rows are fewer than 20.
    ParameterError
        A column is no number.
    """
    if not isinstance(y, pd.Series):
        raise ParameterError(f"y must be a labeled Series, not {type(y).__name__}")
    if not isinstance(X, pd.DataFrame):
        raise ParameterError(f"X must be a frame, one column a feature, not {type(X).__name__}")
    (values,) = _align.align(y=y)
    frame = _align.broadcast(X, values.index, "X")
    _align.check_complete(values, "y")
    _align.check_complete(frame, "X")
    units = values.index.get_level_values(0)
    known = _align.canonical(units.unique())
    xy = coordinates(_align.broadcast(places, known, "places"), "places")
    unit = known.get_indexer(units).astype(np.int64)
    numbers, target = frame.to_numpy(dtype=float), values.to_numpy(dtype=float)
    names = [str(name) for name in frame]
    still = [n for n, flat in zip(names, np.atleast_1d(is_constant(numbers)), strict=True) if flat]
    problems = ["y is constant: there is nothing to predict"] if is_constant(target) else []
    if still:
        problems.append(f"{listed(still)} has one value only; drop it")
    if len(values) < 20:
        problems.append(f"{len(values)} rows are fewer than the 20 that an ensemble needs here")
    if problems:
        raise DataError("; ".join(problems), pd.DataFrame({"feature": still}))
    if location:
        numbers, names = np.column_stack([numbers, xy[unit]]), [*names, *LOCATION]
    y_unit = (float(target.mean()), float(target.std()))
    X_unit = (numbers.mean(axis=0), numbers.std(axis=0))
    return Rows(
        values.index,
        (target - y_unit[0]) / y_unit[1],
        (numbers - X_unit[0]) / X_unit[1],
        y_unit,
        X_unit,
        names,
        xy[unit],
        unit,
    )


def spatial_folds(rows: Rows, folds: int, regions: Any, seed: int) -> tuple[IntArray, list[str]]:
    """Give the fold of each row, whole regions together, and what each fold is called.

    Regions as given, one fold each; else units near each other, by k-means of their places.
    All times of a unit are in one fold.
    """
    units = rows.index.get_level_values(0)
    known = _align.canonical(units.unique())
    if regions is not None:
        if not isinstance(regions, pd.Series):
            raise ParameterError(f"regions must be a labeled Series, not {type(regions).__name__}")
        spread = _align.broadcast(regions, rows.index, "regions")
        _align.check_complete(spread, "regions", words=True)
        codes, labels = pd.factorize(spread, sort=True)
        moving = pd.Series(codes).groupby(rows.unit).nunique() > 1
        if moving.any():
            raise ParameterError(
                f"regions change over time: {listed(known[moving.to_numpy()])}; a unit is held out "
                "with one region"
            )
        if len(labels) < 2:
            raise ParameterError(f"regions has one region ({labels[0]}); two are needed")
        return codes.astype(np.int64), [str(label) for label in labels]
    check_range("folds", folds, 2, len(known))
    from sklearn.cluster import KMeans

    first = np.unique(rows.unit, return_index=True)[1]
    with quietly():
        found = KMeans(folds, n_init=10, random_state=seed).fit(rows.places[first]).labels_
    codes = np.unique(found, return_inverse=True)[1].astype(np.int64)
    return codes[rows.unit], [f"region {i + 1}" for i in range(int(codes.max()) + 1)]


def random_folds(rows: Rows, folds: int, seed: int) -> IntArray:
    """Give the fold of each row at random: what spatial folds are compared with."""
    n = rows.y.size
    return np.random.default_rng(seed).permutation(np.arange(n) % folds)


def held_out(recipe: Recipe, rows: Rows, fold: IntArray, step: Step | None = None) -> FloatArray:
    """Predict each row by an ensemble that has not seen its fold; `step` is told of each."""
    predicted = np.empty_like(rows.y)
    for one in np.unique(fold):
        out = fold == one
        predicted[out] = predict(recipe.fit(rows.X[~out], rows.y[~out]), rows.X[out])
        if step is not None:
            step(1)
    return predicted


def scores(rows: Rows, predicted: FloatArray, out: Any = slice(None)) -> dict[str, float]:
    """Give r2 (1 - SSE/SST), rmse and mae over the rows `out` that have a prediction."""
    y, predicted = rows.y[out], predicted[out]
    known = np.isfinite(predicted)
    if known.sum() < 2:
        return {"r2": np.nan, "rmse": np.nan, "mae": np.nan}
    error = y[known] - predicted[known]
    spread = ((y[known] - y[known].mean()) ** 2).sum()
    return {
        "r2": float(1 - (error**2).sum() / spread) if spread > 0 else np.nan,
        "rmse": float(rows.amounts(np.sqrt((error**2).mean()))),
        "mae": float(rows.amounts(np.abs(error).mean())),
    }


def resampled(rows: Rows, rng: np.random.Generator) -> IntArray:
    """Draw units with replacement, each with all its rows; give the positions of rows."""
    members = np.split(np.argsort(rows.unit, kind="stable"), np.cumsum(np.bincount(rows.unit))[:-1])
    drawn = rng.integers(len(members), size=len(members))
    return np.concatenate([members[i] for i in drawn])


def labeled(values: FloatArray, names: Sequence[str], rows: Rows, index: pd.Index) -> pd.DataFrame:
    """Put figures of rows (n, k) back on the caller's index."""
    frame = pd.DataFrame(values, rows.index, list(names))
    return pd.DataFrame(_align.restore(frame, index))
