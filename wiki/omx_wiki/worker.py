"""Background work of one project: one process at a time, which ends when nothing is left to do."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from omx_wiki.context.options import ContextOptions
from omx_wiki.context.prepare import prepare
from omx_wiki.errors import WikiError
from omx_wiki.hook import log
from omx_wiki.hook.folders import forget_old_folders
from omx_wiki.hook.switches import prepare_switches, switches
from omx_wiki.journal.events.beside import lagging_transcripts
from omx_wiki.journal.inbox import spooled
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import file_stamp
from omx_wiki.old_state import remove_old_state
from omx_wiki.pages.lock import try_locked
from omx_wiki.pages.store import Store
from omx_wiki.pending import pending_work, request, take_mark, taken_path
from omx_wiki.project import Project, ensure_private, find_project, state_home
from omx_wiki.search.index import has_unsettled_pages, refresh
from omx_wiki.search.index_state import indexed_pages
from omx_wiki.search.manifest import RACY_NS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_LIFETIME_SECONDS = 600
_PATIENCE_SECONDS = 2.0
_PAUSES = (0.5, 1.0, 2.0)


def main() -> None:
    """Work for the project named by the first argument, within a hard lifetime."""
    _limit_lifetime()
    project = find_project(sys.argv[1])
    try:
        work(project)
        follow_transcripts(project)
        _settle(project)
    except Exception as problem:  # noqa: BLE001  (nobody watches: the log is where it is told)
        log.append(project.state, f"worker failed: {problem!r}")


def catch_up(project: Project) -> bool:
    """Bring the journal up to date now; return False when another worker is at it.

    For commands that show sessions: what was never ended, or not yet captured, is read first. Where the
    settings turn capture off nothing is read.
    """
    if not switches(project).capture:
        return True
    if not (ensure_private(state_home()) and ensure_private(project.state)):
        return False
    with try_locked(lock_path(project), timeout=_PATIENCE_SECONDS) as is_ours:
        count = update_journal(Store(project)) if is_ours else 0
    if is_ours and (count or spooled(project)):  # a worker that came meanwhile found the lock taken
        request(project)
    return is_ours


def work(project: Project) -> bool:
    """Do all that is waiting; return False when another worker has the project.

    The mark is taken away before the work, so that a change during it is seen afterwards.
    """
    if not project.is_set_up() or not (ensure_private(state_home()) and ensure_private(project.state)):
        return True
    while True:
        with try_locked(lock_path(project)) as is_ours:
            if not is_ours:
                return False
            if not project.is_set_up():  # uninstalled while this process started
                return True
            _work_once(project)
        if not pending_work(project):
            return True


def follow_transcripts(project: Project, sleep: Callable[[float], None] = time.sleep) -> None:
    """Read transcripts again that lag behind what hooks told, while they still grow and for a bounded time.

    A host may end a session before it writes the last lines of its transcript, and no hook tells of these.
    """
    for seconds in _PAUSES:
        if not switches(project).capture or not lagging_transcripts(project):
            return
        sleep(seconds)
        if any(file_stamp(path) != stamp for path, stamp in lagging_transcripts(project).items()):
            work(project)


def _settle(project: Project) -> None:
    """Look once more at pages that changed while they were indexed, once their times can be trusted.

    Until then every search compares their contents, which a search of many such pages would feel.
    """
    if has_unsettled_pages(project):
        time.sleep(RACY_NS / 1e9)
        with try_locked(lock_path(project)) as is_ours:
            if is_ours:
                refresh(Store(project), project)
        if pending_work(project):
            work(project)


def _work_once(project: Project) -> None:
    verify = take_mark(project)
    prepare_switches(project)
    store = Store(project)
    active = switches(project)
    problem = _try_journal(store) if active.capture else None
    report = refresh(store, project, verify=verify)
    # Before the context: a new index.md changes the time of the folder, which the context is checked against.
    store.write_index(indexed_pages(project) if report.complete else None)
    remove_old_state(project)
    forget_old_folders()
    if active.context:
        prepare(store, ContextOptions(active.pins))
    os.unlink(taken_path(project))
    if problem is not None:
        raise problem


def _try_journal(store: Store) -> Exception | None:
    """Bring the journal up to date; a failure is returned, for index and context do not depend on it."""
    try:
        update_journal(store)
    except (OSError, WikiError) as problem:
        return problem
    return None


def lock_path(project: Project) -> str:
    """Return the file whose lock the one worker of the project holds."""
    return os.path.join(project.state, "worker.lock")


def _limit_lifetime() -> None:
    if sys.platform == "win32":
        return
    import signal

    def stop(_number: int, _frame: FrameType | None) -> None:
        os._exit(1)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(_LIFETIME_SECONDS)
