"""Pages that may be out of date: files they name changed after they were written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.journal.paths import tidy
from omx_wiki.journal.session_body import changed_paths
from omx_wiki.journal.sessions import page_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from omx_wiki.context.catalog import Card
    from omx_wiki.context.repository import Repository
    from omx_wiki.journal.session_rows import SessionRow

GRACE_SECONDS = 3600
"""A page written this long before a file is committed or saved most likely knew of the change."""

_MOST_SESSIONS = 50
_MOST_STATS = 5000


def drifted(cards: Iterable[Card], changes: Mapping[str, float]) -> dict[str, str]:
    """Return for each page that a file it names changed since, the first such file."""
    found: dict[str, str] = {}
    for card in cards:
        path = next((path for path in card.cites if changes.get(path, 0) > card.updated), "")
        if path:
            found[card.slug] = path
    return found


def file_changes(
    cards: Sequence[Card], repository: Repository, rows: Sequence[SessionRow], root: str
) -> dict[str, float]:
    """Return when the files that pages name changed last, in seconds since 1970.

    By git's commits and the times of files not committed; by the sessions that changed them; without git by
    the times of the files.

    Args:
        cards: all pages.
        repository: the project's.
        rows: sessions, newest first.
        root: the folder that paths are seen from.
    """
    cited = {path for card in cards for path in card.cites}
    if not cited:
        return {}
    if repository.has_git:
        oldest = min(card.updated for card in cards if card.cites)
        found = {path: time - GRACE_SECONDS for path, time in repository.changed_since(oldest).items()}
        checked = [path for path in repository.uncommitted(root) if path in cited]
    else:
        found, checked = {}, sorted(cited)
    for path in checked[:_MOST_STATS]:
        found[path] = max(found.get(path, 0), _file_time(root, path) - GRACE_SECONDS)
    for path, time in _session_changes(rows):
        found[path] = max(found.get(path, 0), time)
    return {path: time for path, time in found.items() if path in cited}


def _session_changes(rows: Sequence[SessionRow]) -> list[tuple[str, float]]:
    found = []
    for row in [row for row in rows if row.files][:_MOST_SESSIONS]:
        start = row.begin
        if start is not None:
            found += [(tidy(path), start.timestamp()) for path in changed_paths(page_body(row))[0]]
    return found


def _file_time(root: str, path: str) -> float:
    if os.path.isabs(path) or path.startswith(".."):
        return 0
    try:
        return os.lstat(os.path.join(root, path)).st_mtime
    except (OSError, ValueError):
        return 0
