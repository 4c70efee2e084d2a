"""The queries of the search benchmark keep their words, and a typo is a typo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search_queries import KINDS, fts5_match, query_sets, question, with_typo

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
THREE_WORDS = st.tuples(WORD, WORD, WORD).map(" ".join)


@given(THREE_WORDS)
def test_a_question_has_all_its_words(words: str) -> None:
    assert set(words.split()) <= set(question(words).rstrip("?").split())


@given(THREE_WORDS)
def test_a_typo_changes_one_word_at_most_and_loses_no_letter(words: str) -> None:
    mistyped = with_typo(words)
    assert len(mistyped.split()) == 3
    assert sum(one != other for one, other in zip(words.split(), mistyped.split(), strict=True)) <= 1
    assert sorted(mistyped) == sorted(words)


def test_a_typo_swaps_the_letters_before_the_last_of_the_longest_word() -> None:
    assert with_typo("worker retry of") == "worekr retry of"


def test_each_kind_of_query_is_there_and_rounds_take_turns() -> None:
    sets = query_sets(["one two three", "four five six"])
    assert tuple(queries.kind for queries in sets) == KINDS
    words = sets[0]
    assert [words.text(number) for number in range(3)] == ["one two three", "four five six", "one two three"]


def test_fts5_is_asked_for_any_of_the_words_without_the_question_mark() -> None:
    assert fts5_match("is it out?") == '"is" OR "it" OR "out"'
