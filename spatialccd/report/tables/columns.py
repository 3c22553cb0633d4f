"""Brings a result into the form in which a table prints it, whatever the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from spatialccd._result import Result
from spatialccd._types import BoolArray
from spatialccd.report.words.captions import caption
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.names import visible
from spatialccd.report.words.sentences import retell
from spatialccd.report.words.spoken import Words
from spatialccd.report.words.stars import STARS_NOTE, significance
from spatialccd.report.words.unit_names import UNITS

Kind = Literal["text", "whole", "figure", "p"]

#: An estimate and the columns that hold its test, the first of them that is there.
_TESTED = {
    "coef": ("p", "p_value", "p_t", "p_z"),
    "I": ("p_sim", "p_norm"),
    "C": ("p_sim", "p_norm"),
    "G": ("p_sim", "p_norm"),
    "q": ("p_permutation", "p_f"),
    "H": ("p",),
    "rho": ("rho_p",),
    "tau": ("tau_p",),
    "value": ("p",),
}
#: Terms that are no coefficients: that they differ from zero says nothing.
_SCALES = ("sigma2", "log_scale", "log_sigma_u", "scale", "sigma_u")
#: Figures of fit that count.
_COUNTED = frozenset(
    ["n", "units", "times", "groups", "left_censored", "right_censored", "n_pairs", "df_model",
     "n_units", "n_links", "min_neighbors", "max_neighbors", "n_components", "n_islands"]
)  # fmt: skip
#: P-values corrected for the number of tests go before those that are not.
_CORRECTED = ("p_adjusted", "p_holm")
VERDICT_NOTE = "Stars by the corrected p-value, and only where a row counts as significant."
_P = re.compile(r"^p($|_)|^p-value$")


@dataclass(frozen=True)
class Table:
    """A result laid out in columns.

    Attributes
    ----------
    name : str
        What the caller called it.
    title : str
        Its name in words.
    caption : str
        What it shows, where, when, how made, of how many units.
    frame : DataFrame
        Index columns first; column names as in Python.
    headings : list of str
        Column names in the language wanted.
    kinds : list of {"text", "whole", "figure", "p"}
        What a column holds.
    stars : DataFrame of str
        Significance beside each cell; empty text where there is none.
    call : str
        How it was made; empty for a frame.
    notes : list of str
        What the stars mean.
    counts : frozenset of int
        The rows whose figures are whole numbers.
    keys : int
        How many leading columns label the rows; repeated ones are printed once.
    on_paper, in_book : bool
        Whether Word and LaTeX print it, and whether the workbook does.
    """

    name: str
    title: str
    caption: str
    frame: pd.DataFrame
    headings: list[str]
    kinds: list[Kind]
    stars: pd.DataFrame
    call: str
    notes: list[str]
    counts: frozenset[int] = frozenset()
    keys: int = 0
    on_paper: bool = True
    in_book: bool = True


def lay_out(
    name: str,
    item: Result | pd.DataFrame,
    words: Words,
    *,
    of: Result | None = None,
    part: str = "",
    p: pd.DataFrame | None = None,
    place: str = "",
) -> Table:
    """Bring one result, or a frame, into columns that a table can print.

    Parameters
    ----------
    name : str
        What the caller called it.
    item : Result or DataFrame
        Never changed.
    words : Words
        Of the headings, and of words in cells that the tool chose.
    of : Result, optional
        What a frame is part of; one of nothing is the user's own.
    part : str
        Which part.
    p : DataFrame, optional
        The p-values of its cells, where no column holds them.
    place : str
        What the units are of, for the caption.
    """
    result = item if isinstance(item, Result) else of
    frame = item.to_frame() if isinstance(item, Result) else item
    words = words.measured(frame)
    flat, added = _named(_flat(frame, words), words)
    verdict = frame.get("significant")
    stars = _starred(flat, verdict) if p is None else _stars_of(flat, p)
    stars.loc[_scales(frame)] = ""
    made = None if result is None else result.settings
    call = repr(item.settings) if isinstance(item, Result) else ""
    return Table(
        name=visible(f"{name} {part}".strip()),
        title=visible(words.beside_part(words.title(name), part)),
        caption=visible(caption(name, frame, made, words, part=part, place=place)),
        frame=flat,
        headings=[
            visible(
                added.get(column)
                or words.heading(
                    column,
                    flat.columns,
                    ours=result is not None,
                    kind=str(frame.columns.name) if column in frame.columns else "",
                )
            )
            for column in flat
        ],
        kinds=[_kind(str(column), flat[column]) for column in flat],
        stars=stars,
        call=visible(call),
        notes=[
            visible(note)
            for note in _notes(item, stars, words.language, verdict=verdict is not None)
        ],
        counts=frozenset(_counts(frame)),
        keys=0 if result is None else _keys(frame, list(flat.columns)),
    )


def _scales(frame: pd.DataFrame) -> BoolArray:
    """Tell which rows are parameters of scale, which have no stars."""
    if "term" not in frame.index.names:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame.index.get_level_values("term").isin(_SCALES))


def _keys(frame: pd.DataFrame, columns: list[str]) -> int:
    """Count the columns before the last label of a row, names of units among them."""
    names = _index_names(frame)
    return columns.index(names[-1]) if len(names) > 1 else 0


def _counts(frame: pd.DataFrame) -> list[int]:
    """Give the rows whose figures are counts: those of a table of figures of fit."""
    if frame.index.name != "statistic":
        return []
    return [at for at, name in enumerate(frame.index) if name in _COUNTED]


def _notes(
    item: Result | pd.DataFrame, stars: pd.DataFrame, language: Language, *, verdict: bool
) -> list[str]:
    own = item.notes() if isinstance(item, Result) else []
    starred = [STARS_NOTE] if (stars != "").to_numpy().any() else []
    if starred and verdict:
        starred.append(VERDICT_NOTE)
    return [tell(note, language) for note in own + starred]


def tell(note: str, language: Language) -> str:
    """Give a note in a language: as a whole where it is known so, else by its sentences."""
    said = say(note, language)
    return said if said != note else retell(note, language)


def write_cell(value: Any, kind: Kind, digits: int) -> str:
    """Write one cell as text.

    Examples
    --------
    >>> write_cell(0.0004, "p", 3), write_cell(1234.5, "figure", 3), write_cell(None, "text", 3)
    ('<0.001', '1,234.500', '')
    """
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and np.isinf(value):
        return endless(value)
    if kind == "whole":
        return f"{int(value):d}"
    if kind == "p" and value < 0.001:
        return "<0.001"
    if kind in ("figure", "p"):
        return _figure(float(value), digits)
    return str(value)


def brackets(table: Table) -> bool:
    """Tell whether it is a table of estimates with standard errors to print below them."""
    return {"coef", "se"} <= set(table.frame.columns)


def endless(value: float) -> str:
    """Write an infinite figure, such as the bandwidth of a coefficient that does not vary."""
    return "∞" if value > 0 else "\N{MINUS SIGN}∞"


def _figure(value: float, digits: int) -> str:
    """Write a figure; one too small or too large for its decimals in powers of ten."""
    if value != 0 and not 10 ** -(digits + 1) <= abs(value) < 1e9:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{digits}f}"


def _flat(frame: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Turn the index into columns and every cell into text, a whole number or a figure."""
    frame = pd.DataFrame(frame).drop(columns="geometry", errors="ignore")
    if isinstance(frame.columns, pd.MultiIndex):
        frame = frame.set_axis([" ".join(str(p) for p in c if p != "") for c in frame], axis=1)
    names = _index_names(frame)
    if names:
        frame = frame.rename_axis(names, axis=0).reset_index()
    frame = frame.reset_index(drop=True)
    frame.columns = [str(column) for column in frame.columns]
    return frame.apply(lambda column: _plain(column, str(column.name), words))


