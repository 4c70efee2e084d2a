"""Find transcripts that need reading: sessions that went on or never ended, and ones no hook reported."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from omx_wiki.journal.events.files import is_events_file
from omx_wiki.journal.head import head_of
from omx_wiki.journal.ledger import file_stamp
from omx_wiki.journal.left_out import is_left_out
from omx_wiki.project import find_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from omx_wiki.journal.ledger import Ledger
    from omx_wiki.project import Project

_MOST_NEW = 200
_DAYS = 9
"""How far back a session that no hook reported is found: over a long weekend and some."""

_ROLLOUT = re.compile(r"rollout-.*\.jsonl(\.zst)?\Z")
_SESSIONS, _ARCHIVED = "sessions", "archived_sessions"
_USUAL_HOMES = (".codex", ".xcodex")


def codex_homes(ledger: Ledger) -> list[str]:
    """Return every Codex home known, without links: of this environment, and those that hooks told of."""
    usual = (os.path.join(os.path.expanduser("~"), name) for name in _USUAL_HOMES)
    homes = {os.environ.get("CODEX_HOME", ""), *usual, *ledger.homes}
    return sorted({os.path.realpath(home) for home in homes if home and os.path.isdir(home)})


def home_of(transcript: str) -> str:
    """Return the Codex home that a rollout lies in, "" for other transcripts."""
    for folder in (_SESSIONS, _ARCHIVED):
        home, found, _ = transcript.rpartition(f"{os.sep}{folder}{os.sep}")
        if found:
            return home
    return ""


def due_transcripts(project: Project, ledger: Ledger, homes: Iterable[str]) -> Iterator[str]:
    """Yield the transcripts of the project that changed since they were read, or were never read.

    Looks at every transcript in the ledger, and at the newest rollouts of the last days: that bounds the work
    however many sessions other projects have. Sessions that went on while the journal was off are left out.
    """
    known: set[str] = set()
    for session_id, session in list(ledger.sessions.items()):
        known |= session.transcripts.keys()
        for path, stamp in () if ledger.is_unwatched(session_id) else list(session.transcripts.items()):
            there = path if os.path.exists(path) else _archived(path)
            if there and not is_events_file(project, path) and file_stamp(there) != stamp:
                yield there
    for path in _recent_rollouts(homes):
        if path in known or path in ledger.foreign:
            continue
        place = session_folder(path)
        if place and is_of(project, place) and not is_left_out(ledger, path):
            yield path
        elif place:
            ledger.ignore(path)


def session_folder(transcript: str) -> str:
    """Return the absolute folder a session worked in, "" while the first records do not say."""
    return head_of(transcript).folder


def is_of(project: Project, folder: str) -> bool:
    """Whether a folder belongs to the project: its checkout, a linked worktree, or a place below either."""
    if os.path.isdir(folder):
        return find_project(folder).root == project.root
    return f"{os.path.normpath(folder)}{os.sep}".startswith(f"{project.root}{os.sep}")


def all_rollouts(home: str) -> Iterator[str]:
    """Yield every rollout of a Codex home, the oldest first, archived ones last."""
    for folder in (_SESSIONS, _ARCHIVED):
        for parent, folders, names in os.walk(os.path.join(home, folder)):
            folders.sort()
            yield from (os.path.join(parent, name) for name in sorted(names) if _ROLLOUT.match(name))


def recent_dates() -> set[str]:
    """Return the folders of the last days, such as 2026/03/14.

    Codex names them by local date, other programs that keep its layout by UTC.
    """
    now = time.time()
    days = {datetime.fromtimestamp(now - back * 86400, zone) for back in range(_DAYS) for zone in (None, UTC)}
    days |= {day + timedelta(hours=1) for day in days}
    return {day.strftime("%Y/%m/%d") for day in days}


def _recent_rollouts(homes: Iterable[str]) -> list[str]:
    """Return the newest rollouts in the folders of the last days."""
    dates = recent_dates()
    found = []
    for home in homes:
        for date in dates:
            folder = os.path.join(home, _SESSIONS, *date.split("/"))
            if os.path.isdir(folder):
                found += [os.path.join(folder, name) for name in os.listdir(folder) if _ROLLOUT.match(name)]
    return sorted(found, key=os.path.basename, reverse=True)[:_MOST_NEW]


def _archived(path: str) -> str:
    """Return where `codex archive` moved a rollout to, "" when it is not there either."""
    home = home_of(path)
    moved = os.path.join(home, _ARCHIVED, os.path.basename(path)) if home else ""
    return moved if moved and os.path.exists(moved) else ""
