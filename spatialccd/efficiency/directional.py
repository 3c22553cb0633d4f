"""Directional distance: by which share each unit could cut waste and make more at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from spatialccd._progress import counter
from spatialccd._result import Result, gap_note, record
from spatialccd.efficiency._activity import read_activities, warn_thin, warn_unsolved
from spatialccd.efficiency._distances import direction, efficiency
from spatialccd.efficiency._means import score_means
from spatialccd.efficiency._technology import (
    Activity,
    Disposability,
    Orientation,
    Returns,
    directional,
)
from spatialccd.efficiency.envelopment import Frontier
from spatialccd.errors import check_choice

if TYPE_CHECKING:
    from spatialccd._types import Columns, Progress


@dataclass(frozen=True, eq=False, kw_only=True)
class DirectionalDistance(Result):
    """The distance of each unit to the frontier along its direction.

    Attributes
    ----------
    table : DataFrame
        On the caller's index: distance, the share by which the sides that move
        could change, 0 on the frontier; score, the efficiency (see Notes);
        status.
    targets : DataFrame
        One column an input or output: where the unit would then be.
    """

    table: pd.DataFrame
    targets: pd.DataFrame

    @property
    def distance(self) -> pd.Series:
        """The inefficiency of each row: 0 on the frontier."""
        return self.table["distance"]

    @property
    def score(self) -> pd.Series:
        """The efficiency of each row: 1 on the frontier."""
        return self.table["score"]

    def to_frame(self) -> pd.DataFrame:
        """Give the table and targets (``target_x``), one row a unit."""
        return self.table.join(self.targets.add_prefix("target_"))

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the number of rows, those on the frontier, and means by time."""
        return {"means": score_means(self.table, self.table["distance"].abs() < 1e-6)}

    def notes(self) -> list[str]:
        """Say how many rows have no score."""
        return gap_note(self.table, ["score"], "the program has no solution, see status")


def directional_distance(
    inputs: Columns,
    outputs: Columns,
    undesirable: Columns | None = None,
    *,
    returns: Returns = "crs",
    orientation: Orientation = "output",
    disposability: Disposability = "weak",
    frontier: Frontier = "each time",
    progress: Progress | None = None,
) -> DirectionalDistance:
    """Measure by which share outputs could grow while waste, and inputs, shrink.

    The largest beta so that (x - beta gx, y + beta gy, b - beta gb) is
    possible, where the direction g is the unit's own figures on the sides that
    move.

    Parameters
    ----------
    inputs, outputs : DataFrame
        What each unit puts in and what comes out, on unit or (unit, time).
    undesirable : DataFrame, optional
        Outputs that are better the smaller they are, such as emissions.
    returns : {"crs", "vrs", "nirs", "ndrs"}, default "crs"
        To scale: constant, variable, not increasing, not decreasing.
    orientation : {"input", "output", "none"}, default "output"
        Which side moves: inputs shrink, outputs grow, or both; undesirable
        outputs always shrink.
    disposability : {"weak", "strong"}, default "weak"
        Of undesirable outputs. weak: they cannot be cut without a cost, an
        equality in the programs. strong: they count as inputs do.
    frontier : {"each time", "all times"}, default "each time"
        Whether a panel has a frontier for each time or one for all.
    progress : callable, optional
        Called with programs solved and in all.

    Returns
    -------
    DirectionalDistance

    Raises
    ------
    AlignmentError
        Inputs and outputs do not carry the same labels, or a cell is missing.
    DataError
        Negative amounts, or units without any input or output.

    Warns
    -----
    ThinFrontierWarning
        Fewer units than max(m s, 3 (m + s)) for m inputs and s outputs.

    Notes
    -----
    The score of a distance d is what the sides that move leave of the figures:
    1 - d with ``orientation="input"``, 1 / (1 + d) with "output", and
    (1 - d) / (1 + d) with "none". Under constant returns and without
    undesirable outputs all three are the radial efficiency of ``dea``.

    Weak disposability with an equality and one common reduction factor (Chung,
    Fare and Grosskopf) is the technology of the literature under constant
    returns; under variable returns it is an approximation (Kuosmanen 2005).

    References
    ----------
    Chambers, Chung and Fare (1996), J. Econ. Theory 70, 407-419. Chung, Fare
    and Grosskopf (1997), J. Environ. Manage. 51, 229-240, eq 6. Kuosmanen
    (2005), Am. J. Agric. Econ. 87, 1077-1082.

    Examples
    --------
    >>> units = pd.Index(list("abcdefghi"), name="unit")
    >>> labor = pd.DataFrame({"labor": [1.0, 1, 1, 1, 1, 1, 1, 1, 1]}, units)
    >>> grain = pd.DataFrame({"grain": [4.0, 2, 1, 3, 2, 3, 1, 2, 4]}, units)
    >>> smoke = pd.DataFrame({"smoke": [2.0, 2, 2, 2, 1, 3, 1, 3, 4]}, units)
    >>> directional_distance(labor, grain, smoke).distance.round(3).head(4).to_dict()
    {'a': 0.0, 'b': 0.333, 'c': 0.6, 'd': 0.143}
    """
    settings = record("directional_distance", locals())
    check_choice("returns", returns, get_args(Returns))
    check_choice("orientation", orientation, get_args(Orientation))
    check_choice("disposability", disposability, get_args(Disposability))
    check_choice("frontier", frontier, get_args(Frontier))
    found = read_activities(inputs, outputs, undesirable, positive=False)
    everyone = [(None, np.arange(len(found.index)))]
    parts = found.by_time() if frontier == "each time" else everyone
    warn_thin(found, parts)
    beta = np.full(len(found.index), np.nan)
    status = np.full(len(found.index), "", dtype=object)
    along = direction(found.activity, orientation)
    step = counter(progress, len(found.index))
    for _, rows in parts:
        units = found.activity[rows]
        beta[rows], status[rows] = directional(
            units, units, along[rows], returns, disposability, step
        )
    cases = pd.DataFrame({"status": status}, index=found.index).reset_index()
    warn_unsolved(cases[cases["status"] != "optimal"], "directional distance")
    back = Activity(-along.X, along.Y, -along.B).stacked
    targets = (found.activity.stacked + beta[:, None] * back) * found.scale
    return DirectionalDistance(
        settings=settings,
        table=found.labeled(
            {"distance": beta, "score": efficiency(beta, orientation), "status": status}
        ),
        targets=found.labeled(targets, found.columns),
    )
