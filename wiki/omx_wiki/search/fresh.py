"""Pages that the index does not know as they are now, searched in memory on the same scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.search.analysis import terms
from omx_wiki.search.fields import FIELDS, field_words
from omx_wiki.search.matching import WordTerms, word_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from omx_wiki.pages.page import Page

Counts = tuple[dict[str, float], ...]
"""For each field: how often a term occurs, by slug of the page."""


def no_counts() -> Counts:
    """Return the counts of a term that nothing has."""
    return tuple({} for _ in FIELDS)


class FreshPages:
    """Some pages, read and split into words."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = pages
        self._words = {slug: field_words(page) for slug, page in pages.items()}
        self.lengths = {slug: tuple(each.length for each in found) for slug, found in self._words.items()}

    def count(self, wanted: Collection[str]) -> dict[str, Counts]:
        """Return where each of the terms occurs."""
        found = {term: no_counts() for term in wanted}
        word_terms = WordTerms({term: term for term in wanted})
        for slug, fields in self._words.items():
            for at, field in enumerate(fields):
                for word, count in field.counts.items():
                    for term in word_terms[word]:
                        counts = found[term][at]
                        counts[slug] = counts.get(slug, 0) + count
        return found

    def terms(self, prefix: str) -> set[str]:
        """Return the terms that begin with `prefix`."""
        may_have = word_pattern((prefix,))
        return {
            term
            for word in self._vocabulary()
            if may_have.search(word) or not word.isascii()
            for term in terms(word)
            if term.startswith(prefix)
        }

    def _vocabulary(self) -> set[str]:
        return {word for fields in self._words.values() for field in fields for word in field.counts}
