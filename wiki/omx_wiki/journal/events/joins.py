"""Which session an event belongs to when it names none, or names it by the id of another program."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import UnavailableError
from omx_wiki.hook.spool import UNWATCHED
from omx_wiki.journal.events.files import EVENTS, key_of
from omx_wiki.journal.events.log import agent_of
from omx_wiki.journal.events.told import digest
from omx_wiki.pages.files import write_atomic
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import ensure_private, is_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.inbox import SpoolRecord
    from omx_wiki.project import Project

    Rows = dict[str, dict[str, int]]  # for each process or alias its sessions, and when each was told of it

_FILE = "joins.json"
_VERSION = 2
_MAX_BYTES = 8 * 1024 * 1024
_MOST_ROWS = 1000
_MOST_SESSIONS = 50
_LONG_NS = 2 * 86400 * 10**9
_SUBAGENT = "subagent_"
_SPAWNED = re.compile(r"subagent_thread_spawn_(.+)_d\d+", re.DOTALL)
UNNAMED = "_unnamed_"
"""Stands in the ids of sessions that only events without an id tell of."""


class Joins:
    """What was learned of processes and aliases, kept from one run to the next.

    An event without an id belongs to the session that the same process last began before it, or to the only
    one that it began on that day in the event's folder; hooks of one family of programs count as one. An
    alias may name several sessions one after the other: the latest before the event is meant.

    Attributes:
        processes: for each process its sessions.
        aliases: for each alias its sessions.
        folders: the folder in which a session began, without links.
        children: for each session that a session started, that session, "" when it was not named.
        off: for each process that went on while the journal was off, when it was last heard of; for the
            folder of each, when that was.
    """

    def __init__(self, project: Project) -> None:
        self._folder = os.path.join(os.path.realpath(project.state), EVENTS)
        self.processes: Rows = {}
        self.aliases: Rows = {}
        self.folders: dict[str, str] = {}
        self.children: dict[str, str] = {}
        self.off: dict[str, int] = {}
        self._load()

    def learn(self, records: Sequence[SpoolRecord]) -> None:
        """Take in what records tell of sessions, and keep it.

        Raises UnavailableError when it cannot be written.
        """
        before = self._document()
        for record in records:
            if record.session_id and record.source.startswith(_SUBAGENT):
                named = _SPAWNED.fullmatch(record.source)
                _put(self.children, key_of(record.session_id), key_of(named[1]) if named else "")
        for row in self.processes.values():
            for child in self.children.keys() & row.keys():
                del row[child]
        for record in records:
            if key_of(record.session_id) in self.children:
                continue
            if record.session_id and record.parent and record.event in ("session-start", UNWATCHED):
                self.bind(process_of(record), key_of(record.session_id), record.ns)
                _put(self.folders, key_of(record.session_id), _folder(record))
            if record.session_id and record.alias and record.alias != record.session_id:
                _note(self.aliases, key_of(record.alias), key_of(record.session_id), record.ns)
        if self._document() != before:
            self.save()

    def bind(self, process: str, session: str, ns: int) -> None:
        """Note that a process worked for a session from a time on; the earliest time told counts."""
        _note(self.processes, process, session, ns)

    def session_of(self, record: SpoolRecord) -> str:
        """Return the key of the session that a record belongs to, also when it names none."""
        if not record.session_id:
            return (record.parent and self._bound(record)) or _unnamed(record)
        return self.of_alias(key_of(record.session_id), record.ns)

    def turn_off(self, record: SpoolRecord) -> None:
        """Note that a process went on while the journal was off, or is heard of again since."""
        process = process_of(record)
        _put(self.off, process, max(record.ns, self.off.get(process, 0)))

    def note_folder(self, record: SpoolRecord) -> None:
        """Note that somebody was at work in a folder while the journal was off."""
        _put(self.off, _place(agent_of(record.dialect), _folder(record)), record.ns)

    def was_off_in(self, agent: str, folder: str, ns: int) -> bool:
        """Whether a program was at work in a folder, without links, while the journal was off before `ns`."""
        since = self.off.get(_place(agent, folder))
        return since is not None and 0 <= ns - since < _LONG_NS

    def is_off(self, record: SpoolRecord) -> bool:
        """Whether the journal was off for the process of a record, which never was silent for long since.

        The number of a process is given anew to others some day.
        """
        since = self.off.get(process_of(record))
        return since is not None and abs(record.ns - since) < _LONG_NS

    def _bound(self, record: SpoolRecord) -> str:
        """Return the session that the process of a record worked for, "" when it began none."""
        began = self.processes.get(process_of(record), {})
        latest = _before(began, record.ns)
        lately = (name for name, since in began.items() if 0 <= record.ns - since < _LONG_NS // 2)
        here = [name for name in lately if self.folders.get(name) == _folder(record)]
        return here[0] if len(here) == 1 else latest

    def of_alias(self, key: str, ns: int) -> str:
        """Return the session that an alias stood for at a time, the key itself when it is no alias."""
        sessions = self.aliases.get(key, {})
        return _before(sessions, ns) or min(sessions, key=lambda each: (sessions[each], each), default=key)

    def save(self) -> None:
        """Write what was learned, durably.

        Raises UnavailableError when it cannot be written.
        """
        if not ensure_private(self._folder):
            raise UnavailableError(f"{self._folder} is not a private, writable folder", "remove it")
        write_atomic(os.path.join(self._folder, _FILE), self._document().encode(), 0o600)

    def _document(self) -> str:
        names = ("processes", "aliases", "folders", "children", "off")
        return json.dumps({"version": _VERSION, **{name: getattr(self, name) for name in names}})

    def _load(self) -> None:
        path = os.path.join(self._folder, _FILE)
        raw = read_regular(path, _MAX_BYTES) if is_private(self._folder) else None
        try:
            document = json.loads(raw or b"{}")
            if document.get("version") == _VERSION:
                self.processes, self.aliases = _rows(document["processes"]), _rows(document["aliases"])
                self.folders = {str(key): str(value) for key, value in document["folders"].items()}
                self.children = {str(key): str(value) for key, value in document["children"].items()}
                self.off = {str(key): int(value) for key, value in document["off"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.processes, self.aliases, self.folders, self.children, self.off = {}, {}, {}, {}, {}


def process_of(record: SpoolRecord) -> str:
    """Return what is equal for the hooks of one process of a program; of an unknown one, for its folder."""
    return digest(agent_of(record.dialect), record.parent, "" if record.parent else record.cwd)


def _place(agent: str, folder: str) -> str:
    return digest(agent, "folder", folder)


def _folder(record: SpoolRecord) -> str:
    try:
        return os.path.realpath(record.cwd) if record.cwd else ""
    except (OSError, ValueError):
        return record.cwd


def _unnamed(record: SpoolRecord) -> str:
    """Return an id for all that one process tells on one day (UTC) without naming a session."""
    day = datetime.fromtimestamp(record.ns // 10**9, UTC).strftime("%Y%m%d")
    return f"{agent_of(record.dialect)}{UNNAMED}{day}_{process_of(record)}"


def _before(sessions: dict[str, int], ns: int) -> str:
    found = [(since, session) for session, since in sessions.items() if since <= ns]
    return max(found)[1] if found else ""


def _put(rows: dict[str, Any], name: str, value: object) -> None:
    rows.pop(name, None)
    rows[name] = value
    while len(rows) > _MOST_ROWS:
        del rows[next(iter(rows))]


def _note(rows: Rows, name: str, session: str, ns: int) -> None:
    row = rows.pop(name, {})
    row[session] = min(row.get(session, ns), ns)
    rows[name] = dict(sorted(row.items(), key=lambda entry: entry[::-1])[-_MOST_SESSIONS:])
    while len(rows) > _MOST_ROWS:
        del rows[next(iter(rows))]


def _rows(document: dict[str, dict[str, int]]) -> Rows:
    return {
        str(name): {key_of(str(session)): int(ns) for session, ns in row.items()}
        for name, row in document.items()
    }
