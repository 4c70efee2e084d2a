from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from omx_wiki.hook.page_head import first_sentence, flat_front_matter, read_head, split_front_matter
from omx_wiki.hook.plain_text import MAX_SUMMARY

_WORDS = ("a", "key", "b c", "é", "漢", "\u200d", "~", "true", "1.10", "http://x", "=", "<<", "''")
_MARKS = (
    ":",
    ": ",
    " #",
    "#",
    "'",
    '"',
    "\\",
    "\\n",
    "\\u00e9",
    "[",
    "]",
    "{",
    ",",
    ", ",
    "- ",
    "-",
    "?",
    "!",
)
_ODD = (
    "&x",
    "*x",
    "|",
    ">",
    "%",
    "@",
    "`",
    "\n",
    "\n  ",
    " ",
    "  ",
    "\x85",
    "\t",
    "---",
    "...",
    "\n- ",
    ":\n",
)
_PIECES = st.sampled_from((*_WORDS, *_MARKS, *_ODD, "\n  - ", "\ud800", "\ufeff"))
_STARTS = st.sampled_from(["k: ", "k: ", "tags:", "a-b: [", "- ", "  - ", "# ", "", "é: ", "k:"])
_LINES = st.builds(lambda start, rest: start + "".join(rest), _STARTS, st.lists(_PIECES, max_size=6))
_BLOCKS = st.lists(_LINES, max_size=5).map("\n".join)
_PAGES = _BLOCKS.map(lambda block: f"---\n{block}\n---\n# H\n\ntext.".encode("utf-8", "replace"))


@settings(max_examples=1000)
@given(_BLOCKS)
@example('title: "a \\"b\\" \\u00e9" # c\ntags: [a, "b, c", \'it\'\'s\', ]\n\nlist:\n# x\n- 1\n-\n- "q"\n')
@example("a: b\n  c")
@example("t: [a?, b]")
@example("k: - a")
@example("k:\n- a\nb:\n  - a\n - b")
@example("k: 'a'b")
@example("k: [a, b]#c")
def test_the_flat_reader_agrees_with_yaml_wherever_it_answers(block: str) -> None:
    found = flat_front_matter(block)
    if found is None:
        return
    for loader in (yaml.BaseLoader, yaml.CBaseLoader):
        assert found == (yaml.load(block, Loader=loader) or {})


def test_the_flat_reader_reads_what_pages_really_use() -> None:
    block = (
        'title: "Say \\"hi\\": a\\\\b\\nc"\n# comment\ntags: [a, "b, c", \'it\'\'s\', d e] # why\n'
        "aliases:\n  - one # first\n  - 'two: 2'\n\nupdated: 2026-01-01T10:00:00.000Z\nempty:\nsources: []\n"
    )
    assert flat_front_matter(block) == {
        "title": 'Say "hi": a\\b\nc',
        "tags": ["a", "b, c", "it's", "d e"],
        "aliases": ["one", "two: 2"],
        "updated": "2026-01-01T10:00:00.000Z",
        "empty": "",
        "sources": [],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n---\nbody\n", ("title: x\n", "body\n", 4)),
        ("\ufeff---\r\ntitle: x\r\n---\r\nbody\r\n", ("title: x\n", "body\n", 4)),
        ("---\rtitle: x\r---\rbody", ("title: x\n", "body", 4)),
        ("---\ntitle: x\r\n--- \nbody", ("title: x\n", "body", 4)),
        ("---\ntitle: x\n---", ("title: x\n", "", 4)),
        ("---\n---\nbody", ("", "body", 3)),
        ("no front matter", (None, "no front matter", 1)),
        ("---\ntitle: x\nnever closed", (None, "---\ntitle: x\nnever closed", 1)),
        ("---\ntitle: ---x\n---x\n---\nb", ("title: ---x\n---x\n", "b", 5)),
        ("----\nx\n---\n", (None, "----\nx\n---\n", 1)),
        ("", (None, "", 1)),
        ("---", (None, "---", 1)),
    ],
)
def test_front_matter_is_split_off(text: str, expected: tuple[str | None, str, int]) -> None:
    assert split_front_matter(text) == expected


