"""Which method forecasts a panel's series best: a backtest from rolling origins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.coupling._forecasters import FORECASTERS
from spatialccd.coupling.forecast import check_series, extended
from spatialccd.errors import ParameterError, check_choice, check_range, listed, require

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Progress, Values

Candidate = Literal[
    "naive", "drift", "gm11", "fgm11", "grey_markov", "smoothing", "damped_trend", "arima"
]


@dataclass(frozen=True, eq=False, kw_only=True)
class ForecastComparison(Result):
    """Methods of forecasting, judged on years they had not seen.

    Attributes
    ----------
    figures : DataFrame
        One row a method, the best first: the columns of ``to_frame``.
    by_unit : DataFrame
        On unit: mase of each method, and best.
    by_step : DataFrame
        One row a method and step ahead: n, mase, mape.
    forecasts : DataFrame
        On (unit, time): observed, then one column a method for the years to come, and best:
        that of the unit's best method.
    """

    figures: pd.DataFrame
    by_unit: pd.DataFrame
    by_step: pd.DataFrame
    forecasts: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a method, the smallest scaled error first.

        Columns: method, n (forecasts judged), mase (mean absolute error over that of the naive
        forecast one step ahead in the years known), mape (percent), rmse, units_won (units
        where its mase is the smallest), share_beaten (share of units in which it does better
        than naive).
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the errors by unit and by step, and the forecasts."""
        return {"by_unit": self.by_unit, "by_step": self.by_step, "forecasts": self.forecasts}

    def notes(self) -> list[str]:
        """Say which method wins, and by how little."""
        first = self.figures.iloc[0]
        origins = self.settings["origins"]
        said = [
            f"{first['method']} has the smallest error ahead: mase {first['mase']:.3f}, from "
            f"{origins} origins a unit. The best method of a single unit is chosen from few "
            "forecasts: prefer the best over all units."
        ]
        naive = self.figures.loc[self.figures["method"] == "naive", "mase"]
        if len(naive) and first["mase"] >= 0.95 * float(naive.iloc[0]):
            said.append("No method does clearly better than carrying the last value on.")
        return said


