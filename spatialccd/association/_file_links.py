"""Links of a weights file brought to the units of a study, by label."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd.association import _weight_files
from spatialccd.association._links import Matrix
from spatialccd.errors import (
    AlignmentError,
    DataError,
    DataWarning,
    ParameterError,
    check_choice,
    listed,
)

FileWeights = Literal["as_given", "binary", "inverse"]


def read_links(path: Path, unit: str | None, weights: FileWeights | None) -> _weight_files.Links:
    """Read a file; say where what was asked for is not what it holds."""
    if weights is not None:
        check_choice("weights", weights, get_args(FileWeights))
    if path.suffix.lower() == ".gwt" and weights is None:
        raise ParameterError(
            f"{path.name}: the numbers in a .gwt may be distances or weights; pass weights="
            "'binary', 'inverse' (of distances) or 'as_given'"
        )
    links = _weight_files.read(path, unit)
    is_table = path.suffix.lower() in (".csv", ".xlsx")
    if unit is not None and not is_table and links.field and links.field != unit:
        raise ParameterError(
            f"{path.name} says that its labels are of the column {links.field!r}, not {unit!r}"
        )
    return links


def matched(
    links: _weight_files.Links, index: pd.Index, path: Path, weights: FileWeights | None
) -> Matrix:
    """Give the weights with rows and columns as `index`.

    Raises
    ------
    AlignmentError
        The file and `index` do not hold the same units.
    DataError
        A weight is none, or a link stands twice.
    """
    own, others = _matched(links, index, path, may_lack=path.suffix.lower() == ".gwt")
    return _matrix(links, own, others, len(index), weights, path)


def _matched(
    links: _weight_files.Links, index: pd.Index, path: Path, *, may_lack: bool
) -> tuple[Any, Any]:
    """Give the position in `index` of each link's ends; by text, then without leading zeros."""
    known = {str(label): i for i, label in enumerate(index)}
    if len(known) < len(index):
        raise AlignmentError("units are the same when written as text; labels cannot be matched")
    at = [known.get(label, -1) for label in links.labels]
    if -1 in at or (len(set(at)) < len(index) and not may_lack):
        plain = pd.Index([_plain(label) for label in known])
        short = [_plain(label) for label in links.labels]
        if plain.is_unique and len(set(short)) == len(short):
            at = [int(i) for i in plain.get_indexer(pd.Index(short))]
    extra = [label for label, i in zip(links.labels, at, strict=True) if i < 0]
    lacking = [] if may_lack else list(index[~np.isin(np.arange(len(index)), at)])
    if extra or lacking:
        said = [f"{len(extra)} of the file missing from the units: {listed(extra)}"] * bool(extra)
        said += [f"{len(lacking)} units missing from the file: {listed(lacking)}"] * bool(lacking)
        field = f" (the file says {links.field!r})" if links.field else ""
        raise AlignmentError(
            f"{path.name}: labels differ: {'; '.join(said)}. Is the file made with another column "
            f"of codes{field}, or with row numbers?",
            pd.DataFrame(
                [(x, "units") for x in extra] + [(x, "file") for x in lacking],
                columns=["label", "missing_from"],
            ),
        )
    place = np.array(at, dtype=np.int64)
    return place[links.focal], place[links.neighbor]


def _plain(label: str) -> str:
    """Leave leading zeros and a trailing .0 out of what is a whole number."""
    text = label.removesuffix(".0")
    return text.lstrip("0") or "0" if text.isdigit() else label


def _matrix(
    links: _weight_files.Links,
    own: Any,
    others: Any,
    n: int,
    weights: FileWeights | None,
    path: Path,
) -> Matrix:
    """Lay out the links, without those of units to themselves; check what they weigh."""
    value = links.weight
    selves = own == others
    if selves.any():
        loops = [links.labels[i] for i in links.focal[selves]]
        warnings.warn(
            f"links of units to themselves were left out: {listed(loops)}",
            DataWarning,
            stacklevel=3,
        )
        own, others, value = own[~selves], others[~selves], value[~selves]
    wrong = ~np.isfinite(value) | (value < 0) | ((value == 0) & (weights == "inverse"))
    if wrong.any():
        cases = pd.DataFrame(
            {"focal": own[wrong], "neighbor": others[wrong], "weight": value[wrong]}
        )
        raise DataError(
            f"{path.name} has {wrong.sum()} weights that are below 0, not finite, or a distance of "
            "0 to be inverted",
            cases,
        )
    if weights == "binary":
        value = np.ones_like(value)
    elif weights == "inverse":
        value = 1 / value
    pairs = pd.MultiIndex.from_arrays([own, others])
    if pairs.has_duplicates:
        twice = pairs[pairs.duplicated()]
        raise DataError(f"{path.name} has {len(twice)} links that stand twice")
    return sparse.csr_array((value, (own, others)), shape=(n, n))