def _named(frame: pd.DataFrame, words: Words) -> tuple[pd.DataFrame, dict[str, str]]:
    """Put the names of units beside their codes; give the headings of the columns added."""
    added: dict[str, str] = {}
    known = {str(unit): name for unit, name in words.names.items()}
    for column in [name for name in frame.columns if name in UNITS]:
        codes = frame[column].astype(object)
        said = codes.map(lambda code: known.get(str(code)))
        own = f"name of {column}"
        if said.notna().any() and "name" not in frame and (said != codes.astype(str)).any():
            frame.insert(frame.columns.get_loc(column) + 1, own, said.where(said.notna(), None))
            word = words.heading("name")
            added[own] = (
                word if column == "unit" else words.beside(words.heading(column), word.lower())
            )
    return frame, added


def _index_names(frame: pd.DataFrame) -> list[str]:
    """Name the index levels; a bare running number is left out."""
    index = frame.index
    if isinstance(index, pd.RangeIndex) and index.name is None:
        return []
    taken = {str(column) for column in frame.columns}
    names = []
    for level, name in enumerate(index.names):
        words = str(name) if name is not None else f"label{level or ''}"
        names.append(f"{words} (index)" if words in taken else words)
    return names


def _plain(column: pd.Series, name: str, words: Words) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        column = column.map({True: "yes", False: "no"})
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.astype(object).map(lambda value: _words(value, name, words))


def _words(value: Any, column: str, words: Words) -> Any:
    if isinstance(value, Sequence | set) and not isinstance(value, str):
        return visible(
            ("、" if words.language == "zh" else ", ").join(
                words.cell(column, str(part)) for part in value
            )
        )
    missing = value is None or value is pd.NA or value is pd.NaT or value != value
    return None if missing else visible(words.cell(column, str(value)))


def _kind(name: str, column: pd.Series) -> Kind:
    if not pd.api.types.is_numeric_dtype(column):
        return "text"
    if pd.api.types.is_integer_dtype(column) or _whole_but_endless(column):
        return "whole"
    return "p" if _P.match(name) else "figure"


def _whole_but_endless(column: pd.Series) -> bool:
    """Tell whether figures are whole numbers but for infinite ones, which no integer holds."""
    figures = column.dropna()
    endless = np.isinf(figures)
    return bool(endless.any()) and bool((figures[~endless] % 1 == 0).all())


def _starred(frame: pd.DataFrame, verdict: pd.Series | None) -> pd.DataFrame:
    """Give the stars of each cell; what the tool's verdict calls not significant has none."""
    stars = pd.DataFrame("", index=frame.index, columns=frame.columns)
    stands = np.ones(len(frame), bool) if verdict is None else verdict.eq(True).to_numpy(bool)
    for estimate, tests in _TESTED.items():
        test = next((name for name in (*_CORRECTED, *tests) if name in frame), None)
        if estimate in frame and test is not None:
            p = pd.to_numeric(frame[test], errors="coerce").to_numpy(dtype=float)
            stars[estimate] = [significance(value) for value in np.where(stands, p, np.nan)]
    return stars


def _stars_of(frame: pd.DataFrame, p: pd.DataFrame) -> pd.DataFrame:
    """Give the stars of cells whose p-values stand in a frame of the same rows."""
    stars = pd.DataFrame("", index=frame.index, columns=frame.columns)
    for column in p.columns.intersection(frame.columns):
        known = pd.to_numeric(p[column], errors="coerce").to_numpy(dtype=float)
        stars[column] = [significance(value) for value in known]
    return stars
