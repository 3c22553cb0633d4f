"""Weights files as they are: labels and links, in and out. Nothing is matched here."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._types import FloatArray, IntArray
from spatialccd.errors import DataError, ParameterError, listed

if TYPE_CHECKING:
    from spatialccd.association._links import Matrix

FORMATS = (".gal", ".gwt", ".swm", ".csv", ".xlsx")


@dataclass(frozen=True)
class Links:
    """What a weights file says.

    Attributes
    ----------
    labels : list of str
        Every unit that the file names, in its order.
    focal, neighbor : array of int
        Positions in `labels`.
    weight : array
    field : str
        The column that the file says its labels are from; empty where it does not.
    count : int or None
        How many units the file says it has.
    """

    labels: list[str]
    focal: IntArray
    neighbor: IntArray
    weight: FloatArray
    field: str
    count: int | None


def read(path: Path, unit: str | None) -> Links:
    """Read a file by its suffix."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ParameterError(
            f"{path.name}: weights are read from {', '.join(FORMATS)}, not {suffix or 'this'}"
        )
    if not path.is_file():
        raise DataError(f"no file at {path}")
    if suffix == ".gal":
        return _read_gal(path)
    if suffix == ".gwt":
        return _read_gwt(path)
    if suffix == ".swm":
        return _read_swm(path)
    return _read_matrix(path, unit)


def _made(
    links: Iterable[tuple[str, str, float]], labels: Iterable[str], field: str, count: int | None
) -> Links:
    """Give each label a number; those of `labels` come first."""
    number = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    focal, neighbor, weight = [], [], []
    for i, j, w in links:
        focal.append(number.setdefault(i, len(number)))
        neighbor.append(number.setdefault(j, len(number)))
        weight.append(w)
    return Links(
        list(number),
        np.array(focal, dtype=np.int64),
        np.array(neighbor, dtype=np.int64),
        np.array(weight, dtype=float),
        field,
        count,
    )


