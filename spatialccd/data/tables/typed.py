"""Files whose columns have types (Parquet, Stata, SPSS) to cells of text; numbers stay exact."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from spatialccd import _files
from spatialccd.data.cells import as_text, tidy
from spatialccd.data.files.damage import DAMAGE
from spatialccd.data.files.encoding import find_encoding
from spatialccd.errors import PanelError, require


def read_typed(source: str, data: bytes) -> pd.DataFrame | None:
    """Read a file with typed columns as cells of text; None for any other kind of file.

    Raises
    ------
    PanelError
        The file is damaged or empty, or names two columns alike.
    MissingDependencyError
        An SPSS file, and pyreadstat is not installed.
    """
    if data.startswith(b"PAR1"):
        frame = _parquet(source, data)
    elif data.startswith(b"<stata_dta>") or (source.endswith(".dta") and data[0] in b"rqsnlm"):
        frame = _stata(source, data)
    elif data.startswith((b"$FL2", b"$FL3")):
        frame = _spss(source, data)
    else:
        return None
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    if frame.empty:
        raise PanelError(f"{source} is empty")
    columns = {
        " ".join(str(name).split()): _texts(frame.iloc[:, i]) for i, name in enumerate(frame)
    }
    if len(columns) < frame.shape[1]:
        raise PanelError(f"{source} has columns of the same name; rename them")
    cells = pd.DataFrame(columns).set_axis(pd.RangeIndex(1, len(frame) + 1), axis=0)
    return cells[cells.notna().any(axis=1)]


def _texts(column: pd.Series) -> pd.Series:
    values = column.astype(object).where(column.notna(), None)
    texts = values.map(as_text, na_action="ignore").map(tidy, na_action="ignore").astype("str")
    return texts.where(texts != "")


def _parquet(source: str, data: bytes) -> pd.DataFrame:
    try:
        return pd.read_parquet(io.BytesIO(data))
    except DAMAGE:
        raise PanelError(f"{source} is not a sound Parquet file; write it anew") from None


def _spss(source: str, data: bytes) -> pd.DataFrame:
    """Read an SPSS file, values by their labels where they have any, as Stata's are."""
    require("pyreadstat", "spss")
    from pyreadstat import ReadstatError, read_sav

    with _files.scratch() as folder:
        path = folder / "data.sav"  # pyreadstat reads from a path only
        path.write_bytes(data)
        try:
            frame: pd.DataFrame = read_sav(path, apply_value_formats=True)[0]
        except (ReadstatError, *DAMAGE) as error:
            raise PanelError(f"{source} cannot be read as SPSS: {error}") from None
    return frame


def _stata(source: str, data: bytes) -> pd.DataFrame:
    try:
        frame = pd.read_stata(io.BytesIO(data))
    except DAMAGE as error:
        if "convert_categoricals" not in str(error) and "labels" not in str(error):
            raise PanelError(f"{source} cannot be read as Stata: {error}") from None
        # Two values share one label, which Stata allows: keep the values.
        frame = pd.read_stata(io.BytesIO(data), convert_categoricals=False)
    return _recode_stata(frame, data)


def _recode_stata(frame: pd.DataFrame, data: bytes) -> pd.DataFrame:
    """Undo Latin-1: before release 118 Stata noted no encoding, and pandas assumes that one."""
    release = data[28:31] if data.startswith(b"<stata_dta>") else b""
    if release.isdigit() and int(release) >= 118:
        return frame
    texts = frame.select_dtypes(exclude=["number", "datetime"])
    sample = "\n".join(str(value) for column in texts for value in texts[column].unique())
    try:
        encoding = find_encoding(sample.encode("latin-1"))
    except UnicodeEncodeError:
        return frame
    if encoding != "gb18030":
        return frame

    def recode(value: Any) -> Any:
        return value.encode("latin-1").decode(encoding) if isinstance(value, str) else value

    return frame.assign(**{c: texts[c].astype(object).map(recode) for c in texts})
