"""Find the words of a text that have one of a few terms, without analysing all the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.search.analysis import terms

if TYPE_CHECKING:
    from collections.abc import Collection

_PROBE = 2


class WordTerms(dict[str, tuple[str, ...]]):
    """Maps any word to those of its terms that are wanted; `word_terms[word]` never fails."""

    def __init__(self, wanted: Collection[str], prefixes: Collection[str] = ()) -> None:
        super().__init__()
        self._wanted = frozenset(wanted)
        self._prefixes = tuple(prefixes)
        probes = sorted({_probe(term) for term in (*wanted, *prefixes)})
        self._may_match = re.compile("|".join([*probes, "['’]"]), re.IGNORECASE)  # noqa: RUF001 - typed so

    def __missing__(self, word: str) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        if not word.isascii() or self._may_match.search(word):
            found = tuple(term for term in terms(word) if self._is_wanted(term))
        self[word] = found
        return found

    def _is_wanted(self, term: str) -> bool:
        return term in self._wanted or bool(self._prefixes and term.startswith(self._prefixes))


def _probe(term: str) -> str:
    """Return a pattern found in every ASCII word that has `term`: a stem begins as its word, but for i and y."""
    start = term[:_PROBE]
    return re.escape(start[:1]) + ("[iy]" if start[1:] in {"i", "y"} else re.escape(start[1:]))
