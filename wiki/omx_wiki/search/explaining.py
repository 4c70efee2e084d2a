"""Why a page ranks where it does: what each word in each field gave."""

from __future__ import annotations

from omx_wiki.search.page_words import FIELDS
from omx_wiki.search.scoring import page_scores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.resolving import Resolved


class Explanation:
    """What every word of one query gives in every field; made once, asked for each hit."""

    def __init__(self, corpus: Corpus, resolved: Resolved, numbers: Collection[int]) -> None:
        """Look at the documents of these numbers."""
        self._gains: dict[str, dict[int, float]] = {}
        for term, weight in resolved.weights().items():
            for field, name in enumerate(FIELDS):
                gains = page_scores(corpus, resolved, {term: weight}, among=numbers, only=field)
                if gains:
                    self._gains[f"{term} in {name}"] = gains

    def of(self, number: int) -> list[tuple[str, float]]:
        """Return what each word gave a document, the most first."""
        found = [(reason, gains[number]) for reason, gains in self._gains.items() if number in gains]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))
