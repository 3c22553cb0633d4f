"""Interaction detector: whether two factors together explain more than alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector._design import Part, make_design, warn_thin
from spatialccd.drivers.geodetector._permutations import (
    Draw,
    Restrict,
    Restriction,
    draw_values,
    p_value,
    restriction,
)
from spatialccd.drivers.geodetector._tables import label_part, spread_by
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, IntArray, Places, Progress, Values
    from spatialccd.drivers.strata import AnyStrata

Null = Literal["stronger_factor", "no_effect"]

#: How q of two factors together stands to q of each (Wang et al. 2010, Table 2),
#: from weakest to strongest, and the case the five types leave out: equality.
TYPES = (
    "Nonlinear weaken",
    "Univariate weaken",
    "Equal to the stronger",
    "Bi-factor enhance",
    "Independent",
    "Nonlinear enhance",
)

#: Below as many rows p_synergy is told to be too small.
_FEW = 100


@dataclass(frozen=True, eq=False, kw_only=True)
class InteractionDetector(Result):
    """q of each pair of factors, in each part of the data.

    Attributes
    ----------
    figures : DataFrame
        One row a pair and part: the columns of ``to_frame``.
    by : tuple of str
        What the data were split by.
    basis : str
        How the strata were made.
    """

    figures: pd.DataFrame
    by: tuple[str, ...]
    basis: str

    def notes(self) -> list[str]:
        """Say what a small p_synergy means."""
        if "p_synergy" not in self.figures:
            return []
        few = int(self.figures["n"].min())
        return [
            'p_synergy says "more than chance", not "more than the sum"'
            + (
                f", and with null='stronger_factor' it can reject too often where rows are few (n "
                f"= {few} here): up to 9.5% of pairs that do not interact at 5% with 31 rows. "
                "Judge by p_gain."
                if self.settings["null"] == "stronger_factor" and few < _FEW
                else "."
            )
        ]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair and part.

        Columns: factor_a, factor_b, the names in `by`, n, strata (of the two
        overlaid), q_a, q_b, q, expected_q, gain (q - max), synergy (q - sum),
        type, p_gain, p_synergy.
        """
        return self.figures.copy()

    def wide(self, value: str = "q") -> pd.DataFrame:
        """Lay one column out as papers print it: pairs down, parts across."""
        return spread_by(self.figures, ["factor_a", "factor_b"], self.by, value)

    def matrix(self, value: str = "q", **part: Any) -> pd.DataFrame:
        """Give one part as a triangle: single factors on the diagonal, pairs below it.

        Parameters
        ----------
        value : str
            A column of ``to_frame``; only "q" has a diagonal.
        **part
            A value for each name in `by`, as in ``matrix(time=2020)``.
        """
        if set(part) != set(self.by):
            raise ParameterError(f"name one part: a value for each of {list(self.by)}")
        chosen = self.figures
        for name, wanted in part.items():
            check_choice(name, wanted, list(self.figures[name].unique()))
            chosen = chosen[chosen[name] == wanted]
        check_choice("value", value, list(chosen.columns))
        factors = list(dict.fromkeys([*chosen["factor_a"], *chosen["factor_b"]]))
        grid = pd.DataFrame(index=factors, columns=factors, dtype=object)
        for row in chosen.to_dict("records"):
            grid.loc[row["factor_b"], row["factor_a"]] = row[value]
            if value == "q":
                grid.loc[row["factor_a"], row["factor_a"]] = row["q_a"]
                grid.loc[row["factor_b"], row["factor_b"]] = row["q_b"]
        return grid.infer_objects()


def interaction_type(
    q_a: FloatArray, q_b: FloatArray, q: FloatArray, tolerance: float
) -> pd.Categorical:
    """Name how q of two factors together stands to q of each.

    Examples
    --------
    >>> q = np.array([0.3, 0.5, 0.6, 0.7])
    >>> list(interaction_type(np.full(4, 0.5), np.full(4, 0.1), q, 1e-9))
    ['Univariate weaken', 'Equal to the stronger', 'Independent', 'Nonlinear enhance']
    """
    low, high, both = np.minimum(q_a, q_b), np.maximum(q_a, q_b), q_a + q_b
    names: list[Any] = [None, TYPES[0], TYPES[4], TYPES[2], TYPES[1], TYPES[3]]
    found = np.select(
        [
            np.isnan(q),
            q < low - tolerance,
            np.abs(q - both) <= tolerance,
            np.abs(q - high) <= tolerance,
            q < high,
            q < both,
        ],
        names,
        default=TYPES[5],
    )
    return pd.Categorical(found, categories=TYPES, ordered=True)