@given(st.text(st.sampled_from("-\n\r x:\ufeff"), max_size=40))
def test_splitting_loses_no_line(text: str) -> None:
    block, body, line = split_front_matter(text)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert body == "\n".join(lines[line - 1 :])
    assert (block is None) == (line == 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# Title\n\nThe *first* `x.y` sentence. The second.", "The first x.y sentence."),
        ("Title\n=====\n\nProse here", "Prose here"),
        ("```\ncode.\n```\n\n| a | b |\n|---|---|\n\n<!-- no. -->\n\n---\n\nProse.", "Prose."),
        ("[![badge](x)](y) ![i](z)\n\nSee [it](http://x/y_(z)) and [[page|alias]].", "See it and alias."),
        ("- [ ] first item\n- second", "first item"),
        ("- item\n\nReal prose wins.", "Real prose wins."),
        ("Title.\n\nMore than the title.", "More than the title."),
        ("title! Then this.", "Then this."),
        ("We use e.g. Redis 3.5 for this. Next.", "We use e.g. Redis 3.5 for this."),
        ("これは最初の文です。次の文。", "これは最初の文です。"),
        ("> Quoted words count.", "Quoted words count."),
        ("> [!NOTE]\n> Mind the gap.", "Mind the gap."),
        ("<div>\nText in html.\n</div>", "Text in html."),
        ("snake_case_name and 2 * 3 stay.", "snake_case_name and 2 * 3 stay."),
        ("    code by indent\n\nProse.", "Prose."),
        ("<!-- a\nb. c\n-->\nAfter.", "After."),
        ("# Only\n\n## Headings", ""),
        ("```\nnever closed", ""),
        ("", ""),
    ],
)
def test_the_summary_is_one_sentence_of_prose(body: str, expected: str) -> None:
    assert first_sentence(body, "Title") == expected


def test_a_long_summary_is_cut_at_a_word() -> None:
    summary = first_sentence("word " * 100, "T")
    assert summary.endswith("word…")
    assert len(summary) <= MAX_SUMMARY


@given(st.text(st.sampled_from("ab .!?\n#`*_[]()<>|-\\~。!\t\x1b"), max_size=300), st.text(max_size=5))
def test_a_summary_is_bounded_and_on_one_line(body: str, title: str) -> None:
    summary = first_sentence(body, title)
    assert len(summary) <= MAX_SUMMARY
    assert summary == " ".join(summary.split())
    assert "\x1b" not in summary


@given(st.binary(max_size=300) | _PAGES)
def test_a_head_is_read_from_any_bytes(raw: bytes) -> None:
    head = read_head(raw, "name")
    assert head.title
    assert "\n" not in head.title


def test_a_head_survives_front_matter_it_cannot_read_whole() -> None:
    raw = b"---\ntitle: Kept\nnested:\n  a: {b: c}\ntags:\n  - x\n---\n\n# Other\n\nSome prose."
    head = read_head(raw, "name")
    assert (head.title, head.tags, head.category) == ("Kept", ("x",), "reference")
    assert head.summary == "Some prose."


def test_the_title_comes_from_the_heading_then_from_the_name() -> None:
    assert read_head(b"```\n# no\n```\n## Second\n# First `x` #\n", "n").title == "First x"
    assert read_head(b"text", "n").title == "n"


def test_the_head_reader_imports_almost_nothing() -> None:
    path = next(p for p in sys.path if p.endswith("wiki"))
    program = (
        f"import sys; sys.path.insert(0, {path!r}); old = set(sys.modules)\n"
        "import omx_wiki.hook.page_head; print(*sorted(set(sys.modules) - old))"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    foreign = [name for name in done.stdout.split() if not name.startswith("omx_wiki")]
    assert set(foreign) <= {"__future__"}
