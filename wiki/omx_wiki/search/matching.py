"""Find the words of a text that have one of a few terms, without analysing all the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.search.analysis import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PROBE = 3


class WordTerms(dict[str, tuple[str, ...]]):
    """Maps any word to those of its terms that are wanted; `word_terms[word]` never fails."""

    def __init__(self, wanted: Mapping[str, str]) -> None:
        """Take the wanted terms, each with the name to give for it."""
        super().__init__()
        self._wanted = wanted
        self._may_have = word_pattern(wanted)

    def may_be_in(self, text: str) -> bool:
        """Whether an ASCII text may have a word with a wanted term; False is certain."""
        return self._may_have.search(text) is not None

    def __missing__(self, word: str) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        if not word.isascii() or self._may_have.search(word):
            wanted = self._wanted
            found = tuple(dict.fromkeys(wanted[term] for term in terms(word) if term in wanted))
        self[word] = found
        return found


def word_pattern(starts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern found in every ASCII word that has a term beginning with one of `starts`."""
    probes = sorted({_probe(start) for start in starts})
    return re.compile("|".join([*probes, "'"]), re.IGNORECASE)


def _probe(start: str) -> str:
    """Return a pattern for the first letters: those of a stem are those of its word, but for i and y."""
    return "".join(
        "[iy]" if letter in "iy" and at else re.escape(letter) for at, letter in enumerate(start[:_PROBE])
    )
