"""What is wished of a map beside its figures: words, size, part shown, lines on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from spatialccd.errors import FontWarning, check_choice, warn
from spatialccd.report.paper.fonts import INSTALL, Typeface, typeface
from spatialccd.report.paper.layout import Width
from spatialccd.report.words.language import Language
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Places


@dataclass(frozen=True)
class Sheet:
    """The wishes that every map function passes on, and the typeface they are written in."""

    face: Typeface
    title: str | None
    words: Words
    width: Width | None
    letters: bool
    names: str | None
    source: str | None
    note: str | None
    extent: Sequence[float] | None
    inset: Sequence[float] | None
    overlay: Places | None
    dots: bool

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.words.language

    def say(self, words: object) -> str:
        """Name a variable, or give words in the language of the map."""
        return self.words.say(words)

    @classmethod
    def wished(
        cls,
        title: str | None,
        language: Language,
        width: Width | None,
        *,
        letters: bool,
        source: str | None,
        note: str | None,
        extent: Sequence[float] | None,
        inset: Sequence[float] | None,
        overlay: Places | None,
        names: str | None,
        labels: str | Mapping[str, object] | None,
        dots: bool = False,
    ) -> Sheet:
        """Check the wishes; in English, with a warning, where Chinese has no font."""
        if isinstance(labels, str):
            names, labels = names or labels, None
        words = Words.of(language, labels)
        if width is not None:
            check_choice("width", width, get_args(Width))
        face = typeface()
        if language == "zh" and not face.chinese:
            warn(
                f"no Chinese font was found: legend and notes are in English; {INSTALL}",
                FontWarning,
            )
            words = replace(words, language="en")
        return cls(
            face, title, words, width, letters, names, source, note, extent, inset, overlay,
            dots,
        )  # fmt: skip