def compare_forecasts(
    y: Values,
    *,
    methods: Sequence[Candidate] = (
        "naive",
        "drift",
        "gm11",
        "fgm11",
        "grey_markov",
        "smoothing",
        "damped_trend",
        "arima",
    ),
    horizon: int = 3,
    first: int | None = None,
    upper: float | None = 1.0,
    progress: Progress | None = None,
) -> ForecastComparison:
    """Forecast each unit's series by several methods, and say which one wins ahead.

    Every method stands at each year from the `first`-th on, sees the years up to it, and
    forecasts up to `horizon` steps; the errors of all are held side by side. naive carries the
    last value on, drift the mean step; gm11 is the grey model GM(1,1), fgm11 the same on a
    fractional accumulation whose order is chosen anew at every origin, grey_markov GM(1,1)
    corrected by the expected state of its residual; smoothing, damped_trend and arima are
    those of statsmodels (extra ``forecast``), ARIMA's order by AICc at every origin.

    Do not use it for fewer than some eight years, where a backtest has two or three origins;
    nor trust a method that wins in a few units. A forecast of D from D alone knows nothing of
    what moves it.

    Parameters
    ----------
    y : Series
        Values on (unit, time), evenly spaced, such as D; above 0 for the grey models.
    methods : sequence of str
        Methods to compare. Of naive, drift, gm11, fgm11, grey_markov, smoothing, damped_trend,
        arima.
    horizon : int, default 3
        How many steps to forecast, and up to how many to judge.
    first : int, optional
        Years that the first origin knows. By default half of them, at least 7.
    upper : float, optional, default 1.0
        Forecasts are held at this value, since D cannot pass 1. None for
        values without a bound.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    ForecastComparison
        Errors by method, unit and step, and the forecasts of the years to come.

    Raises
    ------
    PanelError
        Gaps between years, uneven spacing, or too few for the first origin; units are named.
    DataError
        Values that are not positive, for a grey model; ``cases`` lists each.
    ParameterError
        A method is not known, or `y` is no Series on (unit, time).
    AlignmentError
        A value is missing.
    MissingDependencyError
        statsmodels is not there, for the methods that need it.

    References
    ----------
    Hyndman, R. J., Koehler, A. B. (2006). Another look at measures of forecast accuracy.
    International Journal of Forecasting 22, 679-688. Wu, L. et al. (2013). Grey system model
    with the fractional order accumulation. Communications in Nonlinear Science and Numerical
    Simulation 18, 1775-1785. Hyndman, R. J., Athanasopoulos, G. (2021). Forecasting, 3rd ed.,
    sections 5.10, 8.1, 8.2 and 9.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([list("ab"), range(2008, 2020)], names=["unit", "time"])
    >>> y = pd.Series(np.tile(0.3 * 1.05 ** np.arange(12), 2), rows)
    >>> found = compare_forecasts(y, methods=("naive", "drift", "gm11"), horizon=2)
    >>> found.to_frame()["method"].tolist()
    ['gm11', 'drift', 'naive']
    """
    settings = record("compare_forecasts", locals())
    chosen = _check_methods(methods)
    check_range("horizon", horizon, 1)
    if not isinstance(y, pd.Series) or y.index.nlevels != 2:
        raise ParameterError("y must be a Series on (unit, time)")
    (values,) = _align.align(y=y)
    _align.check_complete(values, "y")
    needed = max(FORECASTERS[name][1] for name in chosen)
    positive = [name for name in chosen if FORECASTERS[name][3]]
    series = dict(list(values.groupby(level=0)))
    shortest = min((len(own) for own in series.values()), default=0)
    start = max(shortest // 2, 7, needed) if first is None else first
    check_range("first", start, needed)
    check_series(values, start + 1, positive=listed(positive))
    errors, coming = [], {}
    for done, (unit, own) in enumerate(series.items()):
        x = own.to_numpy(dtype=float)
        errors.append(_backtest(unit, x, chosen, start, horizon, upper))
        ahead = {name: _held(name, x, horizon, upper) for name in chosen}
        times = extended(own.index.get_level_values(1), horizon)
        observed = np.concatenate([x, np.full(horizon, np.nan)])
        padded = {n: np.concatenate([np.full(len(x), np.nan), v]) for n, v in ahead.items()}
        coming[unit] = pd.DataFrame({"observed": observed, **padded}, index=times)
        if progress is not None:
            progress(done + 1, len(series))
    judged = pd.concat(errors, ignore_index=True)
    by_unit = judged.groupby(["unit", "method"], sort=False)["mase"].mean().unstack()[list(chosen)]
    by_unit["best"] = by_unit.idxmin(axis=1)
    forecasts = pd.concat(coming, names=["unit", "time"])
    winners = by_unit["best"].reindex(forecasts.index.get_level_values(0)).to_numpy()
    columns = forecasts.columns.get_indexer(winners)
    forecasts["best"] = forecasts.to_numpy()[np.arange(len(forecasts)), columns]
    return ForecastComparison(
        settings=record(settings.tool, settings, origins=shortest - start, first=start),
        figures=_figures(judged, by_unit, chosen),
        by_unit=by_unit.rename_axis(columns=None),
        by_step=judged.groupby(["method", "step"], sort=False)
        .agg(n=("mase", "size"), mase=("mase", "mean"), mape=("mape", "mean"))
        .reset_index(),
        forecasts=forecasts,
    )


def _check_methods(methods: Sequence[Candidate]) -> tuple[str, ...]:
    if isinstance(methods, str) or not len(methods):
        raise ParameterError(f"methods must be a list of methods, not {methods!r}")
    for name in methods:
        check_choice("methods", name, get_args(Candidate))
    if any(FORECASTERS[name][2] for name in methods):
        require("statsmodels", "forecast")
    return tuple(dict.fromkeys(methods))


def _held(name: str, x: FloatArray, steps: int, upper: float | None) -> FloatArray:
    ahead = FORECASTERS[name][0](x, steps)
    return ahead if upper is None else np.minimum(ahead, upper)


def _backtest(
    unit: object,
    x: FloatArray,
    methods: Sequence[str],
    start: int,
    horizon: int,
    upper: float | None,
) -> pd.DataFrame:
    """Forecast from each origin; one row a method, origin and step, with its errors."""
    rows = []
    for origin in range(start, len(x)):
        known, actual = x[:origin], x[origin : origin + horizon]
        scale = float(np.abs(np.diff(known)).mean())
        for name in methods:
            error = np.abs(_held(name, known, len(actual), upper) - actual)
            for step, (miss, value) in enumerate(zip(error, actual, strict=True), 1):
                rows.append(
                    {
                        "unit": unit,
                        "method": name,
                        "step": step,
                        "mase": miss / scale if scale > 0 else (0.0 if miss == 0 else np.nan),
                        "mape": 100 * miss / abs(value) if value else np.nan,
                        "square": miss**2,
                    }
                )
    return pd.DataFrame(rows)


def _figures(judged: pd.DataFrame, by_unit: pd.DataFrame, methods: Sequence[str]) -> pd.DataFrame:
    """Write the errors of each method over all units, origins and steps."""
    own = judged.groupby("method", sort=False)
    table = own.agg(n=("mase", "size"), mase=("mase", "mean"), mape=("mape", "mean"))
    table["rmse"] = np.sqrt(own["square"].mean())
    table["units_won"] = by_unit["best"].value_counts().reindex(table.index).fillna(0).astype(int)
    if "naive" in methods:
        better = by_unit[list(methods)].lt(by_unit["naive"], axis=0)
        table["share_beaten"] = better.mean()
    return table.sort_values("mase", kind="stable").rename_axis("method").reset_index()
