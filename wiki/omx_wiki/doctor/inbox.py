"""What hooks left for the journal, and whether a worker takes it up."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.doctor.finding import Finding, count_of
from omx_wiki.doctor.index import work_now
from omx_wiki.errors import WikiError
from omx_wiki.hook.spool import INBOX
from omx_wiki.hook.switches import switches
from omx_wiki.pages.lock import try_locked
from omx_wiki.pages.regular import read_regular
from omx_wiki.pending import mark_path, taken_path
from omx_wiki.project import is_private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "inbox"

_MAX_RECORD = 512 * 1024
_MOST_READ = 500
_STALE_SECONDS = 3600
_LATE_SECONDS = 600
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


class Waiting(NamedTuple):
    """What lies in the inbox.

    Attributes:
        records: events to be journalled.
        oldest: age of the oldest of them in seconds, 0 without any.
        torn: records that cannot be read, among the first few hundred.
        stale: temporaries of hooks that were killed.
    """

    records: int
    oldest: float
    torn: int
    stale: int


def check_inbox(project: Project) -> Iterator[Finding]:
    """Yield what waits for the journal and for how long; takes nothing away."""
    if not is_private(project.state):
        return
    waiting = read_inbox(os.path.join(project.state, INBOX), time.time())
    is_marked = os.path.exists(mark_path(project))
    is_taken = os.path.exists(taken_path(project))
    something = bool(waiting.records or is_marked or is_taken)
    is_working = something and worker_is_there(project)
    facts: dict[str, object] = {
        "records": waiting.records,
        "oldest_seconds": round(waiting.oldest),
        "worker": is_working,
    }
    yield from _check_waiting(project, waiting, facts, is_working=is_working)
    if is_taken and not is_working:
        text = "a worker ended before its work was done; the next one does it"
        yield Finding(AREA, "note", text, fix=work_now(project))
    elif is_marked and not is_working:
        yield Finding(AREA, "ok", "background work is asked for")
    if waiting.torn or waiting.stale:
        text = f"{count_of(waiting.torn + waiting.stale, 'broken record')} of hooks that were killed"
        yield Finding(AREA, "note", text, "the next worker removes them", work_now(project))


def _check_waiting(
    project: Project, waiting: Waiting, facts: dict[str, object], *, is_working: bool
) -> Iterator[Finding]:
    if not waiting.records:
        yield Finding(AREA, "ok", "nothing waits for the journal", facts=facts)
        return
    text = f"{count_of(waiting.records, 'event')} for the journal, the oldest {age_of(waiting.oldest)} old"
    if is_working:
        yield Finding(AREA, "ok", f"a worker is at {text}", facts=facts)
    elif not switches(project).capture:
        yield Finding(AREA, "note", f"{text}, wait until the journal is on again", facts=facts)
    elif waiting.oldest > _LATE_SECONDS:
        text = f"{text}, and no worker is at them"
        yield Finding(AREA, "warning", text, "wiki log takes them in as well", work_now(project), facts)
    else:
        yield Finding(AREA, "ok", text, facts=facts)


def read_inbox(folder: str, now: float) -> Waiting:
    """Return what lies in an inbox without changing it."""
    records = torn = stale = 0
    oldest = now
    try:
        names = sorted(os.listdir(folder)) if is_private(folder) else []
    except OSError:
        names = []
    for number, name in enumerate(names):
        path = os.path.join(folder, name)
        try:
            changed = os.lstat(path).st_mtime
        except OSError:
            continue
        if name.startswith("."):
            stale += now - changed > _STALE_SECONDS
        elif name.endswith(".json"):
            is_torn = number < _MOST_READ and not _is_record(path)
            torn += is_torn
            records += not is_torn
            oldest = oldest if is_torn else min(oldest, changed)
    return Waiting(records, now - oldest, torn, stale)


def _is_record(path: str) -> bool:
    try:
        return isinstance(json.loads(read_regular(path, _MAX_RECORD) or b""), dict)
    except (ValueError, RecursionError):
        return False


def worker_is_there(project: Project) -> bool:
    """Whether a worker holds its lock; asked only while something waits, for a moment only."""
    lock = os.path.join(project.state, "worker.lock")
    if not os.path.isfile(lock):
        return False
    try:
        with try_locked(lock) as is_free:
            return not is_free
    except WikiError:
        return False


def age_of(seconds: float) -> str:
    """Return an age in its greatest unit, such as "3 hours"."""
    for size, noun in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= size:
            return count_of(int(seconds // size), noun)
    return count_of(int(seconds), "second")
