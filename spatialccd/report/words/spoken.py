"""The words of one report: its language, and what its variables are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from spatialccd.report.words import columns_en, headings
from spatialccd.report.words.cells import FIT, TERMS, VARIABLES, say_cell, say_kind
from spatialccd.report.words.labels import Label, Labels, read_labels, with_units
from spatialccd.report.words.language import Language, check_language, say, title
from spatialccd.report.words.marks import COLON


@dataclass(frozen=True)
class Words:
    """Says what figures, tables, the page and layers print.

    Attributes
    ----------
    language : {"en", "zh"}
        Of all words.
    labels : mapping of str to Label
        The words for variables.
    names : mapping
        The names of units, where codes stand for them.
    """

    language: Language = "en"
    labels: Labels = field(default_factory=dict)
    names: Mapping[Any, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        language: Language,
        labels: Mapping[str, object] | None = None,
        names: Mapping[Any, str] | None = None,
    ) -> Words:
        """Check what a caller asked for."""
        check_language(language)
        return cls(language, read_labels(labels), names or {})

    def measured(self, *data: Any) -> Words:
        """Know the units of measurement too that a file gave its columns (``attrs["units"]``)."""
        labels = dict(self.labels)
        for one in data:
            if isinstance(one, pd.DataFrame | pd.Series):
                labels = with_units(labels, one.attrs.get("units", {}))
        return replace(self, labels=labels)

    def say(self, words: object) -> str:
        """Name a variable, or give printed words in the language.

        Examples
        --------
        >>> Words("zh", {"gdp": Label(en="GDP", zh="产值")}).say("coef_gdp")
        '系数：产值'
        """
        text = str(words)
        known = self._known(text)
        if known:
            return known
        for prefix, said in headings.PREFIXES.items():
            rest = text.removeprefix(prefix)
            if rest != text and self._known(rest):
                return said[self.language] + self._known(rest)
        return say(text, self.language)

    def name(self, variable: object) -> str:
        """Name a variable of the data; one without a label keeps its own name.

        Examples
        --------
        >>> Words("zh", {"rank": Label(zh="等第")}).name("rank"), Words("zh").name("rank")
        ('等第', 'rank')
        """
        return self._known(str(variable)) or str(variable)

    def heading(
        self, column: object, among: Collection[str] = (), *, ours: bool = True, kind: str = ""
    ) -> str:
        """Head a column of a table, with its unit of measurement.

        Parameters
        ----------
        column : str
            A variable, or what results call it.
        among : collection of str
            The columns it stands beside: "low_income" is the lower end for
            "income" only where there is "high_income" too.
        ours : bool, default True
            The table is that of a result. A frame of the user's own keeps its
            names in English: only they know what they mean by them.
        kind : str, optional
            The column whose kinds head the table, one each: "neighbors" is a kind of move
            there, and a number of neighbors elsewhere.

        Examples
        --------
        >>> words = Words("zh")
        >>> words.heading("low_income"), words.heading("low_income", ["high_income"])
        ('low_income', '下限：income')
        """
        text = str(column)
        said = self._known(text)
        if not said and kind:
            cell = say_cell(kind, text, self.language)
            said = cell if cell != text else ""
        if not ours and self.language == "en":
            return self.beside(said or text, self.unit(text))
        if not said and text in headings.COLUMNS:
            said = headings.COLUMNS[text] if self.language == "zh" else columns_en.heading(text)
        said = said or self._part(text, among)
        if not said and ours and self.language == "zh":
            said = say_kind(text)
        return self.beside(said or text, self.unit(text))

    def _part(self, column: str, among: Collection[str]) -> str:
        """Head what a result has of a variable; empty text where it is no such thing."""
        for prefix, said in headings.PREFIXES.items():
            rest = column.removeprefix(prefix)
            others = {other + rest for other in headings.PREFIXES if other != prefix}
            apart = prefix.endswith(" ") or prefix in headings.CERTAIN
            alike = rest in self.labels or rest in among or bool(others & set(among))
            if rest != column and (apart or alike):
                name, end = (
                    self._ended(rest) if prefix + rest[: rest.rfind("_")] in among else (rest, "")
                )
                return said[self.language] + (self._known(name) or say(name, self.language)) + end
        return ""

    def _ended(self, name: str) -> tuple[str, str]:
        """Part a variable from the end of an interval that is given of it."""
        ends = {
            "_low": {"en": ", lower end", "zh": "（下限）"},
            "_high": {"en": ", upper end", "zh": "（上限）"},
        }
        for end, said in ends.items():
            if name.endswith(end):
                return name.removesuffix(end), said[self.language]
        return name, ""

    def _known(self, variable: str) -> str:
        """Give the label of a variable; empty text where there is none."""
        label = self.labels.get(variable)
        if label is None or self.language == "en":
            return label.en if label else ""
        said = say(variable, "zh")
        return label.zh or (said if said != variable else label.en)

    def cell(self, column: str, value: str) -> str:
        """Give the words of a cell: those that a tool chose, and the names of variables."""
        if column in VARIABLES:
            return self._variable(column, value)
        if column in ("statistic", "test") and self.language == "en":
            return columns_en.heading(value) if value in headings.COLUMNS else value
        said = say_cell(column, value, self.language)
        return (
            headings.COLUMNS.get(value, value) if column == "statistic" and said == value else said
        )

    def _variable(self, column: str, value: str) -> str:
        """Name the variable in a cell, also one that a term is made of."""
        known = self._known(value)
        if known:
            return known
        first, and_, second = value.partition(" ∩ ")
        if and_:
            return f"{self._variable(column, first)} ∩ {self._variable(column, second)}"
        for pattern, said in TERMS.items():
            found = re.fullmatch(pattern, value)
            if found:
                return said[self.language].format(self._variable(column, found[1]))
        if value in FIT or (column == "variable" and value in headings.COLUMNS):
            return self.heading(value)
        return say_cell(column, value, self.language)

    @property
    def colon(self) -> str:
        """What stands between a heading and what it heads."""
        return COLON[self.language]

    def title(self, step: str) -> str:
        """Name a step of a study: its label, or its tool in words, and what follows."""
        name, space, rest = step.partition(" ")
        if self._known(name):
            return f"{self._known(name)}{space}{say(rest, self.language)}"
        return title(step, self.language)

    def part(self, part: str) -> str:
        """Say which table of a result it is."""
        if self._known(part):
            return self._known(part)
        if self.language == "en":
            return headings.PARTS_EN.get(part, part)
        return headings.PARTS.get(part) or say(part, "zh")

    def beside_part(self, title: str, part: str) -> str:
        """Name a part of a result after the result."""
        return f"{title}{self.colon}{self.part(part)}" if part else title

    def unit(self, variable: object) -> str:
        """Give what a variable is measured in; empty text where that is not known."""
        label = self.labels.get(str(variable), Label())
        return (label.unit_zh or label.unit) if self.language == "zh" else label.unit

    def measure(self, variable: object) -> str:
        """Name a variable with its unit of measurement.

        Examples
        --------
        >>> words = Words.of("en", {"jobs": {"en": "Workers (log)", "unit": "1,000"}})
        >>> words.measure("jobs"), words.measure("D")
        ('Workers (log), 1,000', 'D')
        """
        return self.beside(self.say(variable), self.unit(variable))

    def beside(self, words: str, note: str) -> str:
        """Write a note beside words: in brackets, or after a comma where they end in brackets."""
        if not note:
            return words
        if self.language == "zh":
            return f"{words}，{note}" if words.endswith(("）", ")")) else f"{words}（{note}）"
        return f"{words}, {note}" if words.endswith(")") else f"{words} ({note})"
