"""Remove the pages of old sessions; each stays in the history of the wiki."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from omx_wiki.errors import NotFoundError
from omx_wiki.journal.events.files import EventFiles, key_of
from omx_wiki.journal.moments import parse_moment
from omx_wiki.journal.sessions import list_sessions

if TYPE_CHECKING:
    from omx_wiki.journal.session_rows import SessionRow
    from omx_wiki.pages.store import Store


def sessions_before(store: Store, date: str, now: datetime | None = None) -> list[SessionRow]:
    """Return the sessions whose last known moment lies before a date, oldest first; others are left out.

    Raises:
        InvalidInputError: the date has no meaning.
    """
    limit = parse_moment(date, now or datetime.now(UTC))
    return [row for row in reversed(list_sessions(store)) if row.end is not None and row.end < limit]


def prune_sessions(store: Store, date: str, now: datetime | None = None) -> list[SessionRow]:
    """Remove the pages of the sessions before a date and return what they were; `Store.undo` restores each.

    Raises:
        InvalidInputError: the date has no meaning.
        UnavailableError: the store is not writable, or locked for too long.
    """
    removed = []
    for row in sessions_before(store, date, now):
        try:
            store.remove(row.slug)
            EventFiles(store.project).remove(key_of(row.id))
        except NotFoundError:  # somebody else removed it meanwhile
            continue
        removed.append(row)
    return removed
