"""Rank pages: a sum over fields of BM25, each field with its own document frequencies.

The constants were found on six public sets of documentation and questions, then on judged sets of ours; see
the project's notes on search.
"""

from __future__ import annotations

from math import log

from omx_wiki.search.page_words import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.occurrences import Occurrences
    from omx_wiki.search.resolving import Resolved

FIELD_WEIGHTS = (0.75, 0.5, 0.5, 0.3, 0.0, 1.0)
K1 = 1.6
B = 0.75
_SHORTEST = 0.01
_CHEAPER = 8
"""Looking a document up costs as much as going over so many."""


def rarity(pages: int, having: int) -> float:
    """Return how much a term tells that `having` of `pages` pages have."""
    return log(1 + (pages - having + 0.5) / (having + 0.5))


def saturation(count: float, relative_length: float) -> float:
    """Return what `count` occurrences are worth in a text `relative_length` times as long as the average."""
    return count * (K1 + 1) / (count + K1 * (1 - B + B * relative_length))


def page_scores(
    corpus: Corpus,
    resolved: Resolved,
    weights: Mapping[str, float],
    *,
    among: Collection[int],
    only: int | None = None,
) -> dict[int, float]:
    """Return the scores of documents for the weighted terms that they have, in one field with `only`.

    At least those of `among` are scored; others may be, where leaving them out would cost more.
    """
    scores: dict[int, float] = {}
    for term, weight in weights.items():
        found = resolved.occurrences(term)
        for field in range(len(FIELDS)) if only is None else (only,):
            having = sum(each.having(field) for each in found) if FIELD_WEIGHTS[field] else 0
            if having:
                factor = weight * FIELD_WEIGHTS[field] * rarity(len(corpus), having) * (K1 + 1)
                for each in found:
                    _add(scores, each, field, factor, max(corpus.averages[field], _SHORTEST), among)
    return scores


def _add(
    scores: dict[int, float],
    found: Occurrences,
    field: int,
    factor: float,
    average: float,
    among: Collection[int],
) -> None:
    """Add what one term in one field is worth."""
    column = found.column(field)
    if not column:
        return
    lengths, base = found.segment.lengths[field], found.base
    least, slope = K1 * (1 - B), K1 * B / average
    pairs: Iterable[tuple[int, int]] = zip(found.documents, column, strict=True)
    if len(among) * _CHEAPER < len(column):
        pairs = ((number - base, count) for number, count in found.counts_in(field, among).items())
    for document, count in pairs:
        if count:
            gain = factor * count / (count + least + slope * lengths[document])
            number = base + document
            scores[number] = scores.get(number, 0.0) + gain
