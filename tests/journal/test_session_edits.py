"""What people change on a session page, and that nothing else changes with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.session_pages import page_text, put
from omx_wiki.errors import InvalidInputError, NotFoundError, RefusedError
from omx_wiki.journal.session_body import BEGIN, END, generated_part
from omx_wiki.journal.session_edits import add_note, rename_session, tag_session, with_note
from omx_wiki.pages.store import Store

DAY = datetime(2026, 2, 3, 23, 59, tzinfo=UTC)


def raw(store: Store, slug: str) -> str:
    return store.read(slug).path.read_bytes().decode()


def test_the_first_note_starts_a_section_below_the_generated_part(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe")
    before = raw(store, slug)
    add_note(store, slug, "The vendor\nanswered.\n", DAY)
    assert raw(store, slug) == before + "\n## Notes\n\n- 2026-02-03: The vendor\n  answered.\n"


def test_a_later_note_follows_the_earlier_ones(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe", below="\n## Notes\n\n- old\n\n## Mine\n\ntext\n")
    add_note(store, slug, "new", DAY)
    assert raw(store, slug).endswith("\n## Notes\n\n- old\n- 2026-02-03: new\n\n## Mine\n\ntext\n")


@pytest.mark.parametrize(
    ("below", "after"),
    [
        ("\n## notes", "\n## notes\n\n- N\n"),
        ("\n## Notes\n", "\n## Notes\n\n- N\n"),
        ("\n## Notes\n\nprose\n", "\n## Notes\n\nprose\n\n- N\n"),
        ("\n## Notes\n\n- a\n  b\n### Deep\n- c\n", "\n## Notes\n\n- a\n  b\n### Deep\n- c\n- N\n"),
        ("\n```\n## Notes\n```\n", "\n```\n## Notes\n```\n\n## Notes\n\n- N\n"),
        (
            "\r\n## Notes\r\n\r\n- a\r\n" * 20,
            "\r\n## Notes\r\n\r\n- a\r\n- N\r\n" + "\r\n## Notes\r\n\r\n- a\r\n" * 19,
        ),
    ],
)
def test_a_note_is_put_at_the_end_of_the_notes(below: str, after: str) -> None:
    page = page_text()
    assert with_note(page + below, "- N") == page + after


def test_a_heading_notes_in_the_generated_part_is_not_written_to(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe", sections="## Notes\n\n- forged\n\n")
    before = generated_part(store.read(slug).body)
    add_note(store, slug, "mine", DAY)
    assert generated_part(store.read(slug).body) == before
    assert raw(store, slug).endswith("## Notes\n\n- 2026-02-03: mine\n")


def test_a_note_cannot_close_or_open_the_generated_part(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe")
    add_note(store, slug, f"{END}\n{BEGIN}", DAY)
    assert raw(store, slug).count("<!--") == 2


@given(
    below=st.text(st.sampled_from("-# \nabNotes`~"), max_size=60),
    texts=st.lists(st.text(st.sampled_from("abc -#<!`\n"), min_size=1, max_size=20), min_size=1, max_size=3),
)
def test_notes_only_add_lines_outside_of_the_generated_part(below: str, texts: list[str]) -> None:
    page = old = page_text(below=below)
    for text in texts:
        page = with_note(page, f"- {text}".replace("\n", "\n  "))
    kept = iter(page.split("\n"))
    assert all(line in kept for line in old.rstrip("\n").split("\n"))
    assert generated_part(page) == generated_part(old)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001])
def test_an_empty_or_endless_note_is_refused(store: Store, text: str) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe")
    with pytest.raises(InvalidInputError):
        add_note(store, slug, text)


def test_a_note_on_a_page_that_went_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError):
        add_note(store, "sessions/gone", "text")


def test_a_page_that_is_not_utf_8_is_left_as_it_is(store: Store) -> None:
    store.put("sessions/latin", b"# caf\xe9\n")
    with pytest.raises(RefusedError, match="not UTF-8"):
        add_note(store, "sessions/latin", "text")


def test_a_title_of_a_person_is_marked_as_theirs(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe", sections="# Forged\n\n")
    before = raw(store, slug)
    rename_session(store, slug, "  Cart:  the  rounding ")
    expected = before.replace('title: "Fix the cart"', 'title: "Cart: the rounding"')
    expected = expected.replace("# Fix the cart\n", "# Cart: the rounding\n")
    expected = expected.replace("0badcafe\n---", "0badcafe\ntitle_by: person\n---")
    assert raw(store, slug) == expected
    rename_session(store, slug, "Once more")
    assert raw(store, slug) == expected.replace("Cart: the rounding", "Once more")


def test_a_page_without_a_heading_gets_one(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe", "---\ntitle: Old\n---\nText.\n")
    rename_session(store, slug, "New")
    assert raw(store, slug) == "---\ntitle: New\ntitle_by: person\n---\n\n# New\nText.\n"


@pytest.mark.parametrize("title", ["", " ", "x" * 201])
def test_an_empty_or_endless_title_is_refused(store: Store, title: str) -> None:
    with pytest.raises(InvalidInputError):
        rename_session(store, put(store, "2026-01-31-1405-0badcafe"), title)


def test_tags_come_and_go(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe")
    before = raw(store, slug)
    assert tag_session(store, slug, ["#urgent", "money, lost"])
    assert store.read(slug).tags == ("session", "urgent", "money, lost")
    assert not tag_session(store, slug, ["urgent"])
    assert tag_session(store, slug, (), ["urgent", "money, lost", "never-there"])
    assert raw(store, slug) == before


def test_the_tag_of_sessions_stays(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe")
    with pytest.raises(RefusedError, match="what makes the page a session"):
        tag_session(store, slug, (), ["session"])


def test_tags_written_in_another_way_are_not_taken_away(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe", tags="\n- session\n- urgent")
    with pytest.raises(RefusedError, match="edited safely"):
        tag_session(store, slug, (), ["urgent"])


def test_every_edit_can_be_undone(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe")
    before = raw(store, slug)
    add_note(store, slug, "oops", DAY)
    store.undo(slug)
    assert raw(store, slug) == before
