"""Index terms that a word nobody wrote may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONG = 8
_MOST = 2


def close_terms(word: str, known: Iterable[str]) -> list[tuple[int, str]]:
    """Return (edits, term) for the known terms that one edit, or for a long word two, turn `word` into.

    An edit is one letter more, less, other, or swapped with its neighbour. The nearest come first.
    """
    allowed = _MOST if len(word) >= _LONG else 1
    near = (term for term in known if abs(len(term) - len(word)) <= allowed and term.isalpha())
    return sorted((edits, term) for term in near if 0 < (edits := _edits(word, term, allowed)) <= allowed)


def _edits(one: str, other: str, allowed: int) -> int:
    """Return the number of edits between two words, or something above `allowed`."""
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
