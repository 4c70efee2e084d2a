"""The spool: what hooks left for the journal, one small JSON file per event."""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.hook.spool import INBOX
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.project import Project

_MAX_BYTES = 2 * 1024 * 1024
_SUFFIX = ".json"
_TORN_SECONDS = 3600
LATEST_NS = 253_402_300_799 * 10**9
"""The end of the year 9999 in nanoseconds since 1970."""

_CONTENT = ("prompt", "input_messages", "last_assistant_message", "tool_name")


class SpoolRecord(NamedTuple):
    """One event that a hook reported, without its texts, which may be long: `contents` reads them.

    Attributes:
        path: the file that holds the record.
        transcript: the session's transcript, "" when the host named none.
        codex_home: the CODEX_HOME of the hook, "" when it had none.
        alias: another id of the same session.
        parent: the process that ran the hook, 0 when it is not known.
        ns: when the hook received the event, in nanoseconds, 0 when it does not say.
        source: what began or ended the session, as the host says.
        has_texts: whether it holds what was said or done, not only that something happened.
    """

    path: str
    event: str
    session_id: str
    transcript: str
    cwd: str
    codex_home: str
    dialect: str = ""
    alias: str = ""
    parent: int = 0
    ns: int = 0
    has_texts: bool = False
    source: str = ""


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


def contents(path: str) -> dict[str, Any] | None:
    """Return all that a record holds, None when it is no record."""
    try:
        told = json.loads(read_regular(path, _MAX_BYTES) or b"")
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def received_ns(told: Mapping[str, Any]) -> int:
    """Return when the hook received an event, 0 when it does not say."""
    found = _number(told, "received") or _number(told, "time") * 10**9
    return found if found <= LATEST_NS else 0


def _read(path: str) -> SpoolRecord | None:
    told = contents(path)
    if told is None:
        return None
    return SpoolRecord(
        path,
        _text(told, "event"),
        _text(told, "session_id"),
        _text(told, "transcript_path"),
        _text(told, "cwd"),
        _text(told, "codex_home"),
        _text(told, "dialect"),
        _text(told, "alias"),
        parent=_number(told, "parent"),
        ns=received_ns(told),
        has_texts=any(told.get(name) for name in _CONTENT),
        source=_text(told, "source"),
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _number(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
