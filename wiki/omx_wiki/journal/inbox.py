"""The spool: what hooks left for the journal, one small JSON file per event."""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.hook.spool import INBOX
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private

if TYPE_CHECKING:
    from omx_wiki.project import Project

_MAX_BYTES = 512 * 1024
_SUFFIX = ".json"
_TORN_SECONDS = 3600


class SpoolRecord(NamedTuple):
    """One event that a hook reported.

    Attributes:
        path: the file that holds the record.
        transcript: the session's transcript, "" when the host named none.
        codex_home: the CODEX_HOME of the hook, "" when it had none.
    """

    path: str
    event: str
    session_id: str
    transcript: str
    cwd: str
    codex_home: str


def spooled(project: Project) -> list[SpoolRecord]:
    """Return the waiting records, oldest first; what is no record is removed."""
    folder = os.path.join(project.state, INBOX)
    if not is_private(folder):
        return []
    found = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.startswith("."):
            _clear(path)
        if name.startswith(".") or not name.endswith(_SUFFIX):
            continue
        record = _read(path)
        if record is None:
            with contextlib.suppress(OSError):  # a folder, say: it waits for nothing and stays
                discard(path)
        else:
            found.append(record)
    return found


def discard(path: str) -> None:
    """Remove a record whose work is done."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _clear(path: str) -> None:
    """Remove what a hook that was killed left, once no hook can be at it any more."""
    with contextlib.suppress(OSError):
        if time.time() - os.lstat(path).st_mtime > _TORN_SECONDS:
            os.unlink(path)


def _read(path: str) -> SpoolRecord | None:
    raw = read_regular(path, _MAX_BYTES)
    try:
        told = json.loads(raw or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None

    def text(name: str) -> str:
        value = told.get(name)
        return value if isinstance(value, str) else ""

    return SpoolRecord(
        path, text("event"), text("session_id"), text("transcript_path"), text("cwd"), text("codex_home")
    )
