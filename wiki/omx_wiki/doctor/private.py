"""The private folders: whether they are ours alone, and how much is in them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix, count_of
from omx_wiki.hook.log import MAX_BYTES
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private, state_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "private"

_MOST_ENTRIES = 20_000
_MODE = 0o700
_FOLDERS = ("", "bin", "backups", "installs")
_PROJECT_FOLDERS = ("", "inbox", "index", "context", "sessions", "history")
_MEGABYTE = 1 << 20


def check_private(project: Project) -> Iterator[Finding]:
    """Yield which private folders others could look into, and how much they hold."""
    home = state_home()
    if not os.path.lexists(home) and not _can_create(home):
        text = f"{home} cannot be created, so nothing is kept"
        yield Finding(AREA, "error", text, "set OMX_WIKI_HOME to a folder of yours", facts={"folder": home})
        return
    if not os.path.lexists(home):
        yield Finding(AREA, "ok", f"nothing is kept in {home} yet", facts={"folder": home})
        return
    paths = [os.path.join(home, name) for name in _FOLDERS]
    paths += [os.path.join(project.state, name) for name in _PROJECT_FOLDERS]
    open_ones = [path.rstrip(os.sep) for path in paths if os.path.lexists(path) and not is_private(path)]
    for path in open_ones:
        yield _finding(path)
    if not open_ones and not os.access(home, os.W_OK):
        yield Finding(AREA, "warning", f"{home} is not writable here, so nothing is kept")
    size, is_whole = _size_of(home)
    backups = len(_names(os.path.join(home, "backups")))
    logged = len(read_regular(os.path.join(project.state, "hook.log"), 2 * MAX_BYTES) or b"")
    more = "" if is_whole else "more than "
    yield Finding(
        AREA,
        "ok",
        f"{more}{size / _MEGABYTE:.1f} MB in {home}, {count_of(backups, 'backup')} of changed files",
        facts={
            "folder": home,
            "state": project.state,
            "bytes": size,
            "backups": backups,
            "log_bytes": logged,
        },
    )


def _finding(path: str) -> Finding:
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        return Finding(AREA, "error", f"{path} is no folder, so nothing can be kept there", "move it away")
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        return Finding(
            AREA, "error", f"{path} belongs to another user, so nothing is kept there", "set OMX_WIKI_HOME"
        )
    mode = stat.S_IMODE(status.st_mode)
    return Finding(
        AREA,
        "error",
        f"{path} is open to others (mode {mode:o}), so hooks and worker keep nothing there",
        f"chmod 700 {path}",
        Fix(f"close {path} to others", lambda: os.chmod(path, _MODE)),
    )


def _can_create(path: str) -> bool:
    """Whether the nearest folder above a path that exists lets us make one in it."""
    above = os.path.dirname(path)
    while not os.path.lexists(above) and above != os.path.dirname(above):
        above = os.path.dirname(above)
    return os.path.isdir(above) and os.access(above, os.W_OK | os.X_OK)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _size_of(folder: str) -> tuple[int, bool]:
    """Return the bytes below a folder, and whether all of it was looked at."""
    total = count = 0
    for path, _, names in os.walk(folder):
        for name in names:
            count += 1
            if count > _MOST_ENTRIES:
                return total, False
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue
    return total, True
