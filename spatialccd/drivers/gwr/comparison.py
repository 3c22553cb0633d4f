"""Global and local regressions side by side, as papers print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.drivers.gwr._estimates import LocalEstimates
from spatialccd.drivers.gwr._tables import fit_table
from spatialccd.errors import ParameterError, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR

_OLS = "OLS"


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelComparison(Result):
    """Figures of fit of several models, and their bandwidths.

    Attributes
    ----------
    table : DataFrame
        By statistic, one column a model: n, r2, adj_r2, aicc, aic, bic, rss (on the
        scale fitted), ENP, residual_moran and residual_moran_p (over the eight
        nearest neighbors), and time_scale where there is one.
    bandwidths : DataFrame
        By term, one column a local model.
    unlike : tuple of str
        Models that were not fitted to the rows and the y of the first.
    """

    table: pd.DataFrame
    bandwidths: pd.DataFrame
    unlike: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a statistic."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the bandwidth of each term in each local model."""
        return {"bandwidths": self.bandwidths.copy()}

    def notes(self) -> list[str]:
        """Say what R2 and AICc compare."""
        found = [
            "AICc compares models of one y on the same rows: lower is better, and a difference "
            "below 3 decides nothing"
        ]
        if self.unlike:
            found.append(
                f"{listed(self.unlike)}: fitted to other rows, another y or another scale than the "
                "first model, so that R2, AICc and RSS do not compare with it"
            )
        return found


def compare_models(
    *fitted: GWR | MGWR | GTWR | MGTWR, **named: GWR | MGWR | GTWR | MGTWR
) -> ModelComparison:
    """Put OLS and geographically weighted regressions side by side.

    OLS is the global regression that each local model was fitted beside; it
    stands first, and once where all models have the same y, covariates and rows.

    Parameters
    ----------
    *fitted : GWR, MGWR, GTWR or MGTWR
        Called by their kind, and numbered where there are several of one.
    **named : GWR, MGWR, GTWR or MGTWR
        More models, called by their names: ``compare_models(near=..., far=...)``.

    Returns
    -------
    ModelComparison
        ``.table`` by statistic and model, ``.bandwidths`` by term and model.

    Raises
    ------
    ParameterError
        There is no model, or something else than a local regression.

    Notes
    -----
    Not for models of different y: AICc (Hurvich, Simonoff and Tsai 1998) counts
    from the likelihood of one sample. A GTWR of a panel and a GWR of one of its
    years are not comparable either; the result says so.

    References
    ----------
    Fotheringham, A. S., Brunsdon, C. and Charlton, M. (2002). Geographically
    Weighted Regression, pp. 95-97. Wiley.

    Examples
    --------
    >>> from spatialccd import compare_models, gwr
    >>> places = pd.DataFrame({"x": np.arange(30.0), "y": 0.0})
    >>> X = pd.DataFrame({"x": np.sin(np.arange(30.0))})
    >>> fitted = gwr(X["x"] * np.linspace(0, 1, 30), X, places, bandwidth=11)
    >>> compare_models(fitted).table.loc["r2"].round(2).to_dict()
    {'OLS': 0.75, 'GWR': 1.0}
    """
    settings = record("compare_models", locals())
    models = _called(fitted, named)
    first = next(iter(models.values()))
    columns: dict[str, pd.Series] = {}
    for name, model in models.items():
        fit = fit_table(model)
        alike = _same_rows(model, first)
        shared = alike and list(model.ols.index) == list(first.ols.index)
        ols = _OLS if shared else f"{_OLS} ({name})"
        columns.setdefault(ols, fit["ols"])
        columns[name] = fit["local"]
    ordered = [name for name in columns if name not in models] + list(models)
    table = pd.DataFrame({name: columns[name] for name in ordered})
    rows = list(dict.fromkeys(row for column in columns.values() for row in column.index))
    return ModelComparison(
        settings=settings,
        table=table.reindex(pd.Index(rows, name="statistic")),
        bandwidths=_bandwidths(models),
        unlike=tuple(name for name, model in models.items() if not _same_rows(model, first)),
    )


def _called(fitted: tuple[object, ...], named: Mapping[str, object]) -> dict[str, LocalEstimates]:
    """Name the models: by their kind, numbered where there are several of one."""
    kinds = [type(model).__name__ for model in fitted]
    names = [
        kind if kinds.count(kind) == 1 else f"{kind} {kinds[: i + 1].count(kind)}"
        for i, kind in enumerate(kinds)
    ]
    models = dict(zip(names, fitted, strict=True)) | dict(named)
    wrong = [name for name, model in models.items() if not isinstance(model, LocalEstimates)]
    if wrong or not models:
        raise ParameterError(
            f"{listed(wrong) or 'nothing'} is no local regression; pass what gwr, mgwr, gtwr or "
            "mgtwr return"
        )
    if len(models) < len(fitted) + len(named):
        taken = [name for name in named if name in names]
        raise ParameterError(f"{listed(taken)} names two models; give the named one another name")
    return {name: model for name, model in models.items() if isinstance(model, LocalEstimates)}


def _same_rows(model: LocalEstimates, first: LocalEstimates) -> bool:
    """Tell whether two models explain the same figures of the same rows, on the same scale."""
    mine, other = model.design, first.design
    if mine.standardized != other.standardized or not mine.units.equals(other.units):
        return False
    return bool(np.allclose(_response(model), _response(first), rtol=1e-9, atol=1e-12))


def _response(model: LocalEstimates) -> np.ndarray:
    y = model.fitted + model.residuals
    return np.asarray(y.reindex(model.design.units), dtype=float)


def _bandwidths(models: Mapping[str, LocalEstimates]) -> pd.DataFrame:
    """Give bandwidths by term; a model with one for all has it in each of its terms."""
    columns = {
        name: model.bandwidth
        if set(model.coef.columns) <= set(model.bandwidth.index)
        else pd.Series(float(model.bandwidth.iloc[0]), index=model.coef.columns)
        for name, model in models.items()
    }
    terms = list(dict.fromkeys(term for column in columns.values() for term in column.index))
    return pd.DataFrame(columns).reindex(pd.Index(terms, name="term"))
