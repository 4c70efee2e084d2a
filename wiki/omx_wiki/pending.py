"""What waits for the worker, and how it is called; light, because every change of a page ends here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.hook.spawn import start_worker
from omx_wiki.hook.switches import switches
from omx_wiki.project import ensure_private, state_home

if TYPE_CHECKING:
    from omx_wiki.project import Project


def request(project: Project) -> bool:
    """Leave a mark that pages changed and start the worker; return whether the private state allows it."""
    if not (ensure_private(state_home()) and ensure_private(project.state)):
        return False
    with open(mark_path(project), "wb"):
        pass
    return start_worker(project.root)


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