def interaction_detector(
    y: Values,
    strata: AnyStrata,
    groups: Groups | None = None,
    blocks: Groups | None = None,
    places: Places | None = None,
    *,
    by: str | Sequence[str] | None = None,
    total: str | None = "All",
    n_permutations: int = 999,
    null: Null = "stronger_factor",
    restrict: Restrict | None = None,
    tolerance: float = 1e-9,
    seed: int | None = None,
    progress: Progress | None = None,
) -> InteractionDetector:
    """Measure whether two factors together explain more than each alone.

    The strata of every pair of factors are overlaid. Over the same rows q of
    the overlay is never below the larger of the two; how much it is above by
    chance alone grows with the number of overlaid strata (``expected_q``), and
    in noise "Nonlinear enhance" is the rule. So do not read the type without
    the p-values.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit or on (unit, time).
    strata : Strata or DataFrame (n, p)
        Labels of strata on the index of y, one column a factor, or what ``stratify``
        returns; what is on unit holds at all times. Two factors or more.
    groups : Series, optional
        A label for each unit or row, such as its region, to split by; its name
        is what `by` calls it.
    blocks : Series, optional
        A label for each unit or row; with ``restrict="blocks"`` y changes
        places within a block only.
    places : GeoDataFrame, GeoSeries or DataFrame, optional
        Where the units are; needed by ``restrict="shift"``.
    by : str or sequence of str, optional
        Work on each part by itself: "time", the name of `groups`, or both, as
        in ``by=["region", "time"]``. By default all rows are one.
    total : str, default "All"
        Where `groups` split the data, what to call all groups together, which
        are then given too; None leaves them out.
    n_permutations : int, default 999
        Number of permutations of y; 0 for none.
    null : {"stronger_factor", "no_effect"}, default "stronger_factor"
        What the permutations assume. stronger_factor: the stronger factor of
        the pair keeps its effect, as y changes places within its strata only;
        this asks whether the other adds anything. no_effect: neither factor has
        any effect; the same draws serve all pairs, but where one factor has an
        effect this test hardly ever rejects, since in noise there is more left
        to gain than beside a factor that already explains much.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``; "units" and
        "shift" need ``null="no_effect"``.
    tolerance : float, default 1e-9
        Differences of q up to this count as equality in the types. Raise it to
        half a unit of the last digit for rounded figures.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    InteractionDetector
        q of each pair, its type, and one-sided permutation p-values of
        ``gain = q - max(q_a, q_b)`` and of ``synergy = q - (q_a + q_b)``.
        Neither null lets both factors have effects that simply add up, so that
        a small p_synergy says "more than chance", not "more than the sum"; and with
        null="stronger_factor" it can be too small where rows are few (it rejects 4% to
        9.5% of pairs that do not interact at 5% with 31 rows; p_gain keeps its level). The
        types: q below the smaller: nonlinear weaken; below the larger:
        univariate weaken (neither can occur over the same rows); equal to the
        larger; above it and below the sum: bi-factor enhance; equal to the sum:
        independent; above the sum: nonlinear enhance.

    Raises
    ------
    AlignmentError
        y and strata do not carry the same labels, or a value is missing.
    DataError
        y is constant, fewer than two factors, or a factor has one stratum or n
        of them.
    ParameterError
        A setting is not known, or needs an argument that is not there.

    Warns
    -----
    ThinStrataWarning
        A stratum of a single factor has one row, or there are more than n/3.

    References
    ----------
    Wang, J. F. et al. (2010). Geographical detectors-based health risk
    assessment. IJGIS 24, 107-127, Table 2. Anderson, M. J., ter Braak, C. J. F.
    (2003). Permutation tests for multi-factorial analysis of variance. J. Stat.
    Comput. Simul. 73, 85-113 (permutation within the strata of a factor).

    Examples
    --------
    >>> units = pd.Index(list("abcdefgh"), name="unit")
    >>> y = pd.Series([1, 1, 9, 9, 9, 9, 1, 1.0], units, name="y")
    >>> labels = pd.DataFrame({"dry": [0, 0, 0, 0, 1, 1, 1, 1], "high": [0, 0, 1, 1] * 2}, units)
    >>> found = interaction_detector(y, labels, seed=1).to_frame()
    >>> found[["q_a", "q_b", "q", "type"]].round(3)
       q_a  q_b    q               type
    0  0.0  0.0  1.0  Nonlinear enhance
    """
    settings = record("interaction_detector", locals())
    check_range("n_permutations", n_permutations, 0)
    check_range("tolerance", tolerance, 0)
    check_choice("null", null, get_args(Null))
    if null == "stronger_factor" and restrict not in (None, "blocks"):
        raise ParameterError(
            f"restrict={restrict!r} moves y across the strata that null='stronger_factor' keeps; "
            "add null='no_effect'"
        )
    design = make_design(y, strata, groups, by, total)
    pairs = design.pairs("an interaction")
    (blocks, places), _ = _align.without_dropped(design, blocks=blocks, places=places)
    kept = restriction(design.index, restrict, blocks, places)
    warn_thin(design)
    passes = 1 if null == "no_effect" else len(design.factors)
    step = counter(progress, n_permutations * len(design.parts) * passes)
    names = np.array(design.factors, dtype=object)
    frames = []
    for part, rng in zip(design.parts, design.generators(seed), strict=True):
        overlaid = [_overlay(part, a, b) for a, b in pairs]
        figures = _figures(part, pairs, overlaid, tolerance)
        if n_permutations:
            test = _test_no_effect if null == "no_effect" else _test_given_stronger
            p = test(part, pairs, overlaid, figures, kept, n_permutations, rng, step)
            figures["p_gain"], figures["p_synergy"] = p
        frame = pd.DataFrame(
            {"factor_a": names[pairs[:, 0]], "factor_b": names[pairs[:, 1]], **figures}
        )
        frames.append(label_part(frame, part, 2))
    return InteractionDetector(
        settings=record(settings.tool, settings, strata=design.basis),
        figures=pd.concat(frames, ignore_index=True),
        by=tuple(design.parts[0].key),
        basis=design.basis,
    )


