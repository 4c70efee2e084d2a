"""Corrections, decisions and titles are taken from what was said outright."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.journal.keep import Keeper
from omx_wiki.journal.statements import MAX_TITLE, decisions, is_correction, title_of


@pytest.mark.parametrize(
    "prompt",
    [
        "no, use the other one",
        "No. Use tabs",
        "wait",
        "That's wrong",
        "that\u2019s not what I meant",
        "revert it",
        "Undo the last change",
        "I said two spaces",
        "you forgot the tests",
    ],
)
def test_corrections_are_recognised(prompt: str) -> None:
    assert is_correction(prompt)


@pytest.mark.parametrize(
    "prompt",
    ["now add tests", "Nothing else", "no problem, go on", "note the time", "Waiting list page", "ok"],
)
def test_other_prompts_are_no_corrections(prompt: str) -> None:
    assert not is_correction(prompt)


@pytest.mark.parametrize(
    "line",
    [
        "Decision: use SQLite",
        "- **Decision**: use SQLite",
        "Decision (storage): use SQLite",
        "Decided to use SQLite",
        "We will use SQLite.",
        "We'll use SQLite.",
        "Chose SQLite over Postgres",
    ],
)
def test_explicit_decisions_are_told(line: str) -> None:
    assert decisions(f"Some words.\n{line}\nmore") == [line]


@pytest.mark.parametrize(
    "text",
    [
        "I think we will see",
        "The decision is open",
        "Undecided: storage",
        "```\nDecision: in code\n```",
        "We chosen",
    ],
)
def test_nothing_is_inferred(text: str) -> None:
    assert decisions(text) == []


@pytest.mark.parametrize(
    ("prompts", "title"),
    [
        (["hi", "/clear", "Fix the lamp. Then test it."], "Fix the lamp"),
        (["hi"], "hi"),
        ([], ""),
        (["# Task\nwords"], "Task"),
        (["  \n- fix   `a.py` **now**"], "fix a.py now"),
        (["x" * 100], "x" * 71 + "…"),
    ],
)
def test_titles_are_the_first_sentence_with_substance(prompts: list[str], title: str) -> None:
    assert title_of(prompts) == title


@given(st.lists(st.text(max_size=200), max_size=3))
def test_titles_are_short_and_on_one_line(prompts: list[str]) -> None:
    title = title_of(prompts)
    assert len(title) <= MAX_TITLE
    assert "\n" not in title


@given(st.text(max_size=9000), st.integers(1, 5000))
def test_kept_text_is_bounded_and_can_be_written(raw: str, limit: int) -> None:
    kept = Keeper(lambda text: text).text(raw, limit)
    assert len(kept) <= limit
    kept.encode("utf-8")
    assert not set(kept) & set("\x00\x1b\u202e\x7f")


def test_a_secret_across_the_cut_is_cleaned_whole() -> None:
    secret = "tok_" + "9" * 60
    keeper = Keeper(lambda text: text.replace(secret, "[redacted]"))
    for start in range(70):
        assert "tok_" not in keeper.text("a" * (100 - start) + secret + " more words", 100)


def test_terminal_escapes_leave_no_trace() -> None:
    assert Keeper(str).text("\x1b[31mred\x1b[0m \x1b]0;title\x07plain\r\n", 50) == "red plain"


def test_a_full_list_keeps_its_first_and_last_entries() -> None:
    keeper = Keeper(str)
    entries: list[int] = []
    for number in range(100):
        keeper.push("numbers", entries, number, 20)
    assert (entries[0], entries[-1], len(entries)) == (0, 99, 20)
    assert keeper.cut == {"numbers": 80}