def _text(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return path.read_text(encoding="gb18030").splitlines()


def _header(path: Path, line: str) -> tuple[int, str]:
    """Read "0 n layer field", or "n" alone, the older form."""
    words = line.split()
    try:
        count = int(words[1] if len(words) > 1 else words[0])
    except (IndexError, ValueError):
        raise DataError(
            f"{path.name}: the first line must be '0 n layer field' or 'n', not {line!r}"
        ) from None
    return count, words[3] if len(words) > 3 else ""


def _read_gal(path: Path) -> Links:
    """Read binary neighbors: "id k", then a line of k ids, empty where k is 0."""
    lines = _text(path)
    count, field = _header(path, lines[0] if lines else "")
    links: list[tuple[str, str, float]] = []
    labels: list[str] = []
    at = 1
    while at < len(lines):
        words = lines[at].split()
        at += 1
        if not words:
            continue
        if len(words) != 2 or not words[1].isdigit():
            raise DataError(
                f"{path.name}, line {at}: expected a unit and how many neighbors it has"
            )
        labels.append(words[0])
        k = int(words[1])
        found = lines[at].split() if at < len(lines) and k else []
        if len(found) != k:
            raise DataError(
                f"{path.name}, line {at + 1}: {words[0]} should have {k} neighbors, and "
                f"{len(found)} stand there"
            )
        at += bool(k)
        links += [(words[0], other, 1.0) for other in found]
    _check_once(path, labels)
    return _made(links, labels, field, count)


def _read_gwt(path: Path) -> Links:
    """Read lines "i j w"; a unit without a line has no neighbor."""
    lines = _text(path)
    count, field = _header(path, lines[0] if lines else "")
    links: list[tuple[str, str, float]] = []
    for number, line in enumerate(lines[1:], start=2):
        words = line.split()
        if not words:
            continue
        try:
            i, j, w = words
            links.append((i, j, float(w)))
        except ValueError:
            raise DataError(
                f"{path.name}, line {number}: expected a unit, its neighbor and a number, not "
                f"{line!r}"
            ) from None
    return _made(links, [i for i, _, _ in links], field, count)


def _read_swm(path: Path) -> Links:
    """Read the binary file of ArcGIS; its layout is that which libpysal reads."""
    data = path.read_bytes()
    end = data.find(b"\n")
    try:
        words = data[:end].decode("utf-8", errors="replace").strip().split(";")
        fixed = False
        field = words[0]
        if "VERSION" in words[0]:
            named = dict(word.split("@", 1) for word in words if "@" in word)
            field = named.get("UNIQUEID", "")
            fixed = named.get("FIXEDWEIGHTS", "").strip().upper() == "TRUE"
        count, _ = struct.unpack_from("<ll", data, end + 1)
        at = end + 9
        labels: list[str] = []
        links: list[tuple[str, str, float]] = []
        for _ in range(count):
            unit, k = struct.unpack_from("<ll", data, at)
            at += 8
            labels.append(str(unit))
            if k <= 0:
                continue
            others = struct.unpack_from(f"<{k}l", data, at)
            at += 4 * k
            held = 1 if fixed else k
            weights = struct.unpack_from(f"<{held}d", data, at)
            at += 8 * held + 8  # the sum before standardization follows
            spread = weights * k if fixed else weights
            links += [(str(unit), str(o), w) for o, w in zip(others, spread, strict=True)]
    except (struct.error, ValueError) as error:
        raise DataError(f"{path.name} is not a whole .swm file ({error})") from None
    _check_once(path, labels)
    return _made(links, labels, field, count)


def _read_matrix(path: Path, unit: str | None) -> Links:
    """Read a square table: labels of rows in the column `unit` (the first), of columns above."""
    if path.suffix.lower() == ".csv":
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    else:
        table = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
    names = [str(name).strip() for name in table.columns]
    table.columns = pd.Index(names)
    field = unit if unit is not None else names[0]
    if field not in names:
        raise ParameterError(f"{path.name} has no column {unit!r}; it has {listed(names)}")
    labels = [str(label).strip() for label in table[field]]
    _check_once(path, labels)
    _check_once(path, names)
    columns = [name for name in names if name != field]
    extra = [name for name in columns if name not in set(labels)]
    lacking = [label for label in labels if label not in set(columns)]
    if extra or lacking:
        said = [f"columns that are no unit: {listed(extra)}"] if extra else []
        said += [f"units without a column: {listed(lacking)}"] if lacking else []
        raise DataError(
            f"{path.name} is not a square table of the units in {field!r}: {'; '.join(said)}; name "
            "the column of units with unit=, and take other columns out",
            pd.DataFrame({"label": [*extra, *lacking]}),
        )
    cells = table[labels]
    numbers = cells.apply(pd.to_numeric, errors="coerce")
    wrong = np.argwhere(numbers.isna().to_numpy())
    if len(wrong):
        places = [f"{labels[i]} to {labels[j]}: {cells.iat[i, j]!r}" for i, j in wrong]
        raise DataError(f"{path.name} has cells that hold no number: {listed(places)}; write 0")
    matrix = numbers.to_numpy(dtype=float)
    rows, others = np.nonzero(matrix)
    return Links(labels, rows, others, matrix[rows, others], field, len(labels))


def _check_once(path: Path, labels: list[str]) -> None:
    seen = pd.Index(labels)
    if seen.has_duplicates:
        raise DataError(
            f"{path.name} names units more than once: {listed(seen[seen.duplicated()].unique())}"
        )


def write(path: Path, labels: list[str], matrix: Matrix, *, field: str, layer: str) -> None:
    """Write weights by the suffix of the file."""
    suffix = path.suffix.lower()
    if suffix in (".gal", ".gwt"):
        spaced = [label for label in labels if len(label.split()) != 1]
        if spaced:
            raise ParameterError(
                f"labels with spaces cannot stand in a {suffix}: {listed(spaced)}; write .csv"
            )
        head = f"0 {len(labels)} {layer.replace(' ', '_')} {field.replace(' ', '_')}"
        lines = _gal(labels, matrix) if suffix == ".gal" else _gwt(labels, matrix)
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    elif suffix == ".swm":
        path.write_bytes(_swm(labels, matrix, field))
    elif suffix in (".csv", ".xlsx"):
        table = pd.DataFrame(matrix.toarray(), pd.Index(labels, name=field), labels)
        if suffix == ".csv":
            table.to_csv(path, encoding="utf-8")
        else:
            table.to_excel(path, engine="openpyxl")
    else:
        raise ParameterError(f"weights are written to {', '.join(FORMATS)}, not {suffix or 'this'}")


def _gal(labels: list[str], matrix: Matrix) -> list[str]:
    if matrix.nnz and np.ptp(matrix.data) > 0:
        raise ParameterError("a .gal holds no weights, and these differ; write .gwt, .swm or .csv")
    lines = []
    for i, label in enumerate(labels):
        others = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
        lines += [f"{label} {len(others)}", " ".join(labels[j] for j in others)]
    return lines


def _gwt(labels: list[str], matrix: Matrix) -> list[str]:
    coo = matrix.tocoo()
    return [
        f"{labels[i]} {labels[j]} {w!r}"
        for i, j, w in zip(coo.row, coo.col, coo.data.tolist(), strict=True)
    ]


def _swm(labels: list[str], matrix: Matrix, field: str) -> bytes:
    numbers = [int(label) if label.lstrip("-").isdigit() else None for label in labels]
    wrong = [
        label
        for label, n in zip(labels, numbers, strict=True)
        if n is None or not -(2**31) <= n < 2**31
    ]
    if wrong or len(set(numbers)) < len(numbers):
        raise ParameterError(
            f"a .swm holds whole numbers as labels, not {listed(wrong or labels)}; write .gwt or "
            ".csv"
        )
    head = f"VERSION@10.1;UNIQUEID@{field};SPATIALREFNAME@unknown;FIXEDWEIGHTS@FALSE\n"
    parts = [head.encode()]
    parts.append(struct.pack("<ll", len(labels), 0))
    for i, number in enumerate(numbers):
        span = slice(matrix.indptr[i], matrix.indptr[i + 1])
        others, weights = matrix.indices[span], matrix.data[span]
        parts.append(struct.pack("<ll", number, len(others)))
        if len(others):
            parts.append(struct.pack(f"<{len(others)}l", *(numbers[j] for j in others)))
            parts.append(struct.pack(f"<{len(others)}d", *weights))
            parts.append(struct.pack("<d", weights.sum()))
    return b"".join(parts)
