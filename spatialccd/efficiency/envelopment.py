"""Data envelopment analysis: how far each unit is from the best that was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._progress import counter
from spatialccd._result import Result, Settings, gap_note, record
from spatialccd.efficiency._activity import (
    Activities,
    read_activities,
    warn_thin,
    warn_unsolved,
)
from spatialccd.efficiency._evaluation import EFFICIENT, Measured, Model, Plan, in_parallel
from spatialccd.efficiency._means import listed_counts, score_means
from spatialccd.efficiency._technology import Evaluation, Orientation, Returns
from spatialccd.errors import ParameterError, check_choice

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, Columns, FloatArray, IntArray, Progress

Frontier = Literal["each time", "all times"]

#: Peers of less weight are rounding of the solver.
_PEER = 1e-7


@dataclass(frozen=True, eq=False, kw_only=True)
class DEA(Result):
    """The efficiency of each unit, and what it would take to be efficient.

    Attributes
    ----------
    table : DataFrame
        On the caller's index: score, efficient (score 1 and no slacks, or
        super-efficient), and with ``scale_efficiency`` the scores under constant and variable
        returns, scale = crs / vrs and returns_to_scale; status of the program.
    slacks, targets : DataFrame
        One column an input or output: what is left beyond the score, and where
        the unit would be if it were efficient.
    peers : DataFrame
        One row a unit and peer: unit (and time), peer (and peer_time), weight.
    """

    table: pd.DataFrame
    slacks: pd.DataFrame
    targets: pd.DataFrame
    peers: pd.DataFrame

    @property
    def score(self) -> pd.Series:
        """The efficiency of each row."""
        return self.table["score"]

    def to_frame(self) -> pd.DataFrame:
        """Give the table, slacks (``slack_x``) and targets (``target_x``), one row a unit."""
        return self.table.join(
            [self.slacks.add_prefix("slack_"), self.targets.add_prefix("target_")]
        )

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the means by time, and the peers."""
        return {"means": self._means(), "peers": self.peers}

    def _means(self) -> pd.DataFrame:
        efficiencies = [name for name in ("score", "crs", "vrs", "scale") if name in self.table]
        return score_means(self.table, self.table["efficient"], efficiencies)

    def summary(self) -> str:
        """Write how efficient units are by time, and which stand as peers most often."""
        figures = [self._means().to_string(float_format="{:.4g}".format)]
        others = self.peers[self.peers["peer"] != self.peers["unit"]]
        most = others["peer"].value_counts().head(10)
        if len(most):
            figures.append("Most often a peer of others: " + listed_counts(most))
        return "\n\n".join([repr(self.settings), *figures, *self.notes()])

    def notes(self) -> list[str]:
        """Say how many rows have no score."""
        return gap_note(self.table, ["score"], "the program has no solution, see status")


