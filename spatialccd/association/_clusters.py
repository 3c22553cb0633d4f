"""Name the quadrant of a unit and the cluster it belongs to."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatialccd._types import BoolArray, FloatArray
from spatialccd.association._permutation import Alternative, Correction
from spatialccd.errors import check_choice, check_range

NOT_SIGNIFICANT, NO_NEIGHBORS = "Not significant", "No neighbors"
QUADRANTS = ("High-High", "Low-High", "Low-Low", "High-Low")
#: The classes of a LISA map, in the order of its legend.
CLUSTERS = ("High-High", "Low-Low", "High-Low", "Low-High", NOT_SIGNIFICANT, NO_NEIGHBORS)


def check_local(n_permutations: int, alpha: float, correction: str, alternative: str) -> None:
    """Check the settings that all local tests share."""
    check_range("n_permutations", n_permutations, 1)
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    check_choice("correction", correction, get_args(Correction))
    check_choice("alternative", alternative, get_args(Alternative))


def quadrants(z: FloatArray, lag: FloatArray, alone: BoolArray) -> npt.NDArray[Any]:
    """Name the quadrant of the Moran scatterplot of each unit, shape (n,)."""
    code = np.where(z > 0, np.where(lag > 0, 0, 3), np.where(lag > 0, 1, 2))
    return np.where(alone, NO_NEIGHBORS, np.array(QUADRANTS, dtype=object)[code])


def with_clusters(table: pd.DataFrame) -> pd.DataFrame:
    """Add cluster: the quadrant where it is significant; units without figures have none."""
    untested = table["p_sim"].isna()
    table["significant"] = table["significant"].eq(True)
    table["quadrant"] = table["quadrant"].where(~untested, NO_NEIGHBORS)
    cluster = table["quadrant"].where(table["significant"] | untested, NOT_SIGNIFICANT)
    table["cluster"] = pd.Categorical(cluster, categories=CLUSTERS)
    return table
