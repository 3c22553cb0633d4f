"""Areas that are drawn more than once, as in a layer with a row for each unit and year.

Copies of a polygon touch one another, so that each unit comes out as its own neighbor in
every other year, and whatever is measured looks strongly clustered in space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from spatialccd._types import IntArray
from spatialccd.errors import GeometryError, counted, listed

if TYPE_CHECKING:
    import numpy.typing as npt

    from spatialccd._types import Places

_TIME = re.compile(r"(?i)^(year|years|yr|time|date|month|quarter|period|年|年份|年度|时间|日期)$")
_YEARS = (1800, 2200)


def same_shape(shapes: npt.NDArray[np.object_]) -> IntArray:
    """Give a number to each shape that is drawn more than once; -1 to the others.

    Parameters
    ----------
    shapes : array of geometries, shape (n,)

    Returns
    -------
    array of int, shape (n,)
        The same number for copies, from 0 in the order of the shapes.

    Examples
    --------
    >>> one, other = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> same_shape(np.array([one, other, one, other])).tolist()
    [0, 1, 0, 1]
    """
    group = np.full(len(shapes), -1, dtype=np.int64)
    # Copies have one bounding box, which is quick to compare; few others do.
    alike = pd.DataFrame(shapely.bounds(shapes)).duplicated(keep=False).to_numpy()
    alike = alike & ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    drawn = pd.Series(shapely.to_wkb(shapely.normalize(shapes[alike])))
    group[alike] = pd.factorize(drawn.where(drawn.duplicated(keep=False)))[0]
    return group


def check_single(places: Places, role: str = "areas") -> None:
    """Raise ``GeometryError`` if a layer draws the same polygon more than once.

    Parameters
    ----------
    places : GeoDataFrame or GeoSeries
        A layer; tables and points pass.
    role : str, default "areas"
        The argument's name, for the message.

    Raises
    ------
    GeometryError
        The message names the columns that look like unit and time; ``cases``
        has every row.
    """
    if not hasattr(places, "geometry"):
        return
    shapes = places.geometry.to_numpy()
    group = np.where(shapely.get_dimensions(shapes) == 2, same_shape(shapes), -1)
    copied = group >= 0
    if not copied.any():
        return
    units = places.index[copied]
    cases = pd.DataFrame({"unit": units, "shape": group[copied]})
    n_shapes = len(np.unique(group[copied]))
    what = (
        f"{role} draws {counted(n_shapes, 'polygon', 'polygons')} more than once, in "
        f"{len(units):,} rows: {listed(units)}"
    )
    unit, time = _panel_columns(places, group)
    if time is None:
        raise GeometryError(
            f"{what}; each copy would count as a place of its own: keep one row for each",
            cases,
        )
    known = (
        f"{unit!r} looks like the unit and {time!r} like the time"
        if unit
        else (f"{time!r} looks like the time")
    )
    raise GeometryError(
        f"{what}. {known}: it is a panel, and each copy would count as a place of its own", cases
    ).advise("one row a unit", f"keep one row a unit: {_remedy(places, role, unit, time)}")


def _remedy(places: Any, role: str, unit: str | None, time: str) -> str:
    if unit is None:
        return f"{role}[{role}[{time!r}] == ...] for one time"
    if unit in places.columns:
        return f"{role}.drop_duplicates({unit!r}).set_index({unit!r})"
    return f"{role}.xs(..., level={time!r})"


def _panel_columns(places: Any, group: IntArray) -> tuple[str | None, str | None]:
    """Find the columns that look like unit and time: what copies share, and what tells them apart.

    The levels of the index count as columns.
    """
    copied = group >= 0
    columns = _columns(places)[copied]
    by = group[copied]
    shared, apart = [], []
    for name in columns:
        values = columns[name]
        of_shape = values.groupby(by)
        if values.isna().any():
            continue
        if (of_shape.nunique() == 1).all() and values.nunique() == len(np.unique(by)):
            shared.append(name)
        elif (of_shape.nunique() == of_shape.size()).all() and _is_time(name, values):
            apart.append(name)
    return (shared[0] if shared else None), (apart[0] if apart else None)


def _columns(places: Any) -> pd.DataFrame:
    """Give the named levels of a layer's index and its columns, without geometry."""
    index = places.index
    levels = {
        str(name): index.get_level_values(at)
        for at, name in enumerate(index.names)
        if name is not None
    }
    own = places.drop(columns=places.geometry.name) if hasattr(places, "columns") else None
    frame = pd.DataFrame(levels, index=range(len(places)))
    if own is not None:
        for name in own.columns:
            frame[str(name)] = own[name].to_numpy()
    return frame


def _is_time(name: str, values: pd.Series) -> bool:
    """Tell a column of times by its name, its type, or its values."""
    if _TIME.match(name) or pd.api.types.is_datetime64_any_dtype(values):
        return True
    if isinstance(values.dtype, pd.PeriodDtype):
        return True
    numbers = pd.to_numeric(values, errors="coerce")
    return bool(numbers.between(*_YEARS).all() and (numbers % 1 == 0).all())
