"""Words that mean nearly the same as those of a query."""

from __future__ import annotations

import pytest

from omx_wiki.search.analysis import terms
from omx_wiki.search.synonyms import _ENTRIES, synonyms
from search.wiki_of_pages import Wiki

ENTRIES = dict(entry.split(": ") for entry in " ".join(_ENTRIES.split()).rstrip(";").split("; "))


def test_every_entry_is_found_by_its_word() -> None:
    for word, others in ENTRIES.items():
        found = synonyms(terms(word)[0])
        assert [terms(other)[0] for other in others.split()] == found, word


def test_no_word_stands_for_itself() -> None:
    for word in ENTRIES:
        found = synonyms(terms(word)[0])
        assert terms(word)[0] not in found, word
        assert len(set(found)) == len(found), word


@pytest.mark.parametrize("term", ["", "zebra", "i", "abort:", "cancel interrupt", ";"])
def test_other_terms_have_none(term: str) -> None:
    assert synonyms(term) == []


def test_a_page_in_other_words_is_found_and_said_to_be_so(searched: Wiki) -> None:
    searched.write("purge", "Purge the records.\n")
    results = searched.search("erasing")
    assert (results.hits[0].page, results.relaxed) == ("purge", True)
    assert results.notes == ("no page has these words; searched for words that mean nearly the same",)
    hit = results.hits[0]
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Purge"]


def test_typed_words_come_before_others(searched: Wiki) -> None:
    searched.write("purge", "# Purge\n\nPurge, purge and delete: purge.\n")
    searched.write("erase", f"{'Something else. ' * 90} Erase it.\n")
    results = searched.search("erase")
    assert [hit.page for hit in results.hits] == ["erase", "purge"]
    assert (results.relaxed, results.notes) == (False, ())


def test_five_pages_with_the_typed_word_are_enough(searched: Wiki) -> None:
    searched.write("purge", "# Purge\n\nPurge.\n")
    for number in range(5):
        searched.write(f"erase-{number}", "Erase it.\n")
    assert "purge" not in searched.found("erase")


def test_unwanted_words_and_conditions_hold_for_other_words_too(searched: Wiki) -> None:
    searched.write("purge", "Purge the zebra.\n")
    searched.write("delete", "---\ntitle: D\ntags: [ops]\n---\nDelete it.\n")
    assert searched.found("erase -zebra") == ["delete"]
    assert searched.found("erase tag:ops") == ["delete"]


def test_an_explanation_names_the_other_word(searched: Wiki) -> None:
    searched.write("purge", "Purge the records.\n")
    words = searched.search("erase", explain=True).hits[0].words
    assert {reason for reason, _ in words} == {"purg in title", "purg in body"}


def test_a_pasted_message_is_searched_as_it_is(searched: Wiki) -> None:
    searched.write("purge", "Purge the records.\n")
    message = " ".join(f"word{number}" for number in range(10))
    assert (searched.found(f"{message} erase"), searched.found("erase")) == ([], ["purge"])
