"""Forecasts by the grey model GM(1,1), with a naive forecast beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.errors import DataError, PanelError, ParameterError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Values

_FEWEST = 4
#: Grade: largest posterior ratio, smallest probability of a small error (Deng 1982).
_GRADES = (("good", 0.35, 0.95), ("qualified", 0.50, 0.80), ("just qualified", 0.65, 0.70))
_WORST = "unqualified"


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecast(Result):
    """What the grey model says of the years given and of those to come.

    Attributes
    ----------
    values : DataFrame
        On (unit, time), years given and to come: ``observed``, ``gm11`` and
        ``naive``, the last observed value carried on.
    accuracy : DataFrame
        By unit: ``a`` (development coefficient) and ``b`` (grey input);
        ``posterior_ratio`` and ``small_error`` with their ``grade``; ``mape``
        of the fit in percent; ``mape_ahead`` and ``naive_mape_ahead``, of
        forecasts of the next year made from the years before it only (NaN with
        4 years); ``better``, "gm11" or "naive", by those.
    """

    values: pd.DataFrame
    accuracy: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the values, one row a unit and year."""
        return self.values.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the parameters and the accuracy, by unit."""
        return {"accuracy": self.accuracy.copy()}

    def notes(self) -> list[str]:
        """Say what is not known yet, and what four years cannot tell."""
        return [
            *gap_note(self.values, ["observed"], "years to come"),
            *gap_note(self.values, ["naive"], "a first year has no change since one before"),
            *gap_note(self.accuracy, ["mape_ahead"], "four years leave none to forecast"),
        ]


def forecast_gm11(y: Values, *, horizon: int = 5, upper: float | None = 1.0) -> Forecast:
    """Forecast each unit's series by the grey model GM(1,1), and say how good that is.

    With x1 = cumsum x0 and z the mean of neighbors in x1, x0 = b - a z is
    fitted by least squares; x1(t+1) = (x0(1) - b/a) exp(-a t) + b/a.

    Parameters
    ----------
    y : Series
        Positive values on (unit, time), four evenly spaced years or more, such
        as D.
    horizon : int, default 5
        How many steps to forecast, each as long as those between the years given.
    upper : float, optional, default 1.0
        Forecasts are held at this value, since D cannot pass 1. None for
        values without a bound.

    Returns
    -------
    Forecast
        ``.values`` and ``.accuracy``.

    Raises
    ------
    PanelError
        Fewer than four years, gaps between them, or uneven spacing; units are named.
    DataError
        Values that are not positive; ``cases`` lists each.
    ParameterError
        `y` is no Series on (unit, time), or its times are no numbers.
    AlignmentError
        A value is missing.

    Notes
    -----
    Grades by posterior ratio C (sd of residuals over sd of values) and
    probability P that a residual is within 0.6745 sd of the mean one: good
    C <= .35 and P >= .95; qualified .50 and .80; just qualified .65 and .70.
    They grade the fit; compare ``mape_ahead`` before believing a forecast.

    References
    ----------
    Deng (1982), Syst. Control Lett. 1(5), 288-294. Liu and Lin (2010), Grey
    Systems, ch. 6-7.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["x"], range(2015, 2020)], names=["unit", "time"])
    >>> result = forecast_gm11(pd.Series([0.40, 0.42, 0.45, 0.47, 0.50], index=index), horizon=1)
    >>> result.values["gm11"].round(3).to_list()
    [0.4, 0.422, 0.446, 0.472, 0.5, 0.529]
    >>> result.accuracy.loc["x", ["grade", "better"]].to_list()
    ['good', 'gm11']
    """
    settings = record("forecast_gm11", locals())
    check_range("horizon", horizon, 1)
    if not isinstance(y, pd.Series) or y.index.nlevels != 2:
        raise ParameterError("y must be a Series on (unit, time)")
    (values,) = _align.align(y=y)
    if not len(values):
        raise DataError("y has no rows: there is nothing to forecast")
    _align.check_complete(values, "y")
    check_series(values, _FEWEST, positive="GM(1,1)")
    tables, accuracy = {}, {}
    for unit, series in values.groupby(level=0):
        x = series.to_numpy(dtype=float)
        fit = _gm11(x, horizon)
        known, coming = fit.path[: len(x)], fit.path[len(x) :]
        held = coming if upper is None else np.minimum(coming, upper)
        times = series.index.get_level_values(1)
        tables[unit] = pd.DataFrame(
            {
                "observed": np.concatenate([x, np.full(horizon, np.nan)]),
                "gm11": np.concatenate([known, held]),
                "naive": np.concatenate([[np.nan], x[:-1], np.full(horizon, x[-1])]),
            },
            index=extended(times, horizon),
        )
        accuracy[unit] = _accuracy(x, fit)
    return Forecast(
        settings=settings,
        values=pd.concat(tables, names=["unit", "time"]),
        accuracy=pd.DataFrame.from_dict(accuracy, orient="index").rename_axis("unit"),
    )


class _Fit(NamedTuple):
    a: float
    b: float
    path: FloatArray  # (t + horizon,), fitted values then forecasts


def _gm11(x: FloatArray, horizon: int) -> _Fit:
    """Fit GM(1,1) to a positive series (t,)."""
    cumulated = np.cumsum(x)
    z = (cumulated[1:] + cumulated[:-1]) / 2
    design = np.column_stack([-z, np.ones(len(z))])
    (a, b), *_ = np.linalg.lstsq(design, x[1:], rcond=None)
    steps = np.arange(len(x) + horizon - 1)
    if abs(a) < 1e-10:  # the limit: no growth
        ahead = np.full(len(steps), b)
    else:
        ahead = (x[0] - b / a) * np.expm1(-a) * np.exp(-a * steps)
    return _Fit(float(a), float(b), np.concatenate([x[:1], ahead]))


def _accuracy(x: FloatArray, fit: _Fit) -> dict[str, Any]:
    residual = x - fit.path[: len(x)]
    spread = x.std()
    # A constant series is fitted without error: nothing is left to be compared.
    varies = not is_constant(x)
    ratio = float(residual.std() / spread) if varies else 0.0
    small = np.abs(residual - residual.mean()) < 0.6745 * spread
    probability = float(small.mean()) if varies else 1.0
    own, naive = _ahead(x)
    return {
        "a": fit.a,
        "b": fit.b,
        "posterior_ratio": ratio,
        "small_error": probability,
        "grade": _grade(ratio, probability),
        "mape": 100 * float(np.abs(residual[1:] / x[1:]).mean()),
        "mape_ahead": own,
        "naive_mape_ahead": naive,
        "better": None if np.isnan(own) else "gm11" if own < naive else "naive",
    }


def _ahead(x: FloatArray) -> tuple[float, float]:
    """Mean absolute error in percent of one-year-ahead forecasts, by the model and naive."""
    if len(x) == _FEWEST:
        return np.nan, np.nan
    origins = range(_FEWEST, len(x))
    own = [abs(_gm11(x[:t], 1).path[-1] / x[t] - 1) for t in origins]
    naive = [abs(x[t - 1] / x[t] - 1) for t in origins]
    return 100 * float(np.mean(own)), 100 * float(np.mean(naive))


def _grade(ratio: float, probability: float) -> str:
    for name, most, least in _GRADES:
        if ratio <= most and probability >= least:
            return name
    return _WORST


def extended(times: pd.Index, horizon: int) -> pd.Index:
    """Carry evenly spaced times on by `horizon` steps."""
    step = times[1] - times[0]
    return times.append(pd.Index([times[-1] + step * (i + 1) for i in range(horizon)]))


def check_series(values: pd.Series, fewest: int, *, positive: str = "") -> None:
    """Raise unless each unit has `fewest` times or more without a gap.

    `positive` names the models that need values above 0; none where it is empty.
    """
    wrong = values[values <= 0] if positive else values[:0]
    if len(wrong):
        raise DataError(
            f"{positive} needs positive values; {len(wrong)} are not: "
            f"{listed(f'{label}: {value:g}' for label, value in wrong.items())}",
            wrong.rename("value").reset_index(),
        )
    problems = []
    time = pd.Series(
        _align.time_values(values.index.get_level_values(1), "y"),
        index=values.index.get_level_values(0),
    )
    for unit, own in time.groupby(level=0):
        steps = np.diff(own)
        if len(own) < fewest:
            problems.append((unit, f"{len(own)} years"))
        elif np.ptp(steps) > 0.2 * steps[0]:  # months and leap years differ a little in length
            problems.append((unit, "years are missing between its first and last"))
    if problems:
        raise PanelError(
            f"a forecast needs {fewest} or more years without a gap: "
            f"{listed(f'{unit} ({what})' for unit, what in problems)}; fill or drop these units",
            pd.DataFrame(problems, columns=["unit", "problem"]),
        )
