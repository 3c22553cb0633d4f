"""Punctuation between printed words, in both languages."""

from __future__ import annotations

from typing import Final

#: By language: between a heading and what it heads, between parts, after a sentence.
COLON: Final = {"en": ": ", "zh": "："}
COMMA: Final = {"en": ", ", "zh": "，"}
STOP: Final = {"en": ".", "zh": "。"}
