"""Segments in files are those in memory, whatever was added, deleted and merged before."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omx_wiki.search.entry import entry_of, passages_of
from omx_wiki.search.memory_segment import MemorySegment
from omx_wiki.search.page_words import PASSAGE_WORDS, PageWords
from omx_wiki.search.postings import SMALL_FIELDS, DamagedError, decode, encode
from omx_wiki.search.shelf import Shelf
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = st.one_of(st.integers(0, 300), st.integers(60_000, 70_000), st.integers(0, 2**32 - 1))
ROWS = st.lists(
    st.tuples(st.binary(min_size=SMALL_FIELDS, max_size=SMALL_FIELDS), st.lists(NUMBERS, max_size=4)),
    min_size=1,
    max_size=12,
)
WORDS = st.sampled_from(
    [
        "retry",
        "retries",
        "parse_config",
        "HttpError",
        "naïve",
        "東京都",
        "# Cache",
        "```",
        "`code`",
        "C++",
        "\n",
    ]
)
BODIES = st.lists(WORDS, max_size=30).map(" ".join)
STEPS = st.lists(
    st.dictionaries(st.sampled_from("abcdefghijklm"), st.none() | BODIES, min_size=1), max_size=5
)
names = count()


def counted(rows: list[tuple[bytes, list[int]]]) -> tuple[list[int], list[int]]:
    """Return how many positions each row has, and all of them."""
    return [len(each) for _, each in rows], [position for _, each in rows for position in each]


@given(rows=ROWS, gaps=st.lists(st.integers(1, 9), min_size=12, max_size=12))
def test_postings_come_back_as_they_were(rows: list[tuple[bytes, list[int]]], gaps: list[int]) -> None:
    documents = [sum(gaps[: at + 1]) for at in range(len(rows))]
    joined = b"".join(small for small, _ in rows)
    columns = [joined[field::SMALL_FIELDS] for field in range(SMALL_FIELDS)]
    found = decode(encode(documents, columns, *counted(rows)))
    assert list(found.documents) == documents
    assert list(found.counts) == [len(positions) for _, positions in rows]
    assert found.small == [column if any(column) else b"" for column in columns]
    expected = dict(zip(documents, (positions for _, positions in rows), strict=True))
    got = found.positions_in([*documents, 10**6])
    assert {number: list(at) for number, at in got.items()} == expected


@given(rows=ROWS, place=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_in_postings_is_noticed(
    rows: list[tuple[bytes, list[int]]], place: int, bit: int
) -> None:
    block = bytearray(encode(range(len(rows)), [b""] * SMALL_FIELDS, *counted(rows)))
    block[place % len(block)] ^= 1 << bit
    with pytest.raises(DamagedError):
        decode(bytes(block))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_file_says_what_memory_says(tmp_path: Path, steps: list[dict[str, str | None]]) -> None:
    """After any series of additions, changes and deletions, each followed by a refresh."""
    wiki = Wiki(tmp_path / str(next(names)), {"seed": "seed of all\n"})
    wiki.refresh()
    for step, pages in enumerate(steps, 1):
        for slug, body in pages.items():
            if body is None:
                (wiki.folder / f"{slug}.md").unlink(missing_ok=True)
            else:
                wiki.write(slug, body, age=9000 - step)
        wiki.refresh()
    pages_now = {page.slug: page for page in wiki.store.pages()}
    memory = MemorySegment(pages_now, wiki.project.root)
    shelf = Shelf(wiki.project, "pages")
    try:
        assert facts_of_shelf(shelf) == facts_of_memory(memory)
    finally:
        shelf.close()


Facts = dict[str, dict[str, tuple[object, ...]]]


def facts_of_memory(memory: MemorySegment) -> Facts:
    terms = [term for term, _ in memory.vocabulary("")]
    return {slug: _facts(memory, number, terms) for number, slug in enumerate(memory.slugs)}


def facts_of_shelf(shelf: Shelf) -> Facts:
    found: Facts = {}
    for at, number, slug in shelf.documents():
        segment = shelf.segments[at]
        assert slug not in found
        found[slug] = _facts(segment, number, [term for term, _ in segment.vocabulary("")])
    return found


def _facts(segment: object, number: int, terms: list[str]) -> dict[str, tuple[object, ...]]:
    """Return what a segment says of one document: its entry, its lengths, and where each term stands."""
    assert hasattr(segment, "postings")
    assert hasattr(segment, "entry")
    assert hasattr(segment, "lengths")
    found: dict[str, tuple[object, ...]] = {
        "": (*segment.entry(number).packed(), *(column[number] for column in segment.lengths))
    }
    for term in terms:
        postings = segment.postings(term)
        if postings and number in postings.documents:
            row = list(postings.documents).index(number)
            small = [column[row] if column else 0 for column in postings.small]
            found[term] = (*small, *postings.positions_in([number])[number])
    return found


def test_single_additions_leave_few_segments(wiki: Wiki) -> None:
    wiki.refresh()
    for number in range(40):
        wiki.write(f"page-{number}", f"zebra {number}\n")
        wiki.refresh()
    shelf = Shelf(wiki.project, "pages")
    shelf.close()
    assert len(shelf.segments) <= 5
    assert len(wiki.found("zebra", limit=50)) == 40


@given(BODIES)
def test_passages_cover_the_text_once_and_without_gaps(body: str) -> None:
    from omx_wiki.pages.page import parse_page

    page = parse_page(body.encode(), "/p/x.md", "x", "page", 0)
    words = PageWords(page)
    passages = passages_of(entry_of(page, "/p", words.passages))
    assert [each.start for each in passages[1:]] == [each.end for each in passages[:-1]]
    assert passages[0].start == 0
    assert passages[-1].end == words.lengths[-1]
    assert all(each.line < each.last_line for each in passages)


def test_a_long_line_is_cut_into_passages() -> None:
    from omx_wiki.pages.page import parse_page

    page = parse_page(("word " * 1000).encode(), "/p/x.md", "x", "page", 0)
    assert max(each.end - each.start for each in PageWords(page).passages) <= 2 * PASSAGE_WORDS
