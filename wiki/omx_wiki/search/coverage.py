"""How much of a query a page has, which matters where pages that have everything are few."""

from __future__ import annotations

from omx_wiki.search.resolving import SYNONYM_WEIGHT
from omx_wiki.search.scoring import rarity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.resolving import Resolved

ALL_WORDS = 3.0
MISSING = 0.3
_SHORT = 4


class Coverage:
    """The pages of each clause of one query, and what the clause tells."""

    def __init__(self, corpus: Corpus, resolved: Resolved, complete: Collection[int]) -> None:
        """Take the documents that are complete: that have every clause as it was typed."""
        self._complete = complete
        others: dict[int, set[int]] = {}
        for term, (place, _) in resolved.synonyms.items():
            others.setdefault(place, set()).update(resolved.having_all([term]))
        self._clauses = [
            (clause.weight * rarity(len(corpus), len(pages)), pages, others.get(place, set()))
            for place, clause in enumerate(resolved.clauses)
            for pages in [resolved.exact_pages(clause) or resolved.pages(clause)]
        ]
        self._total = sum(weight for weight, _, _ in self._clauses)
        is_sure = len(self._clauses) <= _SHORT and not resolved.suggestion
        self._bonus = ALL_WORDS * self._total if is_sure else 0.0

    def reasons(self, number: int, score: float) -> list[tuple[str, float]]:
        """Return what a document gets for having all words of a short query, or loses for those it has not.

        What it loses is a part of its score so far. A word that means nearly the same is half a word.
        """
        if number in self._complete:
            return [("all words", self._bonus)] if self._bonus else []
        found = 0.0
        for weight, pages, others in self._clauses:
            found += weight if number in pages else weight * SYNONYM_WEIGHT if number in others else 0.0
        missing = 1 - found / self._total if self._total else 0.0
        return [("words missing", -MISSING * score * missing)]
