"""Words of the wiki that a word nobody wrote may have meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.search.corpus import Corpus

_LONG = 8
_MOST_EDITS = 2
_MOST_GUESSES = 2


def meant(word: str, corpus: Corpus) -> list[tuple[str, str]]:
    """Return up to two words as people write them, each with its term, the likeliest first.

    Compared are whole words, not stems: the letters of an ending count like others. The first letter is taken
    for right, unless the first two were swapped.
    """
    allowed = _MOST_EDITS if len(word) >= _LONG else 1
    near: dict[str, tuple[int, str]] = {}
    for first in dict.fromkeys((word[0], word[1])):
        for written, term in corpus.written_words(first, range(len(word) - allowed, len(word) + allowed + 1)):
            if (edits := _edits(word, written, allowed)) <= allowed:
                near[written] = (edits, term)
    ranked = sorted((edits, -_pages(corpus, term), written, term) for written, (edits, term) in near.items())
    found: dict[str, str] = {}
    for _, pages, written, term in ranked:
        if pages and len(found) < _MOST_GUESSES:
            found.setdefault(term, written)
    return [(written, term) for term, written in found.items()]


def _pages(corpus: Corpus, term: str) -> int:
    return sum(len(found.documents) for found in corpus.occurrences(term))


def _edits(one: str, other: str, allowed: int) -> int:
    """Return the number of edits between two words, or something above `allowed`.

    An edit is one letter more, less, other, or swapped with its neighbour.
    """
    if len(set(one) ^ set(other)) > 2 * allowed:
        return allowed + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at]
        for to, target in enumerate(other, 1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != target))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == target:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return allowed + 1
    return row[-1]
