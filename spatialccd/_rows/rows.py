"""The rows that a call is about, and what is left of data, graphs and results there."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from spatialccd._result import Result
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rows:
    """Some rows of a panel.

    Attributes
    ----------
    met : Series of bool, or None
        On the panel's (unit, time), or on unit: the rows that count. None: all.
    time : scalar or None
        The one time that counts. None: all.
    """

    met: pd.Series | None = None
    time: Any = None

    @property
    def units(self) -> pd.Index | None:
        """The units that count, those of which a row does; None where all do."""
        if self.met is None:
            return None
        met = self._met_at_time()
        return met.index[met].get_level_values(0).unique()

    def of(self, value: Any) -> Any:
        """Give what is left of a column, table, layer, graph or result by rows.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = Rows(pd.Series([True, False], index=["a", "b"]))
        >>> rows.of(pd.Series([1.0, 2.0], index=["a", "b"])).to_dict()
        {'a': 1.0}
        """
        if hasattr(value, "among"):  # neighbors: the links among the units that count
            units = self.units
            return value if units is None else value.among(units)
        if isinstance(value, Result):
            return self._result(value)
        return self._frame(value)

    def _met_at_time(self) -> pd.Series:
        assert self.met is not None
        several = self.time is not None and self.met.index.nlevels > 1
        return self.met.xs(self.time, level=1) if several else self.met

    def _frame(self, value: Any) -> Any:
        if self.time is not None and value.index.nlevels > 1:
            value = value.xs(self.time, level=1)
        if self.met is None:
            return value
        met = self._met_at_time()
        if met.index.nlevels == value.index.nlevels:
            return _tidied(value[value.index.isin(met.index[met])])
        units = met.index[met].get_level_values(0)
        return _tidied(value[value.index.get_level_values(0).isin(units)])

    def _result(self, result: Result) -> Result:
        """Keep the rows that count of every table of a result that has one row as the data."""
        import pandas as pd

        on = result.to_frame().index
        parts = {
            field.name: self._frame(value)
            for field in (fields(result) if is_dataclass(result) else ())
            if isinstance(value := getattr(result, field.name), pd.Series | pd.DataFrame)
            and value.index.nlevels == on.nlevels
            and value.index.equals(on)
        }
        if not parts:
            raise ParameterError(
                f"a result of {result.settings.tool} has no rows of units that could be left out; "
                "choose rows in the step that makes it"
            )
        return replace(result, **parts)


def _tidied(value: Any) -> Any:
    """Leave out classes that no row is of any more: a table by class would have empty rows."""
    import pandas as pd

    if isinstance(value, pd.Series):
        categories = isinstance(value.dtype, pd.CategoricalDtype)
        return value.cat.remove_unused_categories() if categories else value
    unused = {
        name: value[name].cat.remove_unused_categories()
        for name in value.columns
        if isinstance(value[name].dtype, pd.CategoricalDtype)
    }
    return value.assign(**unused) if unused else value
