"""What waits for the worker, and how it is called; light, because every change of a page ends here."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from omx_wiki.hook.spawn import start_worker
from omx_wiki.hook.switches import switches
from omx_wiki.project import ensure_private, state_home

if TYPE_CHECKING:
    from omx_wiki.project import Project


_VERIFY = b"v"


def request(project: Project, *, verify: bool = False) -> bool:
    """Leave a mark that pages changed and start the worker; return whether the private state allows it.

    With `verify` the worker looks at every byte of the index, because one was found damaged.
    """
    if not (ensure_private(state_home()) and ensure_private(project.state)):
        return False
    with open(mark_path(project), "ab") as mark:
        mark.write(_VERIFY if verify else b"")
    return start_worker(project.root)


def request_refresh(project: Project, *, verify: bool) -> None:
    """Request what a search found to be needed, unless it waits already or nothing may be written."""
    if project.is_set_up() and not os.path.exists(mark_path(project)):
        with suppress(OSError):
            request(project, verify=verify)


def take_mark(project: Project) -> bool:
    """Turn the mark into that of work begun; return whether the index is to be verified."""
    with suppress(FileNotFoundError):
        os.replace(mark_path(project), taken_path(project))
    with open(taken_path(project), "ab+") as taken:
        taken.seek(0)
        return _VERIFY in taken.read()


def pending_work(project: Project) -> int:
    """Return how many things wait: events for the journal, and one for pages that changed.

    What a worker has begun counts until it is done, so a killed worker leaves it waiting. Events do not count
    while capture is off: they stay until it is on again.
    """
    from omx_wiki.journal.inbox import spooled

    is_marked = os.path.exists(mark_path(project)) or os.path.exists(taken_path(project))
    events = len(spooled(project)) if switches(project).capture else 0
    return events + int(is_marked)


def mark_path(project: Project) -> str:
    """Return the file that says that pages changed."""
    return os.path.join(project.state, "dirty")


def taken_path(project: Project) -> str:
    """Return what the mark is renamed to while a worker is at it."""
    return os.path.join(project.state, "dirty.taken")
