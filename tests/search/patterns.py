"""What words are, as patterns; the tokenizer does without `re` and is compared with this."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from omx_wiki.search.scripts import is_dense

_JOINED = r"(?:--(?=[A-Za-z]))?{c}+(?:(?:::|[./'’-]){c}+)*(?:\+\+(?!\w)|\#(?!\w))?"  # noqa: RUF001 - typed so
_ASCII = re.compile(_JOINED.format(c=r"[A-Za-z0-9_]").replace("’", ""), re.ASCII)  # noqa: RUF001 - as above
_WIDE = re.compile(_JOINED.format(c=r"\w"))
_PIECES = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")


def words_by_pattern(text: str) -> list[tuple[int, str]]:
    """Return where each word of a text starts, and the word."""
    if text.isascii():
        return [(found.start(), found.group()) for found in _ASCII.finditer(text)]
    spans = [found.span() for found in _WIDE.finditer(_marks_as_letters(text))]
    return [each for start, end in spans for each in _undense(start, text[start:end])]


def pieces_by_pattern(word: str) -> list[str]:
    """Return the pieces of an identifier."""
    spans = [found.span() for found in _PIECES.finditer(_marks_as_letters(word))]
    return [word[start:end] for start, end in spans]


def _marks_as_letters(text: str) -> str:
    marks = {ord(char): "x" for char in text if char >= "\u0300" and _is_mark(char)}
    return text.translate(marks)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Mc"} and not "\ufe00" <= char <= "\ufe0f"


def _undense(start: int, word: str) -> list[tuple[int, str]]:
    if max(word) < "\u0e00":
        return [(start, word)]
    found = []
    for dense, letters in groupby(word, is_dense):
        stretch = "".join(letters)
        if dense:
            found += [(start + at, stretch[at : at + 2]) for at in range(max(len(stretch) - 1, 1))]
        elif piece := stretch.strip("./'’-:"):  # noqa: RUF001 - as above
            found.append((start + stretch.index(piece), piece))
        start += len(stretch)
    return found
