from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.pages.page import MAX_PAGE_BYTES, Page, parse_page


def _parsed(raw: bytes, kind: str = "page", mtime: float = 0) -> Page:
    return parse_page(raw, "/x/name.md", "name", kind, mtime)


def test_a_whole_page_is_read() -> None:
    page = _parsed(
        b'---\r\ntitle: "T"\r\ntags:\r\n- a\r\n- "b, c"\r\n- a\r\nsources: [s]\r\nconfidence: low\r\n'
        b"category: decision\r\ncreated: 2026-01-01\r\nkey: v\r\n---\r\n\r\n# T\r\n\r\nProse here.\r\n"
    )
    assert (page.title, page.tags, page.sources, page.confidence) == ("T", ("a", "b, c"), ("s",), "low")
    assert (page.category, page.created, page.summary, page.body_line) == (
        "decision",
        "2026-01-01",
        "Prose here.",
        13,
    )
    assert page.body == "\n# T\n\nProse here.\n"
    assert page.meta["key"] == "v"
    assert page.problems == ()


def test_a_page_without_front_matter_is_a_page() -> None:
    page = _parsed(b"\xef\xbb\xbfJust text.\rMore.")
    assert (page.title, page.body, page.category) == ("name", "Just text.\nMore.", "reference")


def test_tags_in_one_text_are_split() -> None:
    assert _parsed(b"---\ntags: a, b c, a\n---\n").tags == ("a", "b c")
    assert _parsed(b"---\ntags: '#a b'\n---\n").tags == ("a", "b")


def test_a_page_says_itself_when_it_changed_unless_its_file_was_edited_just_after() -> None:
    raw = b"---\nupdated: 2033-05-18T05:03:20.123+02:00\n---\n"
    assert _parsed(raw).updated == "2033-05-18T03:03:20.123Z"
    assert _parsed(raw, mtime=2e9).updated == "2033-05-18T03:33:20.000Z"
    assert _parsed(raw, kind="shared", mtime=2e9).updated == "2033-05-18T03:03:20.123Z"
    assert _parsed(raw, mtime=3e9).updated == "2033-05-18T03:03:20.123Z"
    assert (
        _parsed(b"---\nupdated: someday\n---\n", kind="shared", mtime=1).updated == "1970-01-01T00:00:01.000Z"
    )


def test_broken_front_matter_stays_visible_as_text() -> None:
    page = _parsed(b"---\n[broken\n---\n# T\n")
    assert page.body == "---\n[broken\n---\n# T\n"
    assert page.body_line == 1
    assert page.title == "T"
    assert len(page.problems) == 1


def test_bytes_that_are_not_utf8_are_reported() -> None:
    page = _parsed(b"caf\xe9")
    assert page.body == "caf\ufffd"
    assert "byte 3" in page.problems[0]


def test_a_huge_page_is_cut_at_a_whole_character() -> None:
    page = _parsed("é".encode() * MAX_PAGE_BYTES)
    assert page.body == "é" * (MAX_PAGE_BYTES // 2)
    assert len(page.problems) == 1
    assert _parsed(b"x" + "é".encode() * MAX_PAGE_BYTES).body == "x" + "é" * (MAX_PAGE_BYTES // 2 - 1)


@given(st.binary(max_size=200), st.floats())
def test_any_bytes_are_a_page(raw: bytes, mtime: float) -> None:
    page = _parsed(b"---\n" + raw, mtime=mtime)
    assert page.title
    assert page.updated.endswith("Z")
