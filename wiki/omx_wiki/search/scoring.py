"""Rank pages: a sum over fields of BM25, each field with its own document frequencies.

The constants were found on six public sets of documentation and questions; see the project's notes on search.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from omx_wiki.search.fields import FIELD_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.fresh import Counts

K1 = 1.6
B = 0.75


def rarity(pages: int, having: int) -> float:
    """Return how much a term tells that `having` of `pages` pages have."""
    return log(1 + (pages - having + 0.5) / (having + 0.5))


def saturation(count: float, relative_length: float) -> float:
    """Return what `count` occurrences are worth in a text `relative_length` times as long as the average."""
    return count * (K1 + 1) / (count + K1 * (1 - B + B * relative_length))


def page_scores(
    corpus: Corpus, counts: Mapping[str, Counts], weights: Mapping[str, float]
) -> dict[str, float]:
    """Return the score of every page that has any of the weighted terms."""
    averages = [max(average, 0.01) for average in corpus.average_lengths()]
    entries = corpus.entries
    scores: dict[str, float] = {}
    for term, weight in weights.items():
        for at, found in enumerate(counts[term]):
            factor = weight * FIELD_WEIGHTS[at] * rarity(len(corpus), len(found)) * (K1 + 1)
            base, slope = K1 * (1 - B), K1 * B / averages[at]
            for slug, count in found.items():
                gain = factor * count / (count + base + slope * entries[slug].lengths[at])
                scores[slug] = scores.get(slug, 0.0) + gain
    return scores
