"""Which prompts call the wiki, and what they ask."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omx_wiki.hook.routing import ADD, HELP, MOST_QUERY_CHARACTERS, QUERY, query_of, route

_CALL = re.compile(r"\s*(?i:\$wiki|wiki\s+(?:query|add))(?:\s|\Z)")
_WORDS = st.sampled_from(
    ["$wiki", "$Wiki", "wiki", "WIKI", "query", "Query", "add", "wiki's", "$wikis", "$", "queries", "x", "-"]
)
_BLANKS = st.sampled_from([" ", "  ", "\t", "\n", "\r\n", " \n\t", "\u3000", "\xa0", "", ":", "\x00"])
PROMPTS = st.text() | st.lists(st.tuples(_BLANKS, _WORDS)).map(lambda pairs: "".join(map("".join, pairs)))


@given(PROMPTS)
@example("wiki queryx")
@example("$wikiquery x")
@example("\ufeff$wiki x")
def test_only_a_prompt_that_starts_with_the_calling_words_is_routed(prompt: str) -> None:
    assert (route(prompt) is not None) == bool(_CALL.match(prompt))


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "   ",
        "Tell me about the wiki query command.",
        "The wiki add command fails; why?",
        "wiki",
        "wiki pages are stale, update them",
        "wiki queries are slow",
        "wiki-query x",
        "wikiquery x",
        "wiki query: x",
        "$wikipedia x",
        "$omx-wiki:wikis x",
        "omx-wiki query x",
        "$wiki: x",
        "$ wiki x",
        "`wiki query x` prints nothing",
        "omx wiki query x",
    ],
)
def test_prose_about_wikis_is_not_routed(prompt: str) -> None:
    assert route(prompt) is None


def test_no_prompt_is_not_routed() -> None:
    assert route(None) is None


@pytest.mark.parametrize(
    ("prompt", "kind", "text"),
    [
        ("$wiki", HELP, ""),
        (" \n$wiki \n", HELP, ""),
        ("wiki query", HELP, ""),
        ("$wiki add ", HELP, ""),
        ("$wiki query how often", QUERY, "how often"),
        ("$wiki how  often\n", QUERY, "how  often"),
        ("$wiki lint", QUERY, "lint"),
        ("$omx-wiki how often", QUERY, "how often"),
        ("$Omx-Wiki:wiki add a b", ADD, "a b"),
        ("wiki query how often", QUERY, "how often"),
        ("  Wiki \t\nQUERY\n\nHow often", QUERY, "How often"),
        ("wiki\u3000query\u3000再試行", QUERY, "再試行"),
        ("$WIKI ADD Retry: four", ADD, "Retry: four"),
        ("wiki add one\n\ntwo ", ADD, "one\n\ntwo"),
        ("$wiki queryx", QUERY, "queryx"),
        ("$wiki one\n\ntwo", QUERY, "one\n\ntwo"),
    ],
)
def test_what_a_prompt_asks(prompt: str, kind: str, text: str) -> None:
    found = route(prompt)
    assert found is not None
    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("how  often", "how often"),
        ("how\noften\r\ndo we", "how often do we"),
        ("retry policy\n\nThen fix the bug.", "retry policy"),
        ("retry policy\n \t \nThen fix the bug.", "retry policy"),
        ("\x1b[31mred\x00\u202eeyes", "[31mred eyes"),
        ("\u200b\x01", ""),
        ("\n\nlate", "late"),
    ],
)
def test_the_query_is_the_first_paragraph_on_one_line(text: str, query: str) -> None:
    assert query_of(text) == query


@given(st.text() | st.text().map(lambda text: text * 999))
def test_a_query_is_bounded_and_prints(text: str) -> None:
    query = query_of(text)
    assert len(query) <= MOST_QUERY_CHARACTERS + 1
    assert query.isprintable()
    assert query.rstrip() == " ".join(query.split())
