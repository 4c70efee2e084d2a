"""Sessions listed by the heads of their pages, filtered, and named as people name them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.session_pages import keep_facts, page_text, put
from omx_wiki.errors import InvalidInputError, NotFoundError, RefusedError
from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import SessionFacts
from omx_wiki.journal.session_rows import HEAD_BYTES, read_row
from omx_wiki.journal.sessions import Filter, list_sessions, resolve_session
from omx_wiki.pages.store import Store

NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
CHANGED = """## Changed

4 files, +13 -1

- `src/`: 2 files, +4 -1
  - M `src/cart.py` +3 -1
  - R `lib/till.py` to `src/till.py` +1
- A `docs/cart.md` +9

Commits:

- `abc1234def` Fix it (verified)

"""


def names(store: Store, wanted: Filter | None = None) -> list[str]:
    return [row.short_id for row in list_sessions(store, wanted, NOW)]


def test_the_newest_session_comes_first_whatever_its_page_is_called(store: Store) -> None:
    put(store, "2026-01-01-0900-aaaaaaaa", started="2026-01-01T09:00:00Z")
    put(store, "2026-01-03-0900-cccccccc", started="2026-01-03T09:00:00Z")
    put(store, "fix-bbbbbbbb", started="2026-01-02T09:00:00Z")
    store.put("ordinary", b"# Ordinary\n")
    assert names(store) == ["cccccccc", "bbbbbbbb", "aaaaaaaa"]
    assert names(store, Filter(limit=2)) == ["cccccccc", "bbbbbbbb"]


def test_a_row_holds_what_the_head_says(store: Store) -> None:
    put(
        store,
        "2026-01-31-1405-0badcafe",
        title="Fix the cart",
        id="0199-0badcafe",
        files=3,
        failures=1,
        commits=2,
        outcome="left failing",
        tags="[session, urgent]",
    )
    (row,) = list_sessions(store)
    assert row.as_json() == {
        "id": "0199-0badcafe",
        "title": "Fix the cart",
        "started": "2026-01-31T14:05:09Z",
        "ended": "2026-01-31T15:11:00Z",
        "branch": "main",
        "outcome": "left failing",
        "prompts": 2,
        "commands": 5,
        "failures": 1,
        "files": 3,
        "commits": 2,
        "path": os.path.join(store.project.store, "sessions", "2026-01-31-1405-0badcafe.md"),
        "page": "sessions/2026-01-31-1405-0badcafe",
        "tags": ["session", "urgent"],
    }
    assert row.seconds == 1980


def test_a_page_without_front_matter_is_dated_by_its_name(store: Store) -> None:
    put(store, "2026-01-31-1405-0badcafe", "# Written by hand\n")
    (row,) = list_sessions(store)
    assert (row.title, row.started, row.seconds) == ("Written by hand", "2026-01-31T14:05:00Z", 0)


def test_only_the_head_of_a_long_page_is_read(store: Store) -> None:
    put(store, "2026-01-31-1405-0badcafe", page_text("Long") + "x" * 100_000)
    (row,) = list_sessions(store)
    assert row.title == "Long"
    assert read_row(page_text("Long").encode()[:HEAD_BYTES], row.path, row.slug) == row


def test_a_fifo_among_the_sessions_is_skipped(store: Store) -> None:
    put(store, "2026-01-31-1405-0badcafe")
    os.mkfifo(Path(store.project.store) / "sessions" / "2026-02-01-0000-ffffffff.md")
    assert names(store) == ["0badcafe"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(since="2026-02-01T00:00Z"), ["late"]),
        (Filter(until="2026-01-31T23:00Z"), ["early"]),
        (Filter(since="2026-01-31T14:30Z"), ["late", "early"]),
        (Filter(since="3d", until="1d"), ["early"]),
        (Filter(branch="main"), ["early"]),
        (Filter(branch="feature/*"), ["late"]),
        (Filter(branch="feature"), []),
        (Filter(failed=True), ["early"]),
        (Filter(file="src/cart.py"), ["early"]),
        (Filter(file="./src/"), ["early"]),
        (Filter(file="cart.py"), ["early"]),
        (Filter(file="art.py"), []),
        (Filter(file="lib"), ["early"]),
        (Filter(file="abc1234def"), []),
        (Filter(file="src/cart"), []),
        (Filter(grep="QUARTERLY"), ["late"]),
        (Filter(grep="fix the cart"), ["early"]),
        (Filter(grep="schemaVersion"), []),
        (Filter(grep="quarterly", branch="main"), []),
    ],
)
def test_a_filter_leaves_what_it_asks_for(store: Store, wanted: Filter, found: list[str]) -> None:
    put(store, "2026-01-31-1405-early", sections=CHANGED, files=3, failures=1)
    put(
        store,
        "2026-02-02-0900-late",
        title="Report",
        started="2026-02-02T09:00:00Z",
        ended=None,
        branch="feature/report",
        below="\n## Notes\n\n- the quarterly one\n",
    )
    assert names(store, wanted) == found


def test_a_file_cut_from_the_page_is_found_in_the_facts(store: Store) -> None:
    put(
        store,
        "2026-01-31-1405-early",
        sections=CHANGED.replace("\nCommits", "- +1 more files\n\nCommits"),
        id="early",
    )
    assert names(store, Filter(file="lib/old.py")) == []
    keep_facts(
        store.project,
        SessionFacts("early", "codex", files=[ChangedFile("lib/new.py", "R", 0, 0, "lib/old.py")]),
    )
    assert names(store, Filter(file="lib/old.py")) == ["early"]


def test_a_date_without_meaning_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError, match="'soon' is not a date"):
        list_sessions(store, Filter(since="soon"))


@pytest.mark.parametrize(
    "name",
    [
        "last",
        "0199-c0ffee01",
        "0199-C0FFEE01",
        "c0ffee01",
        "ee01",
        "2026-02",
        "sessions/2026-02-01-0000-c0ffee01",
        ".omx/wiki/sessions/2026-02-01-0000-c0ffee01.md",
    ],
)
def test_a_session_is_found_by_any_unmistakable_name(store: Store, name: str) -> None:
    put(store, "2026-01-31-1405-0badcafe")
    put(store, "2026-02-01-0000-c0ffee01", started="2026-02-01T00:00:00Z")
    assert resolve_session(store, name) == "sessions/2026-02-01-0000-c0ffee01"


def test_a_name_that_could_be_several_is_refused_with_all_of_them(store: Store) -> None:
    put(store, "2026-01-31-1405-0badcafe", title="Cart")
    put(store, "2026-02-01-0000-c0ffee01", title="Report")
    with pytest.raises(
        RefusedError, match=r"'2026' could be .*\(Report\), .*\(Cart\)|\(Cart\), .*\(Report\)"
    ):
        resolve_session(store, "2026")


@pytest.mark.parametrize("name", ["", " ", "nothing", "../retry", "/etc/passwd", "[session]"])
def test_an_unknown_name_is_not_found(store: Store, name: str) -> None:
    put(store, "2026-01-31-1405-0badcafe")
    with pytest.raises(NotFoundError):
        resolve_session(store, name)


def test_there_is_no_last_session_before_the_first(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no sessions yet"):
        resolve_session(store, "last")


def test_last_is_a_session_of_a_person_while_there_is_one(store: Store) -> None:
    own = put(store, "2026-01-31-1405-0badcafe")
    sub = put(store, "2026-02-01-0000-c0ffee01", started="2026-02-01T00:00:00Z", parent="0199-0badcafe")
    assert resolve_session(store, "last") == own
    store.remove(own)
    assert resolve_session(store, "last") == sub


@given(
    st.binary(max_size=400)
    | st.text(st.sampled_from("-#: \n[]\"'startedfils0129TZ"), max_size=200).map(str.encode)
)
def test_any_bytes_make_a_row_that_can_be_shown(raw: bytes) -> None:
    row = read_row(raw, "/x", "sessions/x")
    assert row.seconds >= 0
    assert row.as_json()["title"].splitlines() == [row.title]
