"""Neighbors from files and to files, matched by label and never by position."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd import _files
from spatialccd._align import as_graph, canonical, labels
from spatialccd._result import record
from spatialccd.association import _links, _weight_files
from spatialccd.association._file_links import FileWeights, matched, read_links
from spatialccd.association._graphs import links_of, to_graph
from spatialccd.association.neighbors import Neighbors
from spatialccd.data.layers.crs import check_fit
from spatialccd.errors import DataError, IslandWarning, ParameterError, listed

if TYPE_CHECKING:
    from spatialccd._types import Graph, Places


def read_neighbors(
    path: str | Path,
    areas: Places | None = None,
    *,
    unit: str | None = None,
    weights: FileWeights | None = None,
) -> Neighbors:
    r"""Read who is whose neighbor from a file: .gal, .gwt, .swm, or a matrix (.csv, .xlsx).

    Parameters
    ----------
    path : str or Path
        A .gal or .gwt (GeoDa), a .swm (ArcGIS), or a square table with the labels
        of units above and in one column.
    areas : GeoDataFrame, optional
        The units to match the file with, by label; anything on unit will do. The
        graph then has these labels and this order. Without it labels are the text in
        the file.
    unit : str, optional
        Of a matrix, the column with the labels of its rows (the first when
        omitted). Of the other files, the column that the labels must be from: an
        error where the file says another one.
    weights : {"as_given", "binary", "inverse"}, optional
        What becomes of the numbers in the file: weights, 1 for each, or distances to
        be inverted. A .gwt needs it said, since GeoDa writes distances there; the
        others are taken as they are given when omitted.

    Returns
    -------
    Neighbors
        Weights are not standardized. ``islands`` are units without neighbors.

    Raises
    ------
    AlignmentError
        The file and `areas` do not hold the same units; ``cases`` lists each.
    DataError
        The file is not what its suffix says, or a weight is not finite, below 0 or,
        for "inverse", 0.
    ParameterError
        Another suffix; a .gwt without `weights`; labels from another column.

    Warns
    -----
    IslandWarning
        Units without a neighbor; they are kept so.
    DataWarning
        Links of units to themselves were left out.

    Notes
    -----
    Labels match as text, then with leading zeros left out (a .swm holds numbers, and
    "01" is 1 there) where that is unique. A file whose labels are numbers of rows in
    place of codes gives a wrong graph without a trace in other programs; here it is
    an error, unless the codes are such numbers.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "w.gal"
    >>> _ = path.write_text("0 3 towns code\na 1\nb\nb 2\na c\nc 1\nb\n")
    >>> read_neighbors(path).to_frame()["neighbors"].to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    """
    settings = record("read_neighbors", locals())
    path = Path(path).expanduser()
    links = read_links(path, unit, weights)
    if areas is None:
        index = pd.Index(links.labels, name="unit")
        _check_count(path, links)
    else:
        index = labels(areas, "areas")
        check_fit(areas)
        index = index.get_level_values(0).unique() if index.nlevels > 1 else index
    order = canonical(index)
    matrix = matched(links, order, path, weights)
    alone = order[_links.islands(matrix)]
    if len(alone):
        warnings.warn(
            f"units without a neighbor in the file were kept so: {listed(alone)}",
            IslandWarning,
            stacklevel=2,
        )
    return Neighbors(
        settings=settings,
        graph=to_graph(matrix, index, order.get_indexer(index)),
        islands=index[index.isin(alone)],
        attached=pd.DataFrame({"focal": [], "neighbor": [], "weight": []}),
        dropped=index[:0],
        units=index,
        distance_unit="unit of the file",
    )


def write_neighbors(
    graph: Graph,
    path: str | Path,
    *,
    unit: str = "unit",
    layer_name: str = "areas",
) -> Path:
    r"""Write who is whose neighbor to a file: .gal, .gwt, .swm, or a matrix (.csv, .xlsx).

    Parameters
    ----------
    graph : Neighbors or libpysal Graph
        Written in its order.
    path : str or Path
        Its suffix says the form. A .gal holds no weights, a .swm whole numbers as
        labels.
    unit : str, default "unit"
        The name of the column that the labels are from.
    layer_name : str, default "areas"
        The name of the layer, for .gal and .gwt.

    Returns
    -------
    Path
        The file, written whole or not at all.

    Raises
    ------
    ParameterError
        Another suffix, weights or labels that the form cannot hold, or two labels
        that are the same text.

    Examples
    --------
    >>> import tempfile
    >>> from libpysal.graph import Graph
    >>> line = Graph.from_dicts({"a": {"b": 1}, "b": {"a": 1, "c": 1}, "c": {"b": 1}})
    >>> path = write_neighbors(line, Path(tempfile.mkdtemp()) / "w.gal")
    >>> path.read_text().split("\n")[:3]
    ['0 3 areas unit', 'a 1', 'b']
    """
    own = as_graph(graph)
    names = [str(label) for label in own.unique_ids]
    if len(set(names)) < len(names):
        raise ParameterError("labels of the graph are the same when written as text")
    matrix = links_of(own)
    matrix.sort_indices()
    with _files.replacing(path) as temporary:
        _weight_files.write(temporary, names, matrix, field=unit, layer=layer_name)
    return Path(path)


def _check_count(path: Path, links: _weight_files.Links) -> None:
    if links.count is None or links.count == len(links.labels):
        return
    if path.suffix.lower() == ".gwt" and links.count > len(links.labels):
        raise DataError(
            f"{path.name} is of {links.count} units and names {len(links.labels)}: the others have "
            "no neighbor, and a .gwt does not say who they are; pass areas= with all units"
        )
    raise DataError(
        f"{path.name} says {links.count} units and names {len(links.labels)}; it is not whole"
    )
