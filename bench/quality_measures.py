"""How good a ranked list is, by graded judgments: nDCG, recall and reciprocal rank.

Grades: 3 answers the query, 2 answers it in part, 1 is related; a page that is not judged has grade 0.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DEPTH = 10
ANSWERS = 2
_RECALL_DEPTH = 5


class Scores(NamedTuple):
    """What one ranked list is worth, or the mean over several; each from 0 to 1."""

    ndcg: float
    recall: float
    mrr: float


def scores(ranked: Sequence[str], grades: Mapping[str, int]) -> Scores:
    """Return the three measures of one ranked list of distinct pages."""
    return Scores(ndcg(ranked, grades), recall(ranked, grades), reciprocal_rank(ranked, grades))


def mean(several: Iterable[Scores]) -> Scores:
    """Return the mean of each measure, zeros for nothing."""
    rows = list(several)
    return (
        Scores(*(sum(column) / len(rows) for column in zip(*rows, strict=True))) if rows else Scores(0, 0, 0)
    )


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return nDCG@10 with the gain 2^grade - 1 and the discount log2(rank + 1)."""
    best = _discounted(sorted(grades.values(), reverse=True)[:DEPTH])
    return _discounted([grades.get(page, 0) for page in ranked[:DEPTH]]) / best if best else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return which part of the pages of grade 2 or 3 is among the first five."""
    answers = {page for page, grade in grades.items() if grade >= ANSWERS}
    return len(answers & set(ranked[:_RECALL_DEPTH])) / len(answers) if answers else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return 1 / rank of the first page of grade 2 or 3 among the first ten, 0 if there is none."""
    ranks = (rank for rank, page in enumerate(ranked[:DEPTH], 1) if grades.get(page, 0) >= ANSWERS)
    return 1 / next(ranks, float("inf"))


def best_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> int | None:
    """Return the rank of the first page that has the highest grade of all, None if it is not there."""
    highest = max(grades.values())
    return next((rank for rank, page in enumerate(ranked, 1) if grades.get(page) == highest), None)


def _discounted(gained: Sequence[int]) -> float:
    return sum(((1 << grade) - 1) / log2(rank + 1) for rank, grade in enumerate(gained, 1))
