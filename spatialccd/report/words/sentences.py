"""Warnings and reports retold in Chinese."""

from __future__ import annotations

import re
from functools import cache

from spatialccd.report.words.chinese import SENTENCES
from spatialccd.report.words.language import Language, say


def retell(text: str, language: Language) -> str:
    """Give a warning, or a report line by line, in a language.

    A sentence without an entry stays as it is.

    Examples
    --------
    >>> retell("Units in both: 31", "zh"), retell("Units in both: 31", "en")
    ('两侧均有的单元：31', 'Units in both: 31')
    """
    if language == "en":
        return text
    return "\n".join(_retold(line, language) for line in text.split("\n"))


def _retold(sentence: str, language: Language) -> str:
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return chinese.format(*(_retold(part, language) for part in found.groups()))
    parts = sentence.split("; ")
    if len(parts) > 1:
        return "；".join(_retold(part, language) for part in parts)
    words = sentence.split(", ")
    told = [say(word, language) for word in words]
    if all(one != other for one, other in zip(words, told, strict=True)):
        return "、".join(told)  # a list of columns
    return say(sentence, language)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Compile the templates, the longest first: it says most of what it matches."""
    patterns = []
    for template in sorted(SENTENCES, key=len, reverse=True):
        text = re.escape(template).replace(r"\{\}", "(.*?)").replace(r"\{\#\}", r"([\d,]+)")
        patterns.append((re.compile(text), SENTENCES[template]))
    return patterns
