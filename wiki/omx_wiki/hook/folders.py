"""Which project an event belongs to, for hosts that say so only when the session starts, if at all."""

from __future__ import annotations

import os
import time

from omx_wiki.project import ensure_private, is_private, state_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.hook.events import HookEvent

_FOLDER = "folders"
_TIED_BY_PROCESS = ("event-hooks",)
"""Dialects that begin sessions by name, and whose other events say neither session nor folder."""

_KEPT_SECONDS = 30 * 86400
_MAX_BYTES = 4096


def folder_of(event: HookEvent, parent: int) -> str:
    """Return the folder whose project an event belongs to, "" when there is none any more.

    It is what the event says, else the project in which its session, or its process, began, else where this
    process stands: hosts that start hooks do not set a folder for them.
    """
    if event.cwd and os.path.isdir(event.cwd):
        return event.cwd
    for name in _names(event, parent)[:1]:
        if folder := _kept(name):
            return folder
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def remember_root(event: HookEvent, parent: int, root: str) -> None:
    """Keep which project a session that begins belongs to, for its later events; never raises."""
    if not (ensure_private(state_home()) and ensure_private(_place())):
        return
    for name in _names(event, parent):
        path = os.path.join(_place(), name)
        temporary = f"{path}.{os.getpid()}"
        try:
            with open(temporary, "wb") as file:
                file.write(os.fsencode(root))
            os.replace(temporary, path)
        except OSError:
            continue


def codex_home() -> str:
    """Return the folder of Codex as this environment names it."""
    return os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")


def _names(event: HookEvent, parent: int) -> list[str]:
    """Return under which names a project is kept: the session's, then its process's where events need it."""
    if not event.is_only_copy:
        return []
    from omx_wiki.hook.file_name import file_name

    is_tied = parent and event.dialect in _TIED_BY_PROCESS
    ids = [event.session_id, f"{event.dialect} {parent}" if is_tied else None]
    return [file_name(each) for each in ids if each]


def _kept(name: str) -> str:
    if not is_private(_place()):
        return ""
    try:
        with open(os.path.join(_place(), name), "rb") as file:
            folder = os.fsdecode(file.read(_MAX_BYTES))
    except OSError:
        return ""
    return folder if "\0" not in folder and os.path.isabs(folder) and os.path.isdir(folder) else ""


def forget_old_folders() -> None:
    """Remove what was kept a month ago; never raises."""
    if not is_private(_place()):
        return
    oldest = time.time() - _KEPT_SECONDS
    for name in os.listdir(_place()):
        path = os.path.join(_place(), name)
        try:
            if os.lstat(path).st_mtime < oldest:
                os.unlink(path)
        except OSError:
            continue


def _place() -> str:
    return os.path.join(state_home(), _FOLDER)
