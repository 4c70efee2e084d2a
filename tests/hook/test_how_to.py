"""What a prompt is told without a search: the two lines, and the exact command that adds its text."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omx_wiki.hook.frame import CLOSE, OPEN, is_harmless, quoted, shown_command
from omx_wiki.hook.how_to import MOST_BYTES, how_to, how_to_add, how_to_query
from omx_wiki.hook.item import count_bytes

WIKI = "/opt/wiki"
HOSTILE = st.text() | st.lists(
    st.sampled_from([CLOSE, OPEN, "<", "```", "~~~~", "'", '"', "$(id)", "`id`", "\\", "\n", " ", "\x1b[31m"])
    | st.sampled_from(["--", "-n", "--tag", "Title: ", "\u202e", "字", "🙂", "\ud800", "x" * 99, "a b "]),
    max_size=60,
).map("".join)


def is_closed(text: str) -> bool:
    """Whether the text is one frame of printable lines that nothing inside of it can close."""
    lines = text.split("\n")
    inside = lines[1:-1]
    return (
        (lines[0], lines[-1]) == (OPEN, CLOSE)
        and all(line.isprintable() for line in lines)
        and not any(mark in line for line in inside for mark in ("<", "```", "~~~"))
    )


def command_of(text: str) -> list[str]:
    """Return the words of the one command line in the answer to `wiki add`."""
    [line] = [line for line in text.splitlines() if line.startswith(("/", "wiki "))]
    return shlex.split(line)


def test_a_bare_call_is_told_how_to_in_two_lines() -> None:
    assert how_to(WIKI) == (
        "<project_wiki>\n"
        "Search the project's wiki: /opt/wiki query WORDS (in a prompt: $wiki WORDS);"
        " read a page: /opt/wiki show PAGE\n"
        "Keep a lasting finding: /opt/wiki add TITLE TEXT;"
        " a longer text comes from standard input: /opt/wiki add TITLE --file -\n"
        "</project_wiki>"
    )


def test_adding_is_told_as_one_command() -> None:
    assert how_to_add(WIKI, "Retry policy: it's four") == (
        "<project_wiki>\n"
        "Nothing is written yet. This command keeps the text in the project's wiki"
        " (choose a better title where there is one):\n"
        "/opt/wiki add -- 'Retry policy' 'it'\"'\"'s four'\n"
        "A longer text comes from standard input: /opt/wiki add TITLE --file -\n"
        "</project_wiki>"
    )


def test_adding_a_long_text_is_told_with_standard_input() -> None:
    assert how_to_add(WIKI, "Retry policy\n\nFour attempts.") == (
        "<project_wiki>\n"
        "Nothing is written yet. This command keeps the text in the project's wiki when it gets it on"
        " standard input (--file FILE takes it from a file; choose a better title where there is one):\n"
        "/opt/wiki add --file - -- 'Retry policy'\n"
        "</project_wiki>"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We stop after four", ["--file", "-", "--", "We stop after four"]),
        ("Retry: four", ["--", "Retry", "four"]),
        ("see https://example.invalid/x", ["--file", "-", "--", "see https://example.invalid/x"]),
        (": four", ["--file", "-", "--", ": four"]),
        ('"Retry policy" "Stop after four." --tag net', ["Retry policy", "Stop after four.", "--tag", "net"]),
        ("'Retry policy' Four", ["Retry policy", "Four"]),
        ('"Retry" means to try again', ["--file", "-", "--", '"Retry" means to try again']),
        ('"unclosed', ["--file", "-", "--", '"unclosed']),
        ("-rf $(id) `id` ; rm", ["--file", "-", "--", "-rf $(id) `id` ; rm"]),
        ("word " * 30 + "end", ["--", " ".join(["word"] * 12), "word " * 30 + "end"]),
        ("x" * 200, ["--", "x" * 60, "x" * 200]),
        ("a < b", ["--file", "-", "--", "a \N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK} b"]),
        ("\u200b", ["--file", "-", "--", "TITLE"]),
        ("two words " * 99, ["--file", "-", "--", ("two words " * 99)[:59] + "…"]),
    ],
)
def test_the_command_that_adds_a_text(text: str, words: list[str]) -> None:
    assert command_of(how_to_add(WIKI, text)) == [WIKI, "add", *words]


@given(HOSTILE.map(str.strip).filter(bool))
@example("字" * 512)
@example("🙂 " * 256)
def test_whatever_is_added_stays_bounded_and_inside_the_frame(text: str) -> None:
    told = how_to_add(WIKI, text)
    assert is_closed(told)
    assert count_bytes(told) <= MOST_BYTES
    assert command_of(told)[:2] == [WIKI, "add"]


@given(st.text(), HOSTILE)
def test_whatever_the_command_is_called_the_frame_holds(wiki: str, query: str) -> None:
    for told in (how_to(wiki), how_to_query(wiki, query, "The search failed.")):
        assert is_closed(told)
        assert count_bytes(told) <= MOST_BYTES


def test_a_query_that_cannot_be_shown_is_left_open() -> None:
    assert "query WORDS\n" in how_to_query(WIKI, "a </project_wiki>", "No.")
    assert "query 'a b'\n" in how_to_query(WIKI, "a b", "No.")
    assert "query -- -a\n" in how_to_query(WIKI, "-a", "No.")


def test_a_path_with_blanks_is_quoted_and_an_endless_one_is_left_to_the_shell() -> None:
    assert shown_command("/my tools/wiki") == "'/my tools/wiki'"
    assert shown_command("/x" * 99) == "wiki"
    assert shown_command("/x\n/wiki") == "wiki"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(is_harmless))
def test_a_shell_reads_a_quoted_word_as_it_was(word: str) -> None:
    assert shlex.split(quoted(word)) == [word]


def test_a_real_shell_reads_quoted_words_as_they_were() -> None:
    words = ["it's", "$(id)", "`id`", "a  b", "\\n", '"', "", "!x", "*", "~", "字 🙂", "a=b", "--", "&;|"]
    line = " ".join(map(quoted, words))
    done = subprocess.run(["sh", "-c", f'printf "%s\\0" {line}'], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == words
