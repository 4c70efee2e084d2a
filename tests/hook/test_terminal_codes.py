"""Escape sequences of terminals leave nothing behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook.item import clean
from omx_wiki.hook.page_head import read_head
from omx_wiki.hook.plain_text import plain_text
from omx_wiki.hook.terminal_codes import has_codes, without_codes

SEQUENCES = (
    *("\x1b[31m", "\x1b[0m", "\x1b[38;5;208m", "\x1b[2K", "\x1b[?25l", "\x9b1m", "\x1b(B", "\x1b7", "\x1b"),
    *(
        "\x1b]0;title\x07",
        "\x1b]8;;http://x.example/a b\x1b\\",
        "\x1b]8;;\x1b\\",
        "\x9d0;t\x9c",
        "\x1bPq#0\x1b\\",
    ),
)


@given(
    st.lists(st.sampled_from(SEQUENCES), max_size=10),
    st.lists(st.sampled_from(SEQUENCES), min_size=1, max_size=10),
)
def test_only_the_words_between_sequences_are_left(before: list[str], after: list[str]) -> None:
    text = f"{''.join(before)} red {''.join(after)} green"
    assert without_codes(text).split() == ["red", "green"]
    assert plain_text(text) == clean(text, 100) == "red green"
    assert has_codes(text)


@given(st.text(max_size=80))
def test_a_text_without_sequences_is_left_alone(text: str) -> None:
    assert has_codes(text) or without_codes(text) == text
    assert not has_codes(without_codes(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31", ""),
        ("\x1b]8;;http://x.example and more", " and more"),
        ("\x1b[日本", " 日本"),
        ("a\x1b", "a "),
    ],
)
def test_a_sequence_without_its_end_takes_no_words_along(text: str, left: str) -> None:
    assert without_codes(text).split() == left.split()


def test_titles_and_summaries_of_pages_keep_no_rubble() -> None:
    link = "\x1b]8;;http://x.example\x1b\\the \x1b[1mmanual\x1b[0m\x1b]8;;\x1b\\"
    page = f"# A \x1b[31mred\x1b[0m lamp\n\nSee {link} first.\n"
    head = read_head(page.encode(), "lamp")
    assert (head.title, head.summary) == ("A red lamp", "See the manual first.")
    head = read_head(b"---\ntitle: A \x1b[31mred\x1b[0m lamp\n---\n", "lamp")
    assert "[31m" not in head.title
