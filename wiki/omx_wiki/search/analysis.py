"""Words and terms: the one tokenizer behind the index, queries, changed pages and snippets.

A *word* is a stretch of text at one position: a plain word, a whole identifier, version, path or flag, or an
overlapping pair of letters in a script without blanks. Its *terms* are what the index knows it by: the folded
whole and, for identifiers, the parts.

Every query starts here in a fresh process, so this module imports nothing: `re` alone would cost more than a
search. What the words are is defined by the patterns in the tests, which this code is compared with.
"""

from __future__ import annotations

from omx_wiki.search.camel_case import pieces
from omx_wiki.search.scripts import has_dense_letters, is_dense, plain_letters, split_dense, wide_separators
from omx_wiki.search.stem import stem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    T = TypeVar("T")

ANALYZER_VERSION = 2
"""Raise it with every change of what a text's terms are: an index of another version is not used."""

MAX_TERM = 64
_MAX_PARTS = 24
_SHORTEST_PART = 2
_MOST_CACHED = 131_072

_JOINERS = "./'-"
_QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"
_OTHERS = ":+#"
_KEPT = {ord(char) for char in _JOINERS + _OTHERS + "_"}
_SEPARATORS = {code: " " for code in range(128) if code not in _KEPT and not chr(code).isalnum()}

_split: dict[str, tuple[str, ...]] = {}
_known: dict[str, tuple[str, ...]] = {}
_surfaces: dict[str, str] = {}


def normal(text: str) -> str:
    """Return `text` with composed letters, so that one letter is one character."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def words(text: str) -> list[str]:
    """Return the words of a `normal` text in their order, as they are written."""
    separated = text.translate(_SEPARATORS if text.isascii() else wide_separators(_KEPT))
    found: list[str] = []
    for chunk in separated.split(" "):
        if chunk.isalnum() and chunk.isascii():
            found.append(chunk)
        elif chunk:
            found += _split.get(chunk) or _split_chunk(chunk)
    return found


def word_spans(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each of `words(text)` starts, and the word."""
    at = 0
    for word in words(text):
        at = text.index(word, at)
        yield at, word
        at += 1 if is_dense(word[0]) else len(word)  # pairs of such letters overlap


def terms(word: str) -> tuple[str, ...]:
    """Return what the index knows `word` by: the folded whole first, then its parts; never twice the same."""
    found = _known.get(word)
    if found is None:
        whole, parts = whole_and_parts(word)
        found = (whole, *parts) if whole else parts
        _remember(_known, word, found)
    return found


def whole_and_parts(word: str) -> tuple[str, tuple[str, ...]]:
    """Return the term of the whole `word` ("" if it is too long to be one) and the terms of its parts."""
    if word.isascii() and word.isalpha() and len(word) <= MAX_TERM and not _has_inner_capital(word):
        return stem(word.lower()), ()
    word = _without_possessive(word)
    whole = fold(word)
    if not whole:
        return "", ()
    if whole.isalpha():
        whole = _stem_if_plain(whole)
    parts = _parts(word)
    return (whole if len(whole) <= MAX_TERM else ""), tuple(dict.fromkeys(p for p in parts if p != whole))


def fold(word: str) -> str:
    """Return `word` without case, accents, width and other differences of form."""
    return word.lower() if word.isascii() else plain_letters(word).casefold()


def surface(word: str) -> str:
    """Return a plain word as people write it if that differs from its term, else ""."""
    found = _surfaces.get(word)
    if found is None:
        folded = word.lower()
        is_plain = folded.isascii() and folded.isalpha() and len(folded) <= MAX_TERM
        found = folded if is_plain and terms(word)[0] != folded else ""
        _remember(_surfaces, word, found)
    return found


def _remember(cache: dict[str, T], key: str, value: T) -> T:
    if len(cache) >= _MOST_CACHED:
        cache.clear()
    cache[key] = value
    return value


def _split_chunk(chunk: str) -> tuple[str, ...]:
    """Return the words of a stretch of letters, digits and signs that may join them."""
    found: list[str] = []
    at = 0
    while at < len(chunk):
        start, end = _next_word(chunk, at)
        if end > start:
            word = chunk[start:end]
            found += split_dense(word) if has_dense_letters(word) else (word,)
        at = max(end, at + 1)
    return _remember(_split, chunk, tuple(found))


def _next_word(chunk: str, at: int) -> tuple[int, int]:
    """Return where the next word from `at` on starts and ends; start == end when there is none."""
    start = at
    while start < len(chunk) and not _is_letter(chunk[start]):
        following = chunk[start + 2 : start + 3]
        if chunk.startswith("--", start) and following.isascii() and following.isalpha():
            break
        start += 1
    end = start + 2 if chunk.startswith("--", start) else start
    end = _letters_end(chunk, end)
    while (joined := _joined_end(chunk, end)) > end:
        end = joined
    return start, _with_marks(chunk, end) if end > start else start


def _joined_end(chunk: str, end: int) -> int:
    """Return where the next part ends that a sign joins to what ends at `end`; `end` when there is none."""
    if chunk.startswith("::", end):
        after = end + 2
    else:
        after = end + 1 if chunk[end : end + 1] and chunk[end] in _JOINERS + _QUOTE else end
    last = _letters_end(chunk, after) if after > end else end
    return last if last > after else end


def _with_marks(chunk: str, end: int) -> int:
    """Return the end of a word that may close with ++ or #."""
    for mark in ("++", "#"):
        after = end + len(mark)
        if chunk.startswith(mark, end) and not _is_letter(chunk[after : after + 1]):
            return after
    return end


def _letters_end(chunk: str, at: int) -> int:
    while at < len(chunk) and _is_letter(chunk[at]):
        at += 1
    return at


def _is_letter(char: str) -> bool:
    """Whether a character of a chunk is neither a joiner nor another sign; everything else was cut out."""
    return bool(char) and char not in _JOINERS and char not in _OTHERS and char != _QUOTE


def _has_inner_capital(word: str) -> bool:
    return not (word.islower() or word[1:].islower() or word.isupper())


def _without_possessive(word: str) -> str:
    word = word.replace(_QUOTE, "'")
    return word.removesuffix("'s").removesuffix("'S").replace("'", "") if "'" in word else word


def _parts(word: str) -> list[str]:
    """Return the stems of the pieces of an identifier; pieces of one character say nothing."""
    found = pieces(word if word.isascii() else plain_letters(word))[:_MAX_PARTS]
    folded = (piece[:MAX_TERM].casefold() for piece in found)
    return [_stem_if_plain(part) for part in folded if len(part) >= _SHORTEST_PART]


def _stem_if_plain(word: str) -> str:
    return stem(word) if word.isascii() and word.isalpha() and len(word) <= MAX_TERM else word
