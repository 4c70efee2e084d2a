"""The files of events: one for each session without a transcript, in the private state of the project."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import UnavailableError
from omx_wiki.journal.events.log import MAX_BYTES, Log, decode, encode
from omx_wiki.journal.events.told import Event, digest, merged, order
from omx_wiki.pages.files import remove_leftovers, write_atomic
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import ensure_private, is_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from omx_wiki.project import Project

EVENTS = "events"
"""The folder in the private state."""

_SUFFIX = ".jsonl"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


class EventFiles:
    """The files of a project's event sessions; one process writes at a time, the worker."""

    def __init__(self, project: Project) -> None:
        self.folder = os.path.join(os.path.realpath(project.state), EVENTS)

    def path(self, key: str) -> str:
        """Return the file of a session, without links; `key` is what `key_of` made of its id."""
        return os.path.join(self.folder, key + _SUFFIX)

    def names(self) -> list[str]:
        """Return the sessions that have a file."""
        if not is_private(self.folder):
            return []
        names = sorted(os.listdir(self.folder))
        return [name.removesuffix(_SUFFIX) for name in names if _is_ours(name)]

    def read(self, key: str) -> Log:
        """Return a session's events; lines that hold none are passed over."""
        raw = read_regular(self.path(key), MAX_BYTES) if is_private(self.folder) else None
        return decode(raw or b"")

    def merge(self, key: str, events: Iterable[Event], dropped: int = 0) -> bool:
        """Add events to a session's file, durably; return whether it changed.

        Raises UnavailableError when it cannot be written.
        """
        before = self.read(key)
        known = {event["key"]: event for event in before.events}
        for event in events:
            known[event["key"]] = merged(known.get(event["key"], event), event)
        return self._write(key, Log(sorted(known.values(), key=order), before.dropped + dropped))

    def rewrite(self, key: str, clean: Callable[[str], str]) -> bool:
        """Apply `clean` to every text of a session's file; return whether it changed.

        Raises UnavailableError when it cannot be written.
        """
        before = self.read(key)
        events = [{name: _cleaned(name, value, clean) for name, value in e.items()} for e in before.events]
        return self._write(key, Log(events, before.dropped)) if events != before.events else False

    def remove(self, key: str) -> None:
        """Remove a session's file."""
        with contextlib.suppress(OSError):
            os.unlink(self.path(key))

    def tidy(self) -> None:
        """Remove what a killed worker left; the caller is the only one at work."""
        remove_leftovers(self.folder)

    def _write(self, key: str, log: Log) -> bool:
        if not ensure_private(self.folder):
            raise UnavailableError(f"{self.folder} is not a private, writable folder", "remove it")
        data = encode(key, log)
        if data == read_regular(self.path(key), MAX_BYTES):
            return False
        write_atomic(self.path(key), data, 0o600)
        return True


def key_of(session_id: str) -> str:
    """Return the name by which a session is kept: its id, or the id's hash when that is no plain word."""
    return session_id if _PLAIN.fullmatch(session_id) else f"x_{digest(session_id)}"


def is_events_file(project: Project, path: str) -> bool:
    """Whether a transcript is one of the project's files of events."""
    return os.path.dirname(path) == os.path.join(os.path.realpath(project.state), EVENTS)


def _is_ours(name: str) -> bool:
    return name.endswith(_SUFFIX) and _PLAIN.fullmatch(name.removesuffix(_SUFFIX)) is not None


def _cleaned(name: str, value: Any, clean: Callable[[str], str]) -> Any:
    if name in ("key", "event", "ns", "turn", "call"):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned("", entry, clean) for entry in value]
    return (
        {key: _cleaned("", entry, clean) for key, entry in value.items()}
        if isinstance(value, dict)
        else value
    )
