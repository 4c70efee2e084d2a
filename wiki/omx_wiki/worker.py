"""Background work of one project: one process at a time, which ends when nothing is left to do."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from omx_wiki.hook import log
from omx_wiki.hook.prepared import prepare
from omx_wiki.hook.spawn import start_worker
from omx_wiki.pages.lock import try_locked
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, ensure_private, find_project, state_home
from omx_wiki.search.index import refresh

if TYPE_CHECKING:
    from types import FrameType

_LIFETIME_SECONDS = 600


def main() -> None:
    """Work for the project named by the first argument, within a hard lifetime."""
    _limit_lifetime()
    project = find_project(sys.argv[1])
    try:
        work(project)
    except Exception as problem:  # noqa: BLE001  (nobody watches: the log is where it is told)
        log.append(project.state, f"worker failed: {problem!r}")


def request(project: Project) -> bool:
    """Leave a mark that pages changed and start the worker; return whether the private state allows it."""
    if not (ensure_private(state_home()) and ensure_private(project.state)):
        return False
    with open(_mark(project), "wb"):
        pass
    return start_worker(project.root)


def is_pending(project: Project) -> bool:
    """Whether work is waiting or under way; a worker that was killed leaves it waiting."""
    return os.path.exists(_mark(project)) or os.path.exists(_taken(project))


def work(project: Project) -> bool:
    """Do all that is waiting; return False when another worker has the project.

    The mark is taken away before the work, so that a change during it is seen afterwards.
    """
    if not project.is_set_up() or not (ensure_private(state_home()) and ensure_private(project.state)):
        return True
    while True:
        with try_locked(os.path.join(project.state, "worker.lock")) as is_ours:
            if not is_ours:
                return False
            _work_once(project)
        if not os.path.exists(_mark(project)):
            return True


def _work_once(project: Project) -> None:
    try:
        os.replace(_mark(project), _taken(project))
    except FileNotFoundError:
        with open(_taken(project), "wb"):
            pass
    store = Store(project)
    prepare(project)
    refresh(store, project)
    if store.write_index():
        # The new index.md changed the folder's time stamp, which the prepared summary is checked against.
        prepare(project)
    os.unlink(_taken(project))


def _mark(project: Project) -> str:
    return os.path.join(project.state, "dirty")


def _taken(project: Project) -> str:
    return os.path.join(project.state, "dirty.taken")


def _limit_lifetime() -> None:
    if sys.platform == "win32":
        return
    import signal

    def stop(_number: int, _frame: FrameType | None) -> None:
        os._exit(1)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(_LIFETIME_SECONDS)
