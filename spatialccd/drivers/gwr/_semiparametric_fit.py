"""``gwr(fixed_terms=)``: what it refuses, its search, and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._design import rules
from spatialccd.drivers.gwr._engine import engine_for
from spatialccd.drivers.gwr._everywhere import GLOBAL
from spatialccd.drivers.gwr._local import search_one_by_one
from spatialccd.drivers.gwr._neighbors import budget
from spatialccd.drivers.gwr._options import check_bandwidth, given_bandwidths
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.drivers.gwr._semiparametric import Semiparametric, score
from spatialccd.drivers.gwr._warnings import warn_bound
from spatialccd.drivers.gwr.results import GWR
from spatialccd.errors import ParameterError, SingularDesignError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd._types import BoolArray, Progress
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._search import Curve

#: Pairs of places, over bandwidths, that are looked at for a minimum that golden section missed.
_PAIRS = 1.5e8
#: A curve of fewer bandwidths shows nothing.
_FEW = 20


def held_terms(settings: Mapping[str, Any], design: Design) -> BoolArray:
    """Tell which terms of ``gwr`` have one coefficient for all places, (k,).

    Raises
    ------
    ParameterError
        A name is no term, or all are named; or a setting stands beside them that a model with
        fixed terms does not have.
    """
    held = np.isinf(given_bandwidths(None, design, settings["fixed_terms"]))
    if not held.any():
        return held
    family, engine = settings["family"], settings["engine"]
    if family != "gaussian":
        raise ParameterError(
            f"fixed_terms and family={family!r}: the closed form of a GWR with fixed terms is that "
            "of a Gaussian y; leave fixed_terms out"
        )
    if engine in ("moments", "pysal"):
        raise ParameterError(
            f"fixed_terms and engine={engine!r}: a GWR with fixed terms needs neighbors sorted by "
            "distance; take engine='native' or 'sorted'"
        )
    if settings.get("client") is not None:
        raise ParameterError(
            "fixed_terms and client: the two passes of a GWR with fixed terms are not shared among "
            "workers; leave client out"
        )
    if settings["criterion"] == "cv":
        raise ParameterError(
            "fixed_terms and criterion='cv': an observation left out moves the fixed coefficients "
            "and with them every fit, so that no residual of the whole tells its error; take "
            "'aicc', 'aic' or 'bic'"
        )
    return held


def fit_semiparametric(
    settings: Any, design: Design, held: BoolArray, progress: Progress | None
) -> GWR:
    """Search the bandwidth of the terms that vary, and fit all."""
    near, taken = engine_for(
        "sorted",
        design.space,
        search=settings["search"],
        n_jobs=settings["n_jobs"],
        memory_limit=budget(settings["memory_limit"], len(design.y)),
    )
    bandwidth, curve = settings["bandwidth"], curve_of({})
    if bandwidth is not None:
        check_bandwidth("bandwidth", bandwidth, design)
    else:
        searched = bounds_of(settings, near, held)
        bandwidth, visited = search_semiparametric(near, design, held, searched, progress)
        curve = _curve_beyond(near, design, held, searched, visited)
        warn_bound({"the bandwidth": bandwidth}, searched, fixed=design.space.fixed)
    parts = _labeled(Semiparametric(near, design, held, float(bandwidth)), curve)
    return GWR(settings=record("gwr", settings, engine=taken), **parts)


def bounds_of(settings: Mapping[str, Any], near: KernelSums, held: BoolArray) -> Rules:
    """Give the bounds of the search; k of their rule are the terms that vary."""
    return rules(
        near,
        int((~held).sum()),
        criterion=settings["criterion"],
        search=settings["search"],
        low=settings["min_bandwidth"],
        high=settings["max_bandwidth"],
        bounds=settings["bounds"],
    )


def search_semiparametric(
    near: KernelSums,
    design: Design,
    held: BoolArray,
    searched: Rules,
    progress: Progress | None = None,
) -> tuple[float, dict[float, float]]:
    """Give the bandwidth at which the criterion of the whole model is least, and those looked at.

    Raises
    ------
    SingularDesignError
        No bandwidth allowed gives all coefficients, or leaves degrees of freedom.
    """
    best, visited = search_one_by_one(
        lambda point: score(near, design, held, point, searched.criterion),
        searched,
        fixed=design.space.fixed,
        progress=progress,
    )
    if not np.isfinite(list(visited.values())).any():
        Semiparametric(near, design, held, searched.high)  # says which terms, and where
        raise SingularDesignError(
            f"{len(design.y)} units are too few for {int((~held).sum())} local coefficients: no "
            "bandwidth leaves degrees of freedom; drop covariates"
        )
    return best, visited


def _curve_beyond(
    near: KernelSums, design: Design, held: BoolArray, searched: Rules, visited: dict[float, float]
) -> Curve:
    """Give the criterion at the bandwidths visited, and at some that golden section passed by.

    As many as take about a second; none where they would be few.
    """
    whole = searched.high - searched.low + 1.0
    points = min(whole, _PAIRS // len(design.y) ** 2)
    if searched.search == "exhaustive" or not near.whole_curves or points < _FEW:
        return curve_of(visited)
    for point in np.arange(searched.low, searched.high + 1.0, -(-whole // points)).tolist():
        if point not in visited:
            visited[point] = score(near, design, held, point, searched.criterion)
    return curve_of(visited)


def _labeled(model: Semiparametric, curve: Curve) -> dict[str, Any]:
    """Give every field of the result, but the settings."""
    design, held, bandwidth = model.design, model.held, model.bandwidth
    found = model.figures()
    enp = found.leverage.sum(axis=0)
    by_term = np.where(held, GLOBAL, bandwidth)
    return {
        "bandwidth": pd.Series(by_term, index=design.terms, name="bandwidth"),
        "interval": assemble.intervals([curve_of({}) if h else curve for h in held], design.terms),
        "curve": assemble.curve_frame([curve], ["all"]),
        "inference": "exact",
        "missed": assemble.missed_minima(np.array([bandwidth]), [curve], ["all"]),
        **assemble.shared_parts(
            design,
            model.near,
            beta=found.beta,
            enp=enp,
            variance=found.variance,
            leverage=found.leverage.sum(axis=1),
            sigma2=None,
            local_bandwidth=bandwidth,
            tests=assemble.tests_of(enp, held),
        ),
    }