def dea(
    inputs: Columns,
    outputs: Columns,
    undesirable: Columns | None = None,
    *,
    model: Model = "radial",
    returns: Returns = "crs",
    orientation: Orientation | None = None,
    super_efficiency: bool = False,
    frontier: Frontier = "each time",
    scale_efficiency: bool = True,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> DEA:
    """Measure each unit against the best practice of all, by linear programs.

    Radial: all inputs shrink, or all outputs grow, in proportion (Charnes,
    Cooper and Rhodes; Banker, Charnes and Cooper); what then is left are
    slacks. SBM: the score counts the slacks themselves, so that a unit is
    efficient only without any (Tone), and undesirable outputs such as waste
    water can be among them.

    Parameters
    ----------
    inputs, outputs : DataFrame
        What each unit puts in and what comes out, on unit or (unit, time): one
        column each, amounts in any unit of measurement.
    undesirable : DataFrame, optional
        Outputs that are better the smaller they are, for ``model="sbm"``.
    model : {"radial", "sbm"}, default "radial"
        The measure.
    returns : {"crs", "vrs", "nirs", "ndrs"}, default "crs"
        To scale: constant, variable, not increasing, not decreasing.
    orientation : {"input", "output", "none"}, optional
        Which side may give way. Input for radial and none for SBM when omitted.
    super_efficiency : bool, default False
        Leave each unit out of its own frontier, so that efficient units can be
        ranked: their scores go above 1. SBM: the units with score 1 only.
    frontier : {"each time", "all times"}, default "each time"
        Whether a panel has a frontier for each time or one for all, which makes
        scores of different years comparable.
    scale_efficiency : bool, default True
        Also give scale efficiency and returns to scale, which takes three
        more programs for each unit.
    n_jobs : int, default 1
        Processes, over the times of a panel; -1 for all. It moves no figure.
    progress : callable, optional
        Called with programs solved and in all.

    Returns
    -------
    DEA
        ``.score``, ``.slacks``, ``.targets``, ``.peers`` and the rest of ``.table``.

    Raises
    ------
    AlignmentError
        Inputs and outputs do not carry the same labels, or a cell is missing.
    DataError
        Negative amounts, or zeros where the measure divides; ``cases`` lists each.
    ParameterError
        Settings that do not go together.

    Warns
    -----
    ThinFrontierWarning
        Fewer units than max(m s, 3 (m + s)) for m inputs and s outputs.
    InfeasibleWarning
        Programs without a solution, such as super-efficiency under variable
        returns; ``cases`` lists unit and time, and the score is missing.

    Notes
    -----
    An output-oriented score is 1 / phi, so that every score without
    super-efficiency lies in (0, 1]. Radial slacks are the largest sum of slacks,
    each in units of its column's mean; they do not depend on the unit of
    measurement. In an oriented SBM the slacks of the other side do not count
    and are one of many solutions. Returns to scale: constant where crs = vrs,
    else increasing where the score under non-increasing returns is that under
    constant ones, else decreasing.

    References
    ----------
    Charnes, Cooper and Rhodes (1978), EJOR 2, 429-444. Banker, Charnes and
    Cooper (1984), Manage. Sci. 30, 1078-1092. Andersen and Petersen (1993),
    Manage. Sci. 39, 1261-1264. Tone (2001), EJOR 130, 498-509, eqs 8 and 12;
    (2002), EJOR 143, 32-41, eqs 10 and 17; (2003), GRIPS Research Report
    I-2003-0005 for undesirable outputs. Fare, Grosskopf and Lovell (1985).
    Cooper, Seiford and Tone (2007), Data Envelopment Analysis, p. 284.

    Examples
    --------
    >>> units = pd.Index(list("ABCDE"), name="unit")
    >>> inputs = pd.DataFrame({"labor": [2, 2, 6, 3, 6], "land": [5, 4, 6, 2, 2]}, units)
    >>> outputs = pd.DataFrame({"grain": [1, 2, 3, 1, 2]}, units)
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # five units are few
    ...     result = dea(inputs, outputs)
    >>> result.table[["score", "efficient", "returns_to_scale"]].round(3)
          score  efficient returns_to_scale
    unit
    A     0.500      False       increasing
    B     1.000       True         constant
    C     0.833      False       decreasing
    D     0.714      False       increasing
    E     1.000       True         constant
    """
    settings = record("dea", locals())
    check_choice("model", model, get_args(Model))
    check_choice("returns", returns, get_args(Returns))
    check_choice("frontier", frontier, get_args(Frontier))
    side = _orientation(model, orientation)
    if model == "radial" and undesirable is not None:
        raise ParameterError(
            "a radial score has no place for undesirable outputs; pass model='sbm', or use "
            "directional_distance"
        )
    found = read_activities(inputs, outputs, undesirable, positive=model == "sbm")
    parts = found.by_time()
    if frontier == "all times":
        parts = [(None, np.arange(len(found.index)))]
    warn_thin(found, parts)
    plan = Plan(model, returns, side, super_efficiency, scale_efficiency)
    step = counter(progress, plan.programs * len(found.index))
    measured = in_parallel(plan, [found.activity[rows] for _, rows in parts], n_jobs, step)
    return _assemble(settings, plan, found, [rows for _, rows in parts], measured)


def _orientation(model: Model, orientation: Orientation | None) -> Orientation:
    if orientation is None:
        return "input" if model == "radial" else "none"
    check_choice("orientation", orientation, get_args(Orientation))
    if model == "radial" and orientation == "none":
        raise ParameterError(
            "a radial score needs orientation='input' or 'output'; model='sbm' needs none"
        )
    return orientation


def _assemble(
    settings: Settings,
    plan: Plan,
    found: Activities,
    parts: list[IntArray],
    measured: list[Measured],
) -> DEA:
    """Put the parts side by side and label them."""
    order = np.argsort(np.concatenate(parts))
    evaluations = [part.evaluation for part in measured]
    score = np.concatenate([e.score for e in evaluations])[order]
    left = np.concatenate([e.slacks for e in evaluations])[order]
    status = np.array([word for e in evaluations for word in e.status], dtype=object)[order]
    table: dict[str, Any] = {
        "score": score,
        "efficient": _efficient(score, left / found.activity.extent, status),
    }
    if measured[0].by_returns:
        crs, vrs, nirs = (
            np.concatenate([part.by_returns[kind] for part in measured])[order]
            for kind in ("crs", "vrs", "nirs")
        )
        table |= {"crs": crs, "vrs": vrs, "scale": crs / vrs}
        table["returns_to_scale"] = _returns_to_scale(crs, vrs, nirs)
    table["status"] = status
    cases = pd.DataFrame({"status": table["status"]}, index=found.index).reset_index()
    warn_unsolved(cases[cases["status"] != "optimal"], "efficiency")
    return DEA(
        settings=settings,
        table=found.labeled(table),
        slacks=found.labeled(left * found.scale, found.columns),
        targets=found.labeled(_targets(plan, found, score, left), found.columns),
        peers=_peers(found, parts, evaluations),
    )


def _targets(plan: Plan, found: Activities, score: FloatArray, left: FloatArray) -> FloatArray:
    """Where each unit would be on the frontier, in the columns' own units."""
    units = found.activity
    X, Y = units.X, units.Y
    if plan.model == "radial" and plan.orientation == "input":
        X = X * score[:, None]
    elif plan.model == "radial":
        Y = Y / score[:, None]
    m, s, u = units.sizes
    signs = np.concatenate([-np.ones(m), np.ones(s), -np.ones(u)])
    return (np.hstack([X, Y, units.B]) + signs * left) * found.scale


def _efficient(score: FloatArray, left: FloatArray, status: Any) -> BoolArray:
    """Tell who is efficient: above 1 (or beyond any score), or 1 without slacks.

    Slacks are shares of the unit's largest figure, in units of the columns' means.
    """
    beyond = (score > 1 + EFFICIENT) | (status == "infeasible")
    whole = (score > 1 - EFFICIENT) & ~(left > EFFICIENT).any(axis=1)
    return np.asarray(beyond | whole)


def _returns_to_scale(crs: FloatArray, vrs: FloatArray, nirs: FloatArray) -> Any:
    return np.select(
        [np.isnan(crs + vrs + nirs), vrs - crs < EFFICIENT, nirs - crs < EFFICIENT],
        ["", "constant", "increasing"],
        "decreasing",
    ).astype(object)


def _peers(found: Activities, parts: list[IntArray], evaluations: list[Evaluation]) -> pd.DataFrame:
    """List the peers of each row, the weightiest first."""
    places = [np.nonzero(evaluation.weights > _PEER) for evaluation in evaluations]
    pairs = list(zip(parts, places, strict=True))
    row = np.concatenate([rows[i] for rows, (i, _) in pairs])
    peer = np.concatenate([rows[j] for rows, (_, j) in pairs])
    weight = np.concatenate(
        [e.weights[place] for e, place in zip(evaluations, places, strict=True)]
    )
    order = np.lexsort([-weight, row])
    columns = {}
    for who, at in (("unit", row[order]), ("peer", peer[order])):
        labels = found.index[at]
        columns[who] = labels.get_level_values(0)
        if labels.nlevels > 1:
            columns["time" if who == "unit" else "peer_time"] = labels.get_level_values(1)
    return pd.DataFrame({**columns, "weight": weight[order]})
