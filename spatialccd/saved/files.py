"""``save`` and ``load``: any result of the package to a file and back, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from spatialccd._result import versions
from spatialccd.errors import ParameterError, SavedFileError, check_range
from spatialccd.report.paper.rendered import STYLES, Style
from spatialccd.saved import _archive
from spatialccd.saved._values import Packer, Unpacker

SUFFIX = ".scc"
#: The form of the file; raised when an earlier reader would read a newer file wrongly.
_FORM = 1
_WORDS = "content.json"
_LIMIT = 2**30


def save(result: Any, path: str | Path) -> Path:
    """Write a result to a file from which `load` makes the same result again.

    The file is a zip archive of JSON (what there is, settings, versions) and
    Parquet and npy (the figures), neither compressed nor executable, sealed by a
    SHA-256 over all of it. Pickle is used nowhere: opening such a file of
    somebody else's runs none of their code.

    Parameters
    ----------
    result : Result, frame, or mapping or sequence of these
        Whatever a function of the package returns. A map or a chart is kept as
        the picture it is, in PNG, SVG, PDF and WebP, with the numbers behind it.
    path : str or Path
        Ends in ``.scc``. The file is written beside its place and then renamed.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        The suffix is another one, or something in `result` is none of these.

    Notes
    -----
    Not for exchange with other programs: ``result.to_frame()`` and
    `write_tables` write what those read. Of the settings, what only Python has
    (a generator of random numbers given as ``seed``) is kept by its name.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import spatialccd as sc
    >>> D = pd.Series([0.2, 0.9], pd.Index(["a", "b"], name="unit"), name="D")
    >>> path = sc.save(sc.coordination_grades(D), Path(tempfile.mkdtemp()) / "grades.scc")
    >>> sc.load(path)
    <CoordinationGrades: 2 rows, 2 columns; see .summary()>
    """
    path = Path(path).expanduser()
    if path.suffix.lower() != SUFFIX:
        raise ParameterError(
            f"path ends in {path.suffix or 'no suffix'!r}; a saved result ends in {SUFFIX!r}"
        )
    write(result, path)
    return path


def load(path: str | Path, *, max_bytes: int = _LIMIT) -> Any:
    """Read what `save`, a tool's ``--out NAME.scc`` or a study wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    max_bytes : int, default 2**30
        A longer file, or one with a table that would take more memory, is refused.

    Returns
    -------
    object
        As it was saved: class, dtypes, labels, categories, CRS and settings.

    Raises
    ------
    SavedFileError
        The file is missing, is no saved result, is damaged or cut off, is too
        large, or was written by a version whose results this one does not have.

    Notes
    -----
    The seal tells that a file is as it was written, not who wrote it. What is
    made from it is of a closed list of classes; no code of the file is run.
    """
    check_range("max_bytes", max_bytes, 1)
    return read(Path(path).expanduser(), limit=max_bytes)


def write(value: Any, path: Path, *, styles: tuple[Style, ...] = STYLES, key: str = "") -> None:
    """Write a value; pictures in these styles; `key` says what it was made from."""
    packer = Packer(styles)
    content = {
        "format": "spatialccd result",
        "form": _FORM,
        "versions": versions(),
        "key": key,
        "content": packer.pack(value),
    }
    words = json.dumps(content, ensure_ascii=True, allow_nan=False)
    _archive.write({_WORDS: words.encode(), **packer.members}, path)


def read(path: Path, *, limit: int = _LIMIT, key: str | None = None) -> Any:
    """Read a value; where a `key` is given, only one that was written under it."""
    with _archive.read(path, limit) as archive:
        try:
            content = json.loads(archive.read(_WORDS))
            _check(content, key)
            return Unpacker(archive.read, limit).unpack(content["content"])
        except SavedFileError as error:
            error.args = (f"{path.name}: {error}", *error.args[1:])
            raise
        except (
            ArithmeticError, AttributeError, LookupError, MemoryError, NotImplementedError, OSError,
            RecursionError, TypeError, ValueError, pa.ArrowException,
        ) as error:  # fmt: skip
            # Sealed and yet not of our making: whatever it trips over is the file's fault.
            raise SavedFileError(
                f"{path.name} is sealed but does not hold what a saved result holds "
                f"({type(error).__name__}: {error}); save it anew"
            ) from error


def _check(content: Any, key: str | None) -> None:
    """Refuse what is not a result, is of a newer form, or is of another key."""
    if content["format"] != "spatialccd result":
        raise SavedFileError("it holds something else than a result of spatialccd")
    if content["form"] > _FORM:
        made_by = content["versions"].get("spatialccd", "a newer version")
        raise SavedFileError(
            f"it was written by spatialccd {made_by} in form {content['form']}, and this version "
            f"reads forms up to {_FORM}; upgrade spatialccd"
        )
    if key is not None and content["key"] != key:
        raise SavedFileError("it holds the result of another step")
