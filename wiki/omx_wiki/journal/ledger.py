"""What this machine knows of every session: its transcripts as last read, its facts, its page."""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import (
    AskedFact,
    CommandFact,
    CommitFact,
    FamilyFact,
    PageUse,
    SessionFacts,
    Tokens,
)
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import ensure_private, is_private

if TYPE_CHECKING:
    from omx_wiki.project import Project

    Stamp = tuple[int, int]  # size in bytes, time of the last change in nanoseconds

NEVER_READ = (-1, -1)
"""A stamp that no file has."""

_FOLDER = "sessions"
_INDEX = "sessions.json"
_VERSION = 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_MAX_BYTES = 32 * 1024 * 1024
_MAX_FOREIGN = 5000
_MAX_UNWATCHED = 5000
_LISTS = {
    "prompts": AskedFact,
    "files": ChangedFile,
    "commands": CommandFact,
    "commits": CommitFact,
    "page_uses": PageUse,
}


@dataclass
class Known:
    """What the ledger's index holds of one session.

    Attributes:
        transcripts: every file of the session with its stamp when it was read last.
        slug: its page, "" when it deserves none.
        kind: "main", "subagent" or "internal".
        parent: the session that a subagent belongs to.
        branch: the git branch it began on.
        started: ISO time in UTC.
        forked_from: the session it continues under a new id.
        links: the pages of the session before it and of the one it was forked from, as its page has them.
        failures: what `omx_wiki.journal.failures` remembers of its failed commands.
        passed: when a command of each family passed last.
    """

    transcripts: dict[str, Stamp] = field(default_factory=dict)
    slug: str = ""
    kind: str = "main"
    parent: str = ""
    branch: str = ""
    started: str = ""
    forked_from: str = ""
    links: tuple[str, str] = ("", "")
    failures: list[dict[str, Any]] = field(default_factory=list)
    passed: dict[str, str] = field(default_factory=dict)


