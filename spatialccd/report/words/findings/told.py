"""How a finding is put into words: names, figures and lists in a language."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spatialccd import _align
from spatialccd._result import Result
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.spoken import Words

#: Findings speak of what is significant at this level, and say so.
LEVEL = 0.05
#: No more names than these stand in a sentence.
_NAMED = 5


@dataclass(frozen=True)
class Told:
    """The words that findings are told in.

    Attributes
    ----------
    words : Words
        The language, what variables are called, the names of units.
    """

    words: Words

    @property
    def language(self) -> Language:
        """The language told in."""
        return self.words.language

    def both(self, en: str, zh: str) -> str:
        """Give the sentence in the language told."""
        return zh if self.language == "zh" else en

    def unit(self, label: Hashable) -> str:
        """Name a unit."""
        return str(self.words.names.get(label, label))

    def variable(self, name: object) -> str:
        """Name a variable or a term of a model."""
        return self.words.say(name)

    def kind(self, words: object) -> str:
        """Name a class: a grade, a cluster, a type."""
        return say(str(words), self.language)

    def of(self, result: Result, argument: str = "y") -> str:
        """Say what a result is of: " of D", "D的"; nothing where the data had no name."""
        name = result.settings.named(argument)
        if not name:
            return ""
        return self.both(f" of {self.variable(name)}", f"{self.variable(name)}的")

    def within(self, result: Result, argument: str = "y") -> str:
        """Say in what something happens: " in D", "D的"; nothing where the data had no name."""
        name = result.settings.named(argument)
        if not name:
            return ""
        return self.both(f" in {self.variable(name)}", f"{self.variable(name)}的")

    def at(self, time: object) -> str:
        """Say when: " in 1986", "1986年"; nothing where there is one time only."""
        if time is None:
            return ""
        zh = f"{time}年" if str(time).isdigit() and len(str(time)) == 4 else f"{time}，"
        return self.both(f" in {time}", zh)

    def list(self, items: Iterable[str], *, most: int = _NAMED) -> str:
        """List names, no more than `most`, and say how many others there are."""
        names = list(items)
        shown, rest = names[:most], len(names) - most
        words = self.both(", ", "、").join(shown)
        if rest <= 0:
            return words
        return self.both(f"{words} and {rest} more", f"{words}等{len(names)}个")

    def close(self, sentences: Iterable[str]) -> str:
        """Set sentences one after another."""
        return self.both(" ", "").join(one for one in sentences if one)


def number(value: float) -> str:
    """Write a figure to three decimals, or to three digits where these would not do.

    Examples
    --------
    >>> number(0.4213), number(-0.02), number(0.000123), number(12345.6)
    ('0.421', '−0.020', '0.000123', '12,346')
    """
    size = abs(value)
    if size >= 1000:
        text = f"{size:,.0f}"
    elif size >= 0.01 or size == 0:
        text = f"{size:.3f}"
    elif size >= 1e-6:
        text = f"{size:.{2 - math.floor(math.log10(size))}f}"
    else:
        text = f"{size:.2e}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) != 0 else text


def p_value(value: float) -> str:
    """Write a p-value as a sentence has it.

    Examples
    --------
    >>> p_value(0.0004), p_value(0.0412), p_value(0.38)
    ('p < 0.001', 'p = 0.041', 'p = 0.38')
    """
    if value < 0.001:
        return "p < 0.001"
    return f"p = {value:.3f}" if value < 0.1 else f"p = {value:.2f}"


def percent(share: float) -> str:
    """Write a share as percent.

    Examples
    --------
    >>> percent(0.4567)
    '45.7%'
    """
    return f"{100 * share:.1f}%".replace("-", "−")


def times(index: pd.Index) -> list[Any]:
    """List the times of an index on (unit, time) in order; ``[None]`` for a cross-section."""
    if index.nlevels == 1:
        return [None]
    return list(_align.canonical(index.get_level_values(1).unique()))


def at(values: Any, time: Any) -> Any:
    """Give what is known at one time, on units."""
    return values if time is None else values.xs(time, level=1)


def change(told: Told, what: tuple[str, str], first: float, last: float) -> str:
    """Say whether a figure rose, fell or stayed as it is printed: "rose from 0.4 to 0.5".

    Parameters
    ----------
    told : Told
    what : pair of str
        " in 1970" and " in 1986", or their like.
    first, last : float
    """
    before, after = number(first), number(last)
    if before == after:
        return told.both(
            f"was {before} both{what[0]} and{what[1]}",
            f"在{what[0]}与{what[1]}同为{before}",
        )
    verb = told.both("rose", "上升") if last > first else told.both("fell", "下降")
    return told.both(
        f"{verb} from {before}{what[0]} to {after}{what[1]}",
        f"由{what[0]}的{before}{verb}至{what[1]}的{after}",
    )