def _overlay(part: Part, a: int, b: int) -> tuple[IntArray, int]:
    """Give the strata of two factors crossed, those without rows left out."""
    (first, _), (second, count) = part.codes[a], part.codes[b]
    return kernels.compact(first * count + second)


def _figures(
    part: Part, pairs: IntArray, overlaid: list[tuple[IntArray, int]], tolerance: float
) -> dict[str, Any]:
    """Everything that needs no draws; NaN for a pair with a factor that cannot be used."""
    stacked = kernels.stack([*part.codes, *overlaid])
    q = kernels.q_statistics(stacked, part.z[:, None])[:, 0]
    single = np.where(part.usable, q[: len(part.codes)], np.nan)
    strata = np.array([count for _, count in overlaid])
    return pair_figures(
        single[pairs[:, 0]], single[pairs[:, 1]], q[len(part.codes) :], strata, part.n, tolerance
    )


def pair_figures(
    q_a: FloatArray,
    q_b: FloatArray,
    together: FloatArray,
    strata: IntArray,
    n: int,
    tolerance: float,
) -> dict[str, Any]:
    """Give all that follows from q of two factors and of both; NaN where one has none."""
    together = np.where(np.isnan(q_a + q_b), np.nan, together)
    expected = kernels.expected_q(strata, n)
    return {
        "n": n,
        "strata": strata,
        "q_a": q_a,
        "q_b": q_b,
        "q": together,
        "expected_q": np.where(np.isnan(together), np.nan, expected),
        "gain": together - np.maximum(q_a, q_b),
        "synergy": together - (q_a + q_b),
        "type": interaction_type(q_a, q_b, together, tolerance),
    }


def _test_no_effect(
    part: Part,
    pairs: IntArray,
    overlaid: list[tuple[IntArray, int]],
    figures: dict[str, Any],
    kept: Restriction,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> tuple[FloatArray, FloatArray]:
    """Permute y once for all pairs."""
    draw = kept.within(part.rows, part.name)
    return _p_values(part, pairs, overlaid, figures, draw, m, rng, step)


def _test_given_stronger(
    part: Part,
    pairs: IntArray,
    overlaid: list[tuple[IntArray, int]],
    figures: dict[str, Any],
    kept: Restriction,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> tuple[FloatArray, FloatArray]:
    """Permute y within the strata of the stronger factor of each pair."""
    stronger = np.where(figures["q_a"] >= figures["q_b"], pairs[:, 0], pairs[:, 1])
    p_gain, p_synergy = np.full(len(pairs), np.nan), np.full(len(pairs), np.nan)
    for factor, (codes, count) in enumerate(part.codes):
        chosen = np.flatnonzero((stronger == factor) & ~np.isnan(figures["q"]))
        if not chosen.size:
            step(m)
            continue
        blocks = kept.blocks.copy() if kept.rule == "blocks" else np.zeros(part.rows.max() + 1, int)
        blocks[part.rows] = blocks[part.rows] * count + codes
        draw = replace(kept, rule="blocks", blocks=blocks).within(part.rows, part.name)
        few = {name: figures[name][chosen] for name in ("q", "gain", "synergy")}
        p_gain[chosen], p_synergy[chosen] = _p_values(
            part, pairs[chosen], [overlaid[i] for i in chosen], few, draw, m, rng, step
        )
    return p_gain, p_synergy


def _p_values(
    part: Part,
    pairs: IntArray,
    overlaid: list[tuple[IntArray, int]],
    figures: dict[str, Any],
    draw: Draw,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> tuple[FloatArray, FloatArray]:
    """Share of draws with a gain, and with a synergy, as large as observed; both (pairs,)."""
    stacked = kernels.stack([*part.codes, *overlaid])
    gains, synergies = np.zeros(len(pairs)), np.zeros(len(pairs))
    gain = figures["gain"][:, None] - kernels.TOLERANCE
    synergy = figures["synergy"][:, None] - kernels.TOLERANCE
    for drawn in draw_values(part.z, draw, m, rng, stacked.sizes.size, step):
        q = kernels.q_statistics(stacked, drawn)
        q_a, q_b, together = q[pairs[:, 0]], q[pairs[:, 1]], q[len(part.codes) :]
        gains += (together - np.maximum(q_a, q_b) >= gain).sum(axis=1)
        synergies += (together - q_a - q_b >= synergy).sum(axis=1)
    missing = np.isnan(figures["q"])
    return (
        np.where(missing, np.nan, p_value(gains, m)),
        np.where(missing, np.nan, p_value(synergies, m)),
    )
