"""The settings of GWR and MGWR: their choices and their checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._align import align, check_complete, cross_section
from spatialccd.drivers.gwr._everywhere import GLOBAL
from spatialccd.drivers.gwr._families import Response
from spatialccd.errors import (
    DataError,
    ParameterError,
    check_choice,
    check_range,
    closest,
    listed,
    require,
)

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._estimates import LocalEstimates

Kernel = Literal["bisquare", "gaussian", "exponential"]
Search = Literal["golden", "exhaustive"]
Criterion = Literal["aicc", "aic", "bic", "cv"]
InferenceMethod = Literal["auto", "exact", "stochastic", "none"]
Bounds = Literal["scaled", "mgwr"]
Engine = Literal["native", "sorted", "moments", "pysal"]
PanelEngine = Literal["native", "sorted", "moments"]
Family = Literal["gaussian", "poisson", "binomial"]


def given_bandwidths(
    bandwidths: Mapping[str, float] | None, design: Design, fixed_terms: Sequence[str] = ()
) -> FloatArray:
    """Put bandwidths given by name in the order of the terms; NaN where they are searched.

    Those of `fixed_terms` are infinite.
    """
    for name, value in _known("bandwidths", bandwidths, design).items():
        check_bandwidth(f"bandwidths[{name!r}]", value, design)
    held = _known("fixed_terms", _everywhere(fixed_terms), design)
    both = [name for name in held if name in (bandwidths or {})]
    if both:
        raise ParameterError(
            f"{listed(both)}: in fixed_terms, the same everywhere, and given a bandwidth too; "
            "take one of the two out"
        )
    if len(held) == len(design.names):
        raise ParameterError(
            "fixed_terms names every term, Intercept too: nothing would vary; leave one out, or "
            "use a global regression"
        )
    return _in_order({**(bandwidths or {}), **held}, design)


def _everywhere(fixed_terms: Sequence[str]) -> dict[str, float]:
    """Give the bandwidth of each term that does not vary."""
    if isinstance(fixed_terms, str):
        raise ParameterError(f"fixed_terms must be a list of names, not {fixed_terms!r}")
    return dict.fromkeys(map(str, fixed_terms), GLOBAL)


def given_scales(
    time_scales: Mapping[str, float] | None, design: Design, fixed_terms: Sequence[str] = ()
) -> FloatArray:
    """Put time scales given by name in the order of the terms; NaN where they are searched.

    Those of `fixed_terms` have none: NaN too.
    """
    both = [str(name) for name in fixed_terms if name in (time_scales or {})]
    if both:
        raise ParameterError(
            f"{listed(both)}: in fixed_terms, the same at all times, and given a time scale too; "
            "take one of the two out"
        )
    for name, value in _known("time_scales", time_scales, design).items():
        check_range(f"time_scales[{name!r}]", value, 0, np.inf, open_high=True)
    return _in_order(time_scales, design)


def _known(role: str, values: Mapping[str, float] | None, design: Design) -> Mapping[str, float]:
    """Give figures by term, once each name is a term."""
    unknown = [name for name in values or () if name not in design.names]
    if unknown:
        near = closest(unknown[0], design.names)
        hint = f" (did you mean {near!r}?)" if near else ""
        raise ParameterError(
            f"{role} has names that are no term: {listed(unknown)}{hint}; "
            f"the terms are {listed(design.names)}"
        )
    return values or {}


def _in_order(values: Mapping[str, float] | None, design: Design) -> FloatArray:
    return np.array([float((values or {}).get(name, np.nan)) for name in design.names])


def check_bandwidth(name: str, value: float, design: Design) -> None:
    """Raise unless a bandwidth is a distance, or a number of neighbors there can be."""
    if design.space.fixed:
        check_range(name, value, 0, open_low=True)
        return
    check_range(name, value, 2, len(design.y))
    if value != int(value):
        raise ParameterError(f"{name}={value!r} must be a whole number of neighbors")


def check_settings(
    kernel: str,
    search: str,
    criterion: str,
    engine: str,
    bounds: str = "scaled",
    tol: float = 1e-5,
    max_iter: int = 1,
) -> None:
    """Raise unless the settings that GWR and MGWR share are allowed."""
    check_choice("kernel", kernel, get_args(Kernel))
    check_choice("search", search, get_args(Search))
    check_choice("criterion", criterion, get_args(Criterion))
    check_choice("engine", engine, get_args(Engine))
    if engine == "pysal":
        require("mgwr", "pysal")
    check_choice("bounds", bounds, get_args(Bounds))
    check_range("tol", tol, 0, open_low=True)
    check_range("max_iter", max_iter, 1)


def family_engine(
    family: str, engine: str, offset: object, client: object, *, multiscale: bool = False
) -> str:
    """Give the engine to ask for, once it knows the family.

    Raises
    ------
    ParameterError
        The family is unknown, has no offset, or was asked of moments, of a cluster, or of a
        package that has none of many scales.
    """
    check_choice("family", family, get_args(Family))
    problems = []
    if offset is not None and family != "poisson":
        problems.append(
            f"offset is what counts are in proportion to, and family={family!r} has none; take "
            "family='poisson', or leave offset out"
        )
    if family != "gaussian":
        problems += _without_family(family, engine, client, multiscale=multiscale)
    if problems:
        raise ParameterError(". ".join(problems))
    return "sorted" if family != "gaussian" and engine == "native" else engine


def _without_family(family: str, engine: str, client: object, *, multiscale: bool) -> list[str]:
    """List what counts and shares do not go with."""
    problems = []
    if engine == "moments":
        problems.append(
            f"engine='moments' has no family={family!r}: the weights of a local likelihood change "
            "from place to place, and MGWR starts from one; take engine='sorted'"
        )
    if engine == "pysal" and multiscale:
        problems.append(
            f"engine='pysal' has no family={family!r} of many scales: nor has the mgwr package; "
            "take engine='native'"
        )
    if client is not None:
        problems.append(
            f"client and family={family!r}: likelihoods are not shared among workers; leave client "
            "out"
        )
    return problems


def response_of(y: pd.Series, family: str, offset: pd.Series | None) -> Response | None:
    """Check counts or shares, and what counts are in proportion to; `y` in canonical order.

    None where y is Gaussian.

    Raises
    ------
    DataError
        y cannot come from the family, or an offset is not above 0; all such rows are named.
    AlignmentError
        The offset carries other labels, or misses values.
    """
    if family == "gaussian":
        return None
    size = pd.Series(np.ones(len(y)), y.index)
    if offset is not None:
        y, offset = align(y=y, offset=cross_section(offset, "offset"))
        check_complete(offset, "offset")
        size = pd.Series(offset.to_numpy(dtype=float), offset.index)
    faults = [*_unlikely(y, family), *_without_size(size)]
    if faults:
        cases = pd.concat([wrong.rename_axis("unit").reset_index() for _, wrong in faults])
        raise DataError("; ".join(words for words, _ in faults), cases.reset_index(drop=True))
    return Response(family, y.to_numpy(), size.to_numpy())


def _unlikely(y: pd.Series, family: str) -> Iterator[tuple[str, pd.Series]]:
    """Say which values of y cannot come from the family."""
    allowed = {
        "poisson": ("whole numbers of 0 or more", (y >= 0) & (y == y.round())),
        "binomial": ("between 0 and 1 (shares, or 0 and 1 themselves)", y.between(0, 1)),
    }
    words, fits = allowed[family]
    wrong = y[~fits]
    if len(wrong):
        text = (
            f"family={family!r} needs y {words}; {len(wrong)} of {len(y)} are not: "
            f"{_named(wrong)}. Correct these rows, or take another family"
        )
        yield text, wrong.rename("y")


def _without_size(size: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    """Say where counts are in proportion to nothing."""
    wrong = size[~(size > 0)]
    if len(wrong):
        text = (
            "offset must be above 0: the population at risk, or the cases expected, and not its "
            f"logarithm; {len(wrong)} of {len(size)} are not: {_named(wrong)}"
        )
        yield text, wrong.rename("offset")


def _named(wrong: pd.Series) -> str:
    return listed(f"{label} ({value:g})" for label, value in wrong.items())


def check_gaussian(result: LocalEstimates, tool: str) -> None:
    """Raise for a fit of counts or shares, whose weights a Gaussian fit does not have."""
    family = result.settings.get("family", "gaussian")
    if family != "gaussian":
        raise ParameterError(
            f"{tool} knows Gaussian fits only, and this one is {family}: a Gaussian fit of the "
            "same y would be another model"
        )


def check_searched(given: FloatArray) -> None:
    """Raise where bandwidths are given to mgwr, which cannot hold them."""
    if not np.isnan(given).all():
        raise ParameterError(
            "engine='pysal' cannot hold bandwidths or fixed_terms; use engine='native'"
        )
