"""Deletes the pages of a project and what this machine derived from them, when a person asks for it."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from omx_wiki.errors import UnavailableError
from omx_wiki.hosts.edit import require_inside
from omx_wiki.pages.lock import try_locked
from omx_wiki.project import is_private, state_home
from omx_wiki.worker import lock_path

if TYPE_CHECKING:
    from omx_wiki.project import Project

_SETTINGS = ("wiki.toml", "wiki.off")
_SHARED = frozenset({"backups", "installs", "bin", "folders"})
_LOGS = ("hook.log", "hook.log.1")
_PATIENCE_SECONDS = 10.0


def count_pages(project: Project) -> int:
    """Return how many Markdown files the store holds, those of sessions among them."""
    return sum(name.endswith(".md") for _, _, names in os.walk(project.store) for name in names)


def purge(project: Project) -> tuple[str, ...]:
    """Delete the store, the project's settings and its private state; return what was deleted.

    Shared pages that are committed to git stay, and so does all that other programs keep in `.omx`. The
    background worker is waited for. Raises RefusedError when the store leads outside the project, and
    UnavailableError when something cannot be deleted.
    """
    omx = os.path.dirname(project.store)
    require_inside(project.root, project.store)
    gone = []
    with without_worker(project):
        for path in (project.store, *(os.path.join(omx, name) for name in _SETTINGS)):
            if os.path.lexists(path):
                _delete(path)
                gone.append(path)
        with contextlib.suppress(OSError):
            os.rmdir(omx)
        if is_private(project.state):
            _delete(project.state)
            gone.append(project.state)
    _sweep_up()
    return tuple(gone)


def without_worker(project: Project) -> contextlib.AbstractContextManager[bool]:
    """Wait a while for background work to end and keep more from starting; what comes of that is yielded."""
    if is_private(project.state):
        return try_locked(lock_path(project), timeout=_PATIENCE_SECONDS)
    return contextlib.nullcontext(enter_result=True)


def _delete(path: str) -> None:
    """Delete a file or a folder; of links only the link."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be deleted: {error.strerror}", "look who uses it") from error


def _sweep_up() -> None:
    """Remove what is left for no project any more; copies of other people's files stay."""
    home = state_home()
    if not is_private(home) or any(
        name not in _SHARED and os.path.isdir(os.path.join(home, name)) for name in os.listdir(home)
    ):
        return
    for name in ("folders", *_LOGS):
        path = os.path.join(home, name)
        if os.path.lexists(path):
            _delete(path)
    for folder in (os.path.join(home, "installs"), os.path.join(home, "bin"), home):
        with contextlib.suppress(OSError):
            os.rmdir(folder)