class Ledger:
    """All sessions of a project, in its private state. One process writes at a time: the worker.

    Losing the ledger loses no page: transcripts are read again, and pages come out as they are. Only which
    sessions were `unwatched`, because they went on while the journal was off, is known nowhere else.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._path = os.path.join(project.state, _INDEX)
        self.sessions: dict[str, Known] = {}
        self.foreign: dict[str, None] = {}
        self.unwatched: dict[str, None] = {}
        self.homes: set[str] = set()
        self._load()

    def session_of(self, transcript: str) -> str:
        """Return the session that a transcript belongs to, "" when it was never read."""
        return next((key for key, k in self.sessions.items() if transcript in k.transcripts), "")

    def links(self) -> dict[str, tuple[str, str]]:
        """Return for each session the pages it follows on: of the last one on its branch, of its origin.

        They depend on all sessions that are known, never on the order in which they became known.
        """
        found: dict[str, tuple[str, str]] = {}
        last: dict[str, str] = {}
        for key, known in sorted(self.sessions.items(), key=lambda entry: (entry[1].started, *entry)[:2]):
            origin = self.sessions.get(known.forked_from)
            found[key] = (last.get(known.branch, ""), origin.slug if origin else "")
            if known.slug:
                last[known.branch] = known.slug
        return found

    def state_of(self, session_id: str) -> dict[str, Any] | None:
        """Return the state from which reading the session's transcript continues."""
        document = _read_document(self._project, session_id)
        state = document.get("state") if document else None
        return state if isinstance(state, dict) else None

    def root_of(self, session_id: str) -> str:
        """Return the session that a person started: itself, or the one whose subagents led to it."""
        return self._line_of(session_id)[-1]

    def is_unwatched(self, *session_ids: str) -> bool:
        """Whether one of the sessions, or one that its work is part of, went on while the journal was off."""
        line = (each for session_id in session_ids if session_id for each in self._line_of(session_id))
        return any(each in self.unwatched for each in line)

    def _line_of(self, session_id: str) -> list[str]:
        """Return the session and those whose sub-agents led to it; a circle ends where it closes."""
        line = [session_id]
        while (known := self.sessions.get(line[-1])) and known.kind == "subagent" and known.parent:
            line.append(known.parent)
            if known.parent in line[:-1]:
                break
        return line

    def descendants_of(self, session_id: str) -> list[SessionFacts]:
        """Return the facts of the session's subagents and of theirs, in the order of their ids."""
        ids = sorted(
            key
            for key, known in self.sessions.items()
            if known.kind == "subagent" and key != session_id and self.root_of(key) == session_id
        )
        return [facts for child in ids if (facts := load_facts(self._project, child))]

    def keep(self, facts: SessionFacts, state: dict[str, Any] | None, known: Known) -> None:
        """Remember a session; `save` makes the index know of it."""
        if not ensure_private(self._project.state) or not ensure_private(self._folder):
            return
        for other, row in self.sessions.items():
            if other != facts.id:
                for path in known.transcripts:
                    row.transcripts.pop(path, None)
        _write(document_path(self._project, facts.id), {"facts": facts.as_json(), "state": state})
        self.sessions[facts.id] = known

    def rename(self, session_id: str, other: str) -> str:
        """Forget a session that is part of another; return its page unless the other takes that, else "".

        `save` makes the index know of it.
        """
        known = self.forget(session_id)
        if known is None:
            return ""
        heir = self.sessions.setdefault(other, Known())
        if heir.slug or not known.slug:
            return known.slug
        heir.slug = known.slug
        return ""

    def forget(self, session_id: str) -> Known | None:
        """Forget a session and return what was known of it; `save` makes the index know of it."""
        known = self.sessions.pop(session_id, None)
        if known is not None:
            with contextlib.suppress(OSError):
                os.unlink(document_path(self._project, session_id))
        return known

    def ignore(self, transcript: str) -> None:
        """Remember that a transcript is not for this journal; the oldest of many are forgotten."""
        if transcript:
            _add(self.foreign, transcript, _MAX_FOREIGN)

    def leave_out(self, session_id: str) -> None:
        """Remember that a session went on while the journal was off; the oldest of many are forgotten."""
        if session_id:
            _add(self.unwatched, session_id, _MAX_UNWATCHED)

    def save(self) -> None:
        """Write the index."""
        if ensure_private(self._project.state):
            whole = {"version": _VERSION, "foreign": list(self.foreign), "homes": sorted(self.homes)}
            whole["unwatched"] = list(self.unwatched)
            rows = {key: vars(known) for key, known in self.sessions.items()}
            _write(self._path, {**whole, "sessions": rows})

    @property
    def _folder(self) -> str:
        return os.path.join(self._project.state, _FOLDER)

    def _load(self) -> None:
        raw = read_regular(self._path, _MAX_BYTES) if is_private(self._project.state) else None
        try:
            document = json.loads(raw or b"{}")
            self.unwatched = dict.fromkeys(map(str, document.get("unwatched", ())))
            if document.get("version") == _VERSION:
                self.foreign = dict.fromkeys(document["foreign"])
                self.homes = set(document["homes"])
                self.sessions = {key: _known(row) for key, row in document["sessions"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.sessions, self.foreign, self.homes = {}, {}, set()


def _add(entries: dict[str, None], entry: str, most: int) -> None:
    entries.pop(entry, None)
    entries[entry] = None
    while len(entries) > most:
        del entries[next(iter(entries))]


def load_facts(project: Project, session_id: str) -> SessionFacts | None:
    """Return what this machine knows of a session, None when it knows nothing; never raises."""
    document = _read_document(project, session_id)
    try:
        return facts_from_json(document["facts"]) if document else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def facts_from_json(document: dict[str, Any]) -> SessionFacts:
    """Return the facts that `SessionFacts.as_json` made into JSON; keys it does not know are left out.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is not such a document.
    """
    known = {entry.name for entry in fields(SessionFacts)}
    values = {key: value for key, value in document.items() if key in known}
    for key, kind in _LISTS.items():
        if key in values:
            values[key] = [kind(**entry) for entry in values[key]]
    if "families" in values:
        values["families"] = {name: FamilyFact(**entry) for name, entry in values["families"].items()}
    if "tokens" in values:
        values["tokens"] = Tokens(**values["tokens"])
    return SessionFacts(**values)


def file_stamp(path: str) -> Stamp | None:
    """Return the stamp of a file as it is now, None when it is gone."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_size, status.st_mtime_ns)


def _known(row: dict[str, Any]) -> Known:
    stamps = {str(path): (int(size), int(time)) for path, (size, time) in row["transcripts"].items()}
    previous, origin = row["links"]
    names = ("slug", "kind", "parent", "branch", "started", "forked_from")
    known = Known(stamps, links=(str(previous), str(origin)), failures=list(row["failures"]))
    for name in names:
        setattr(known, name, str(row[name]))
    known.passed = {str(family): str(time) for family, time in row["passed"].items()}
    return known


def document_path(project: Project, session_id: str) -> str:
    """Return the session's file; an id that is no plain word becomes a hash."""
    plain = _ID.fullmatch(session_id) is not None
    name = session_id if plain else blake2b(session_id.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return os.path.join(project.state, _FOLDER, f"{name}.json")


def _read_document(project: Project, session_id: str) -> dict[str, Any] | None:
    if not is_private(os.path.join(project.state, _FOLDER)):
        return None
    raw = read_regular(document_path(project, session_id), _MAX_BYTES)
    try:
        document = json.loads(raw or b"")
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _write(path: str, document: dict[str, Any]) -> None:
    temporary = f"{path}.tmp"  # one process writes at a time; what a killed one left is written over
    with open(temporary, "w", encoding="utf-8", errors="replace") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
    os.replace(temporary, path)
