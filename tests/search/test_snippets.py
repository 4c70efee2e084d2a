"""What of a page is shown, and which line leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.search.sentences import sentences_of
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path

WRAPPED = """# Queue

The first paragraph says nothing of it. Jobs that
fail go to the dead
letter queue, e.g. after a crash (cf. the
runbook). Dr. Who reads it; nobody else does.
A last sentence.

## Later

- item one is
  a zebra
- item two

| head | other |
|------|-------|
| cell | okapi |

```
code lemur
more code
```

Setext tapir
------------

> quoted gnu
> goes on
"""


def texts(body: str) -> list[str]:
    lines = body.split("\n")
    return [sentence.text for sentence in sentences_of(lines, 0, len(lines))]


@pytest.mark.parametrize(
    ("word", "line", "snippet"),
    [
        (
            "letter",
            5,
            (
                "Jobs that fail go to the dead letter queue, e.g. after a crash (cf. the runbook). "
                "Dr. Who reads it; nobody else does. A last sentence."
            ),
        ),
        ("zebra", 12, "item one is a zebra"),
        ("okapi", 17, "cell | okapi"),
        ("lemur", 20, "code lemur"),
        ("tapir", 24, "Setext tapir"),
        ("gnu", 27, "quoted gnu goes on"),
        ("later", 9, "Later"),
    ],
)
def test_a_snippet_is_of_whole_sentences_of_one_block(
    tmp_path: Path, word: str, line: int, snippet: str
) -> None:
    hit = Wiki(tmp_path / "one", {"queue": WRAPPED}).search(word).hits[0]
    assert (hit.line, hit.snippet.removeprefix("The first paragraph says nothing of it. ")) == (line, snippet)
    assert [hit.snippet[start:end].lower() for start, end in hit.marks] == [word]


def test_the_heading_that_is_the_title_is_not_shown(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "title", {"a": "# Zebra\n\nStripes all over.\n", "b": "# Okapi\n"})
    assert (wiki.search("zebra").hits[0].line, wiki.search("zebra").hits[0].snippet) == (
        3,
        "Stripes all over.",
    )
    assert wiki.search("okapi").hits[0].snippet == ""


def test_a_paragraph_over_the_end_of_a_passage_is_shown_in_whole_sentences(tmp_path: Path) -> None:
    body = "\n".join(f"filler{number} words that go on and on" for number in range(40))
    wiki = Wiki(tmp_path / "long", {"a": f"{body}. The zebra sleeps\nhere. Next\none.\n"})
    assert wiki.search("zebra").hits[0].snippet == "The zebra sleeps here. Next one."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One. Two! Three? (Four.) Five", ["One.", "Two!", "Three?", "(Four.)", "Five"]),
        ("See fig. 2 vs. No. 3, i.e. it etc. and so", ["See fig. 2 vs. No. 3, i.e. it etc. and so"]),
        ("As J. Doe said in 3. place; then", ["As J. Doe said in 3. place; then"]),
        ("Version 1.2.3 of foo.py. Next.", ["Version 1.2.3 of foo.py.", "Next."]),
        ("東京です。天気。Next", ["東京です。", "天気。", "Next"]),
        ("**Note:** a __bold one__ and **two\nlines**.", ["Note: a bold one and two lines."]),
        ("Use `**kwargs` and __init__ in src/**/x", ["Use `**kwargs` and __init__ in src/**/x"]),
        ("1. first\n2) second\n* [x] third", ["first", "second", "third"]),
        ("    indented code\n    more", ["indented code", "more"]),
        ("---\n***\n===\n\n```\n```", []),
    ],
)
def test_sentences(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


PIECES = st.sampled_from(
    [
        "alpha",
        "b.",
        "e.g.",
        "日本。",
        "**x",
        "y**",
        "__z__",
        "\n",
        "\n",
        "\n- ",
        "\n\n",
        "\n> ",
        "\n```\n",
        "\n# ",
        "|",
    ]
)


@given(st.lists(PIECES, max_size=30).map(" ".join), st.integers(0, 40), st.integers(0, 40))
def test_every_word_stands_on_the_line_that_is_told(body: str, first: int, last: int) -> None:
    lines = body.split("\n")
    for sentence in sentences_of(lines, first, last):
        at = 0
        for word in sentence.text.split(" "):
            assert word.strip("*_") in lines[sentence.line_at(at)]
            at += len(word) + 1
