"""Whatever is typed, search answers or says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omx_wiki.errors import InvalidInputError
from omx_wiki.search.request import MAX_TERMS, MAX_UNWANTED, parse_request
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path

SCRAPS = st.sampled_from(
    [
        *(
            "retry",
            "AND",
            "OR",
            "NOT",
            "title:",
            "(",
            ")",
            "[a TO b]",
            "~2",
            "^9",
            "*",
            "c*",
            "ret*",
            "**",
            "?",
        ),
        *("'", '"', "-", "--", "-retry", '-"a b"', "\\", "/", "{", "}", "\0", "\x1b[31m", "\ud800", "日本"),
        *("a" * 200, "x_" * 100),
    ]
)
SCRAPPY = st.lists(SCRAPS, max_size=12)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(), SCRAPPY.map(" ".join), SCRAPPY.map("".join)))
def test_any_text_is_answered(searched: Wiki, text: str) -> None:
    if not text.strip():
        with pytest.raises(InvalidInputError):
            searched.search(text)
        return
    results = searched.search(text)
    assert results.total >= len(results.hits)
    for hit in results.hits:
        assert len(hit.snippet) <= 200
        assert hit.snippet.isprintable()
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)


@pytest.mark.parametrize(
    "text", ["word " * 3000, "a" * 10_000, "(" * 3000 + ")" * 3000, "* " * 3000, '"' * 999]
)
def test_long_texts_are_cut(searched: Wiki, text: str) -> None:
    parsed = parse_request(text)
    assert len(parsed.wanted) <= MAX_TERMS
    cut = "the query was cut to 512 characters; all that stood behind was left out"
    assert cut in searched.search(text).notes


def test_more_words_than_the_cap_are_reported() -> None:
    parsed = parse_request(" ".join(f"w{number}x" for number in range(50)))
    assert len(parsed.wanted) == MAX_TERMS
    assert parsed.notes == [f"only the first {MAX_TERMS} words were searched"]


def test_excluded_words_and_conditions_stay_whatever_the_number_of_words() -> None:
    parsed = parse_request(" ".join(f"w{number}x" for number in range(40)) + ' -rf -"dead zone" tag:x')
    assert [clause.text for clause in parsed.unwanted] == ["rf", "dead zone"]
    assert len(parsed.wanted) == MAX_TERMS - 2
    assert parsed.conditions
    assert parsed.notes == [f"only the first {MAX_TERMS - 2} words were searched"]


def test_a_text_is_not_cut_inside_of_a_word() -> None:
    parsed = parse_request("zebra " + "ab " * 166 + "-excluded")
    assert [clause.text for clause in parsed.unwanted] == []
    assert {clause.text for clause in parsed.wanted} == {"zebra", "ab"}


def test_an_excluded_phrase_that_is_cut_excludes_nothing() -> None:
    parsed = parse_request("zebra " + "ab " * 166 + '-"dead zone"')
    assert {clause.text for clause in parsed.wanted} == {"zebra", "ab"}
    assert parsed.unwanted == []


def test_more_excluded_words_than_the_cap_are_reported() -> None:
    parsed = parse_request("zebra " + " ".join(f"-w{number}x" for number in range(20)))
    assert len(parsed.unwanted) == MAX_UNWANTED
    assert parsed.notes == [f"only the first {MAX_UNWANTED} excluded words count"]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ('KeyError: "carrier_files in /app/x.py: file', "KeyError carrier_files /app/x.py file"),
        ('"dead letter" "queue of', '"dead letter" queue of'),
        ('retry -"dead', "retry -dead"),
        ('tag:"x zebra', "tag:x zebra"),
    ],
)
def test_a_quote_that_is_never_closed_makes_no_phrase(text: str, read_as: str) -> None:
    parsed, expected = parse_request(text), parse_request(read_as)
    assert (parsed.wanted, parsed.unwanted) == (expected.wanted, expected.unwanted)
    assert bool(parsed.conditions) == bool(expected.conditions)


def test_control_characters_of_a_page_do_not_reach_the_snippet(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "odd", {"odd": "zebra \x1b[31mred\x07 \u202eback\u2066 end\n"})
    assert wiki.search("zebra").hits[0].snippet == "zebra [31mred back end"
