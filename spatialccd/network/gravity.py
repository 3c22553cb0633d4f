"""Ties by the modified gravity model, and what its formula makes of chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._globe import EARTH_KM, central_angle
from spatialccd._result import record
from spatialccd._types import FloatArray
from spatialccd.data.layers.geometry import coordinates
from spatialccd.errors import (
    DataError,
    GeometryError,
    ParameterError,
    check_choice,
    check_range,
    listed,
)
from spatialccd.network._matrix import Network as Network

if TYPE_CHECKING:
    from spatialccd._types import Places, UnitColumns, UnitValues

Threshold = Literal["row_mean", "mean"]

_TAIL = 0.05


def gravity_network(
    masses: UnitColumns,
    places: Places,
    *,
    wealth: UnitValues | None = None,
    share: str | None = None,
    exponent: float = 2.0,
    threshold: Threshold = "row_mean",
    n_permutations: int = 499,
    seed: int | None = None,
) -> Network:
    """Tie units by the modified gravity model.

    R_ij = K_ij M_i M_j / D_ij^exponent, where M is the geometric mean of the masses, K_ij
    = E_i / (E_i + E_j) for the mass E called `share`, and D_ij the distance over the
    difference of wealth, d_ij / |g_i - g_j|. A tie counts where R_ij is above the mean of
    its row.

    Parameters
    ----------
    masses : DataFrame
        Positive columns on unit, such as population, product and the study's quantity.
    places : GeoDataFrame, GeoSeries or DataFrame
        Places on unit; distances are between centroids, along great circles in degrees.
    wealth : Series, optional
        Product per head on unit, for the economic distance; distances alone when
        omitted.
    share : str, optional
        The mass that makes ties directed by K; 1 when omitted.
    exponent : float, default 2.0
        Power of the distance.
    threshold : {"row_mean", "mean"}
        A tie counts above the mean of its row, or of all pairs; the diagonal is no pair.
    n_permutations : int, default 499
        Random places for masses and wealth, which show what the formula itself makes.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.

    Returns
    -------
    Network
        ``.strength``, ``.ties``, ``.formula``.

    Raises
    ------
    AlignmentError
        Units differ between the inputs, or figures are missing.
    DataError
        A column does not hold numbers, or a mass is not positive; ``cases`` lists each.
    GeometryError
        Units share one place.
    ParameterError
        `share` is no column of the masses.

    Notes
    -----
    Not as evidence that units are tied: nothing was observed. Of 30 random places with
    independent lognormal masses the formula with wealth, share and the row's mean makes
    networks of density .14 (sd .03) with .47 of ties returned (100 draws,
    tests/network/test_gravity.py), so that such figures, and a core of large units, are what
    chance gives. Ties must not be explained by distance, wealth or masses. Distance over
    the difference of wealth ties units that differ, and gives 0 to those that are alike.

    References
    ----------
    Reilly (1931), The Law of Retail Gravitation. On what the formula brings in by itself:
    Mathematics (2024) 12, 3180.

    Examples
    --------
    >>> masses = pd.DataFrame({"gdp": [9.0, 4, 1, 1], "people": [4.0, 9, 1, 1]}, list("abcd"))
    >>> places = pd.DataFrame({"x": [0.0, 1, 2, 9], "y": [0.0, 0, 1, 0]}, list("abcd"))
    >>> gravity_network(masses, places, seed=1).ties.loc["c"].tolist()
    [0, 1, 0, 0]
    """
    settings = record("gravity_network", locals())
    check_choice("threshold", threshold, get_args(Threshold))
    check_range("exponent", exponent, 0, open_low=True)
    check_range("n_permutations", n_permutations, 99)
    if not isinstance(masses, pd.DataFrame):
        raise ParameterError(f"masses must be a table of columns, not {type(masses).__name__}")
    if share is not None and share not in masses:
        raise ParameterError(f"share={share!r} is no mass; there are {listed(masses.columns)}")
    _align.cross_section(masses, "masses")
    given = {"masses": masses, "places": places}
    if wealth is not None:
        given["wealth"] = wealth
    aligned = dict(zip(given, _align.align(**given), strict=True))
    own = aligned["masses"]
    _check_numbers(own if wealth is None else own.assign(**{"wealth=": aligned["wealth"]}))
    _align.check_complete(own, "masses")
    _check_positive(own)
    units = own.index
    if len(units) < 4:
        raise ParameterError(f"{len(units)} units make no network; it needs 4")
    g = None
    if wealth is not None:
        _align.check_complete(aligned["wealth"], "wealth")
        g = aligned["wealth"].to_numpy(dtype=float)
    mass = np.exp(np.log(own.to_numpy(dtype=float)).mean(axis=1))
    weight = None if share is None else own[share].to_numpy(dtype=float)
    distance = _distances(aligned["places"], units)
    strength = _strength(mass, distance, g, weight, exponent)
    ties = _ties(strength, threshold)
    rng = np.random.default_rng(seed)
    chance = []
    for _ in range(n_permutations):
        order = rng.permutation(len(units))
        moved_g, moved_weight = (None if v is None else v[order] for v in (g, weight))
        moved = _strength(mass[order], distance, moved_g, moved_weight, exponent)
        chance.append(_figures(_ties(moved, threshold)))
    upper = np.triu_indices(len(units), 1)
    alike = 0 if g is None else int((np.abs(g[:, None] - g)[upper] == 0).sum())
    return Network(
        settings=settings,
        strength=pd.DataFrame(strength, units, units),
        ties=pd.DataFrame(ties.astype(int), units, units),
        formula=_formula(_figures(ties), np.array(chance)),
        alike=alike,
    )


def _strength(
    mass: FloatArray,
    distance: FloatArray,
    wealth: FloatArray | None,
    share: FloatArray | None,
    exponent: float,
) -> FloatArray:
    """R of each pair (n, n), 0 on the diagonal."""
    n = len(mass)
    apart = distance + np.eye(n)
    gap = np.ones((n, n)) if wealth is None else np.abs(wealth[:, None] - wealth)
    R = np.outer(mass, mass) * (gap / apart) ** exponent
    if share is not None:
        R = R * share[:, None] / (share[:, None] + share)
    np.fill_diagonal(R, 0.0)
    return np.asarray(R, dtype=float)


def _ties(strength: FloatArray, threshold: str) -> FloatArray:
    """Mark the pairs whose strength is above the mean, (n, n)."""
    n = len(strength)
    total = strength.sum(axis=1, keepdims=True)
    level = total / (n - 1) if threshold == "row_mean" else np.full((n, 1), total.mean() / (n - 1))
    # Equal strengths are not above their mean by rounding.
    return np.asarray(strength > level * (1 + 1e-12), dtype=float)


def _figures(ties: FloatArray) -> tuple[float, float]:
    """Density, and the share of ties that are returned."""
    n, count = len(ties), ties.sum()
    returned = (ties * ties.T).sum() / count if count else np.nan
    return float(count / (n * (n - 1))), float(returned)


def _formula(observed: tuple[float, float], chance: FloatArray) -> pd.DataFrame:
    """Table observed figures beside those of masses that changed places."""
    low, high = np.nanquantile(chance, [_TAIL, 1 - _TAIL], axis=0)
    return pd.DataFrame(
        {"observed": observed, "mean": np.nanmean(chance, axis=0), "p05": low, "p95": high},
        pd.Index(["density", "reciprocity"], name="figure"),
    )


def _distances(places: Places, units: pd.Index) -> FloatArray:
    """Distances between units (n, n), in kilometers or the unit of the plane."""
    xy, great_circle = coordinates(places, "places")
    if great_circle:
        lon, lat = np.radians(xy).T
        distance = EARTH_KM * central_angle(lon[:, None], lat[:, None], lon, lat)
    else:
        distance = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    same = np.triu(distance <= 0, k=1)
    if same.any():
        rows, columns = np.nonzero(same)
        cases = pd.DataFrame({"unit": units[rows], "other": units[columns]})
        pairs = (f"{c.unit} and {c.other}" for c in cases.itertuples())
        raise GeometryError(f"units share one place: {listed(pairs)}; merge them", cases)
    return np.asarray(distance, dtype=float)


def _check_numbers(columns: pd.DataFrame) -> None:
    text = [str(name) for name in columns if not pd.api.types.is_numeric_dtype(columns[name])]
    if text:
        raise DataError(
            f"masses and wealth must hold numbers, not so: {listed(text)}; convert them"
        )


def _check_positive(masses: pd.DataFrame) -> None:
    wrong = masses.stack()
    wrong = wrong[wrong <= 0]
    if len(wrong):
        names = listed(f"{unit} ({column})" for unit, column in wrong.index)
        raise DataError(
            f"{len(wrong)} masses are not positive: {names}; leave these units or columns out",
            wrong.rename("mass").reset_index(),
        )
