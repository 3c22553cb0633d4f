"""What is wished of a map beside its figures: words, size, part shown, lines on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from spatialccd.data.boundaries import read_boundaries
from spatialccd.errors import (
    FontWarning,
    GeometryWarning,
    MissingDependencyError,
    check_choice,
    warn,
)
from spatialccd.report.paper.fonts import INSTALL, Typeface, typeface
from spatialccd.report.paper.layout import Width
from spatialccd.report.words.language import Language
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Places

#: Parts that are known by name.
InsetName = Literal["south_china_sea"]
_SEA = (106.0, 2.8, 123.0, 24.5)
#: China without the islands that the inset shows.
_LAND = (73.0, 17.8, 136.0, 54.0)


@dataclass(frozen=True)
class Part:
    """What a map and its inset show: degrees, and lines on top.

    Attributes
    ----------
    snug : bool
        Whether the map ends where the areas within its extent do.
    """

    extent: Sequence[float] | None
    inset: Sequence[float] | None
    overlay: Places | None
    snug: bool = False

    @classmethod
    def wished(cls, extent: Sequence[float] | None, inset: Any, overlay: Places | None) -> Part:
        """Look up an inset that is called by name; without its line it is left out, with a word."""
        if not isinstance(inset, str):
            return cls(extent, inset, overlay)
        check_choice("inset", inset, get_args(InsetName))
        if overlay is None:
            try:
                overlay = read_boundaries("china_maritime")
            except MissingDependencyError as error:
                warn(
                    "the inset of the South China Sea is left out: the maritime boundary that "
                    f"belongs into it is not here. {error}; or give lines of your own as overlay=",
                    GeometryWarning,
                )
                return cls(extent, None, None)
        return cls(_LAND if extent is None else extent, _SEA, overlay, snug=extent is None)


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
    part: Part
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
        inset: Sequence[float] | InsetName | None,
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
            face, title, words, width, letters, names, source, note,
            Part.wished(extent, inset, overlay), dots,
        )  # fmt: skip
