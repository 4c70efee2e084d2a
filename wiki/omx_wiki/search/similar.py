"""What a page is about, in the terms of the index: the query that finds its relatives."""

from __future__ import annotations

from omx_wiki.search.page_words import ALIASES, FIELDS, HEADINGS, TAGS, TITLE, PageTerms, PageWords
from omx_wiki.search.request import Clause
from omx_wiki.search.scoring import rarity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.pages.page import Page
    from omx_wiki.search.corpus import Corpus

_MOST_TERMS = 24
_FIELD_VALUES = {TITLE: 3.0, ALIASES: 2.0, TAGS: 3.0, HEADINGS: 1.5}
_SHORTEST = 3
_BODY_CAP = 5


def clauses_like(page: Page, corpus: Corpus) -> list[Clause]:
    """Return the terms that tell most about a page, weighted; each stands in another page too.

    Numbers and very short words are left out: they are rare by accident.
    """
    words = PageTerms(PageWords(page))
    values: dict[str, float] = {}
    for term in words.all():
        having = sum(len(found.documents) for found in corpus.occurrences(term))
        if len(term) >= _SHORTEST and having > 1 and not any(char.isdigit() for char in term):
            values[term] = _importance(term, words) * rarity(len(corpus), having)
    best = sorted(values, key=lambda term: (-values[term], term))[:_MOST_TERMS]
    highest = values[best[0]] if best else 1.0
    return [Clause(term, ((term,),), weight=values[term] / highest) for term in best]


def _importance(term: str, words: PageTerms) -> float:
    """Return how much a page makes of a term, wherever it stands."""
    counts = words.counts.get(term, bytes(len(FIELDS)))
    special = sum(value for field, value in _FIELD_VALUES.items() if counts[field])
    in_body = min(len(words.positions.get(term, ())), _BODY_CAP)
    return special + float(in_body**0.5)
