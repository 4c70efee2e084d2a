"""The best passage of a page: it adds to the page's score and gives the hit its line and snippet."""

from __future__ import annotations

from omx_wiki.search.entry import passages_of
from omx_wiki.search.page_words import BODY, PASSAGE_WORDS, TITLE, Passage
from omx_wiki.search.scoring import rarity, saturation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import TypeVar

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.entry import Entry
    from omx_wiki.search.resolving import Resolved

    T = TypeVar("T")

_NEAR = 8
_PROXIMITY = 1.0


class PassageReader:
    """Reads where the terms of one query stand in some documents."""

    def __init__(self, corpus: Corpus, resolved: Resolved, numbers: Collection[int]) -> None:
        """Look the terms up in the given documents."""
        self._corpus = corpus
        self._values: dict[str, float] = {}
        self._places: dict[str, int] = {}
        self._positions: dict[str, dict[int, Sequence[int]]] = {}
        self._in_title: dict[str, dict[int, int]] = {}
        for place, clause in enumerate(resolved.clauses):
            for term in clause.terms:
                self._places.setdefault(term, place)
        for term, (place, _) in resolved.synonyms.items():
            self._places.setdefault(term, place)
        for term, weight in resolved.weights().items():
            found = resolved.occurrences(term)
            having = sum(each.having(BODY) for each in found)
            self._values[term] = weight * rarity(len(corpus), having)
            self._positions[term] = _joined(each.positions(numbers) for each in found)
            self._in_title[term] = _joined(each.counts_in(TITLE, numbers) for each in found)

    def best(self, number: int, entry: Entry) -> tuple[float, float, Passage]:
        """Return what the best passage of a document and nearness add to its score, and the passage."""
        found = {
            term: positions
            for term, by_document in self._positions.items()
            if (positions := by_document.get(number))
        }
        title = {term: counts[number] for term, counts in self._in_title.items() if number in counts}
        title_length = self._corpus.length(number, TITLE)
        present = [
            (worth, title.get(term, 0), found.get(term, ()))
            for term, worth in self._values.items()
            if term in found or term in title
        ]
        best, best_value = None, -1.0
        for passage in passages_of(entry) or [Passage(0, 0, 0, 0)]:
            value = _value(passage, present, title_length)
            if value > best_value:
                best, best_value = passage, value
        assert best is not None  # noqa: S101 - there is always one
        return best_value, self._nearness(found), best

    def _nearness(self, found: Mapping[str, Sequence[int]]) -> float:
        """Return a bonus for neighbours in the query that stand near each other in the text."""
        last: dict[int, tuple[int, str]] = {}
        pairs: dict[tuple[int, int], tuple[int, float]] = {}
        for at, term in sorted((at, term) for term, positions in found.items() for at in positions):
            place = self._places[term]
            for other in (place - 1, place + 1):
                if other in last and at - last[other][0] <= _NEAR:
                    pair = (min(place, other), max(place, other))
                    value = min(self._values[term], self._values[last[other][1]])
                    pairs[pair] = (pairs.get(pair, (0, 0.0))[0] + 1, value)
            last[place] = (at, term)
        return sum(_PROXIMITY * value * count * 2.2 / (count + 1.2) for count, value in pairs.values())


def _value(passage: Passage, present: list[tuple[float, int, Sequence[int]]], title_length: int) -> float:
    """Return what a passage is worth; the title and its heading count as if they stood in it.

    Of each term present are given what it tells, how often the title has it, and where in the text it stands.
    """
    start, end, heading_start, heading_end = (
        passage.start,
        passage.end,
        passage.heading_start,
        passage.heading_end,
    )
    relative = (title_length + heading_end - heading_start + end - start) / PASSAGE_WORDS
    value = 0.0
    for worth, count, positions in present:
        for at in positions:
            if start <= at < end or heading_start <= at < heading_end:
                count += 1  # noqa: PLW2901 - of this term
        if count:
            value += worth * saturation(count, relative)
    return value


def _joined(several: Iterable[Mapping[int, T]]) -> dict[int, T]:
    return {number: value for each in several for number, value in each.items()}
