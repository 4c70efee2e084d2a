"""The measures against values worked out by hand."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_measures import Scores, best_rank, mean, ndcg, recall, reciprocal_rank, scores

GRADES = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(1, 3), min_size=1)


def test_the_only_right_page_on_the_first_rank_is_worth_everything() -> None:
    assert scores(["a", "x", "y"], {"a": 3}) == Scores(1, 1, 1)


def test_ndcg_falls_with_the_logarithm_of_the_rank() -> None:
    assert ndcg(["x", "a"], {"a": 3}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["x", "y", "a"], {"a": 3}) == pytest.approx(0.5)


def test_ndcg_gains_seven_three_and_one_for_the_grades() -> None:
    found = 1 + 7 / log2(3) + 3 / log2(5)
    best = 7 + 3 / log2(3) + 1 / 2
    assert ndcg(["low", "high", "other", "middle"], {"high": 3, "middle": 2, "low": 1}) == pytest.approx(
        found / best
    )


def test_ndcg_sees_nothing_below_the_tenth_rank() -> None:
    fillers = [f"x{number}" for number in range(9)]
    assert ndcg([*fillers, "a"], {"a": 1}) == pytest.approx(1 / log2(11))
    assert ndcg([*fillers, "x9", "a"], {"a": 1}) == 0


def test_recall_counts_answers_among_the_first_five_only() -> None:
    grades = {"a": 3, "b": 2, "c": 2, "d": 1}
    assert recall(["x", "a", "d", "y", "b", "c"], grades) == pytest.approx(2 / 3)


def test_reciprocal_rank_waits_for_a_page_that_answers() -> None:
    assert reciprocal_rank(["d", "x", "b", "a"], {"a": 3, "b": 2, "d": 1}) == pytest.approx(1 / 3)
    assert reciprocal_rank([*"0123456789", "a"], {"a": 3}) == 0


def test_an_empty_list_is_worth_nothing() -> None:
    assert scores([], {"a": 3}) == Scores(0, 0, 0)


def test_the_best_rank_is_that_of_the_highest_grade_given() -> None:
    assert best_rank(["b", "x", "a"], {"a": 3, "b": 2}) == 3
    assert best_rank(["x", "b"], {"b": 2}) == 2
    assert best_rank(["b"], {"a": 3, "b": 2}) is None


def test_means_are_taken_of_each_measure() -> None:
    assert mean([Scores(1, 0.5, 0), Scores(0, 0.5, 1)]) == Scores(0.5, 0.5, 0.5)
    assert mean([]) == Scores(0, 0, 0)


@given(GRADES, st.permutations("abcdefghijklmnopqrst"))
def test_no_order_is_better_than_that_of_the_grades(grades: dict[str, int], ranked: list[str]) -> None:
    ideal = sorted(grades, key=grades.__getitem__, reverse=True)
    assert ndcg(ideal, grades) == pytest.approx(1)
    assert 0 <= ndcg(ranked, grades) <= 1 + 1e-9
