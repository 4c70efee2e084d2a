"""Rank the pages that match: by their terms first, then the best of them by passages, nearness and priors."""

from __future__ import annotations

from omx_wiki.search.coverage import Coverage
from omx_wiki.search.passages import PassageReader
from omx_wiki.search.priors import newest, prior
from omx_wiki.search.scoring import page_scores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.entry import Entry
    from omx_wiki.search.page_words import Passage
    from omx_wiki.search.resolving import Resolved

_READ_AT_LEAST = 50
_EQUAL = 1e-6


class Ranked:
    """A document in its place.

    Attributes:
        score: the whole of it.
        passage: the best one.
        reasons: what the score is made of, with what each gives.
    """

    __slots__ = ("entry", "number", "passage", "reasons", "score")

    def __init__(
        self, number: int, entry: Entry, passage: Passage, reasons: tuple[tuple[str, float], ...]
    ) -> None:
        self.number = number
        self.entry = entry
        self.passage = passage
        self.reasons = reasons
        *parts, factor = (value for _, value in reasons)
        self.score = sum(parts) * factor

    def rescored(self, reason: str, value: float) -> Ranked:
        """Return the same document with a score for one reason alone."""
        return Ranked(self.number, self.entry, self.passage, ((reason, value), ("nothing else", 1.0)))


def ranked(
    corpus: Corpus,
    resolved: Resolved,
    matching: Collection[int],
    limit: int,
    complete: Collection[int] | None = None,
) -> list[Ranked]:
    """Return the best of the matching documents, the best first.

    With `complete`, those of them that have every word, all are measured by how many words they have. Equal
    ones stand the newest first, then by name.
    """
    first = _candidates(corpus, resolved, matching, complete or (), max(_READ_AT_LEAST, limit))
    entries = {number: corpus.entry(number) for number in first}
    reader = PassageReader(corpus, resolved, first.keys())
    today = newest(entries.values())
    coverage = None if complete is None else Coverage(corpus, resolved, complete)
    found = []
    for number, score in first.items():
        passage_value, nearness, passage = reader.best(number, entries[number])
        reasons = [("words", score), ("best passage", passage_value), ("words close together", nearness)]
        if coverage:
            reasons += coverage.reasons(number, score + passage_value + nearness)
        reasons.append(("kind, confidence and age", prior(entries[number], today)))
        found.append(Ranked(number, entries[number], passage, tuple(reasons)))
    order = _in_order(corpus, [(each.score, each.number, each.entry) for each in found])
    return [found[at] for at in order[:limit]]


def _candidates(
    corpus: Corpus, resolved: Resolved, matching: Collection[int], complete: Iterable[int], count: int
) -> dict[int, float]:
    """Return the scores by terms alone: the `count` highest, and those of the complete documents."""
    scores = page_scores(corpus, resolved, resolved.weights(), among=matching)
    first = _highest([(scores.get(number, 0.0), number) for number in matching], count)
    if len(first) > count:
        order = _in_order(corpus, [(score, number, corpus.entry(number)) for score, number in first])
        first = [first[at] for at in order[:count]]
    return {number: score for score, number in first} | {
        number: scores.get(number, 0.0) for number in complete
    }


def _in_order(corpus: Corpus, scored: list[tuple[float, int, Entry]]) -> list[int]:
    """Return the places of the scored documents, the best first."""
    order = sorted(range(len(scored)), key=lambda at: corpus.slug(scored[at][1]))
    order.sort(key=lambda at: scored[at][2].updated, reverse=True)
    order.sort(key=lambda at: -round(scored[at][0], 6))
    return order


def _highest(scored: list[tuple[float, int]], count: int) -> list[tuple[float, int]]:
    """Return the `count` pairs of the highest scores and all that equal the last of them, in no order."""
    if len(scored) <= count:
        return scored
    least = sorted((score for score, _ in scored), reverse=True)[count - 1] - _EQUAL
    return [pair for pair in scored if pair[0] >= least]
