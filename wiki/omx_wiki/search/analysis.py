"""Words and terms: the one tokenizer behind the index, queries, changed pages and snippets.

A *word* is a stretch of text at one position: a plain word, a whole identifier, version, path or flag, or an
overlapping pair of letters in a script without blanks. Its *terms* are what the index knows it by: the folded
whole and, for identifiers, the parts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from omx_wiki.search.stem import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

ANALYZER_VERSION = 1
"""Raise it with every change of what a text's terms are: an index of another version is not used."""

_MAX_TERM = 64
_MAX_PARTS = 24
_SHORTEST_PART = 2

_JOINED = r"(?:--(?=[A-Za-z]))?{c}+(?:(?:::|[./'’-]){c}+)*(?:\+\+(?!\w)|\#(?!\w))?"  # noqa: RUF001 - typed so
_ASCII = re.compile(_JOINED.format(c=r"[A-Za-z0-9_]").replace("’", ""), re.ASCII)  # noqa: RUF001 - as above
_WIDE = re.compile(_JOINED.format(c=r"\w"))
_PARTS = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_FIRST_MARK, _LAST_ACCENT = "\u0300", "\u036f"
# Scripts without blanks between words: Thai, Lao, Myanmar, hangul, Khmer, kana, Han.
_DENSE = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u11ff"),
    ("\u1780", "\u17ff"),
    ("\u3005", "\u9fff"),
    ("\ua960", "\ua97f"),
    ("\uac00", "\ud7ff"),
    ("\uf900", "\ufaff"),
    ("\uff66", "\uff9f"),
    ("\U00020000", "\U0003fffd"),
)
_FIRST_DENSE = _DENSE[0][0]
_INNER_CAPITAL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")


def normal(text: str) -> str:
    """Return `text` with composed letters, so that one letter is one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words(text: str) -> list[str]:
    """Return the words of a `normal` text in their order, as they are written."""
    if text.isascii():
        return _ASCII.findall(text)
    return [word for _, word in _wide_words(text)]


def word_spans(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each of `words(text)` starts, and the word."""
    if text.isascii():
        return ((found.start(), found.group()) for found in _ASCII.finditer(text))
    return _wide_words(text)


def terms(word: str) -> tuple[str, ...]:
    """Return what the index knows `word` by: the folded whole first, then its parts; never twice the same."""
    return _terms(word)


def whole_and_parts(word: str) -> tuple[str, tuple[str, ...]]:
    """Return the term of the whole `word` ("" if it is too long to be one) and the terms of its parts."""
    if word.isascii() and word.isalpha() and len(word) <= _MAX_TERM and not _INNER_CAPITAL.search(word):
        return stem(word.lower()), ()
    word = _without_possessive(word)
    whole = fold(word)
    if not whole:
        return "", ()
    if whole.isalpha():
        whole = _stem_if_plain(whole)
    parts = _parts(word)
    return (whole if len(whole) <= _MAX_TERM else ""), tuple(dict.fromkeys(p for p in parts if p != whole))


def fold(word: str) -> str:
    """Return `word` without case, accents, width and other differences of form."""
    return word.lower() if word.isascii() else _plain(word).casefold()


@lru_cache(maxsize=131072)
def _terms(word: str) -> tuple[str, ...]:
    whole, parts = whole_and_parts(word)
    return (whole, *parts) if whole else parts


def _wide_words(text: str) -> Iterator[tuple[int, str]]:
    for found in _WIDE.finditer(_marks_as_letters(text)):
        start, end = found.span()
        word = text[start:end]
        if word.isascii() or max(word) < _FIRST_DENSE:
            yield start, word
        else:
            yield from _split_dense(start, word)


def _marks_as_letters(text: str) -> str:
    """Return `text` with a letter in place of every sign that belongs to the letter before it.

    To regular expressions such signs (vowels of Indic scripts, tones) are no letters, and a class of them is
    slow to compile.
    """
    marks = {ord(char): "x" for char in set(text) if char >= _FIRST_MARK and _is_mark(char)}
    return text.translate(marks) if marks else text


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Mc"} and not "\ufe00" <= char <= "\ufe0f"


def _split_dense(start: int, word: str) -> Iterator[tuple[int, str]]:
    """Yield the pairs of each stretch of a script without blanks, and what stands between such stretches."""
    for is_dense, letters in groupby(word, _is_dense):
        stretch = "".join(letters)
        if is_dense:
            for at in range(max(len(stretch) - 1, 1)):
                yield start + at, stretch[at : at + 2]
        elif piece := stretch.strip("./'’-:"):  # noqa: RUF001 - as above
            yield start + stretch.index(piece), piece
        start += len(stretch)


def _is_dense(letter: str) -> bool:
    return letter >= _FIRST_DENSE and any(first <= letter <= last for first, last in _DENSE)


def _without_possessive(word: str) -> str:
    word = word.replace("’", "'")  # noqa: RUF001 - typed so
    return word.removesuffix("'s").removesuffix("'S").replace("'", "") if "'" in word else word


def _plain(word: str) -> str:
    """Return `word` without accents and differences of width, its case kept."""
    apart = unicodedata.normalize("NFKD", word)
    return unicodedata.normalize(
        "NFC", "".join(char for char in apart if not _FIRST_MARK <= char <= "\u036f")
    )


def _parts(word: str) -> list[str]:
    """Return the stems of the pieces of an identifier; pieces of one character say nothing."""
    word = word if word.isascii() else _plain(word)
    spans = [found.span() for found in _PARTS.finditer(_marks_as_letters(word))]
    folded = (word[start:end][:_MAX_TERM].casefold() for start, end in spans[:_MAX_PARTS])
    return [_stem_if_plain(part) for part in folded if len(part) >= _SHORTEST_PART]


def _stem_if_plain(word: str) -> str:
    return stem(word) if word.isascii() and word.isalpha() and len(word) <= _MAX_TERM else word
