"""Words and terms: the one tokenizer behind the index, queries, changed pages and snippets.

A *word* is a stretch of text at one position: a plain word, a whole identifier, version, path or flag, or one
overlapping pair of a script written without blanks. Its *terms* are what the index knows it by: the folded whole
and, for identifiers, the parts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from omx_wiki.search.stem import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

ANALYZER_VERSION = 1
"""Raise it with every change of what a text's terms are: an index of another version is not used."""

_MAX_TERM = 64
_MAX_PARTS = 24
_SHORTEST_PART = 2

# Scripts without blanks between words: Thai, Lao, Myanmar, Khmer, kana, Han, hangul and their extensions.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3131-\u318e\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
# Signs that belong to the letter before them but are not letters to Python.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_JOINED = r"(?:--(?=[A-Za-z]))?{c}+(?:(?:::|[./'’-]){c}+)*(?:\+\+(?!\w)|\#(?!\w))?"  # noqa: RUF001 - typed so
_ASCII = re.compile(_JOINED.format(c=r"[A-Za-z0-9_]").replace("’", ""))  # noqa: RUF001 - as above
_WIDE = re.compile(f"[{_DENSE}]+|" + _JOINED.format(c=rf"(?:[^\W{_DENSE}]|[{_SIGNS}])"))
_DENSE_START = re.compile(f"[{_DENSE}]")
_SMALL = rf"(?:[^\W\d_A-Z]|[{_SIGNS}])"
_PARTS = re.compile(rf"[A-Z]+(?!{_SMALL})|[A-Z]?{_SMALL}+|\d+")
_MARKS = re.compile("[\u0300-\u036f]")
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
    for found in _WIDE.finditer(text):
        word, start = found.group(), found.start()
        if _DENSE_START.match(word):
            for at in range(max(len(word) - 1, 1)):
                yield start + at, word[at : at + 2]
        else:
            yield start, word


def _without_possessive(word: str) -> str:
    word = word.replace("’", "'")  # noqa: RUF001 - typed so
    return word.removesuffix("'s").removesuffix("'S").replace("'", "") if "'" in word else word


def _plain(word: str) -> str:
    """Return `word` without accents and differences of width, its case kept."""
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", word)))


def _parts(word: str) -> list[str]:
    """Return the stems of the pieces of an identifier; pieces of one character say nothing."""
    found = _PARTS.findall(word if word.isascii() else _plain(word))
    folded = (part[:_MAX_TERM].casefold() for part in found[:_MAX_PARTS])
    return [_stem_if_plain(part) for part in folded if len(part) >= _SHORTEST_PART]


def _stem_if_plain(word: str) -> str:
    return stem(word) if word.isascii() and word.isalpha() and len(word) <= _MAX_TERM else word
