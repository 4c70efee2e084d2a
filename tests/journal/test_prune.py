"""Old sessions go, and come back when asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from journal.session_pages import put
from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.prune import prune_sessions, sessions_before
from omx_wiki.journal.sessions import list_sessions
from omx_wiki.pages.store import Store

NOW = datetime(2026, 2, 10, tzinfo=UTC)


def test_sessions_that_ended_before_the_date_go_and_can_be_undone(store: Store) -> None:
    old = put(store, "2026-01-01-0000-aaaaaaaa", started="2026-01-01T00:00:00Z", ended="2026-01-02T00:00:00Z")
    resumed = put(
        store, "2026-01-01-0000-bbbbbbbb", started="2026-01-01T00:00:00Z", ended="2026-02-09T00:00:00Z"
    )
    undated = put(store, "by-hand", "# By hand\n")
    assert [row.slug for row in sessions_before(store, "2w", NOW)] == [old]
    assert [row.slug for row in prune_sessions(store, "2w", NOW)] == [old]
    assert sorted(row.slug for row in list_sessions(store)) == [resumed, undated]
    assert prune_sessions(store, "2w", NOW) == []
    assert store.undo(old).slug == old


def test_a_date_without_meaning_removes_nothing(store: Store) -> None:
    put(store, "2026-01-01-0000-aaaaaaaa")
    with pytest.raises(InvalidInputError):
        prune_sessions(store, "")
    assert len(list_sessions(store)) == 1
