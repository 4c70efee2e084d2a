"""One small record per event that the journal needs, handed to the worker by a rename."""

from __future__ import annotations

import os
import time

from omx_wiki.hook.payload import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.hook.events import HookEvent
    from omx_wiki.project import Project

INBOX = "inbox"
UNWATCHED = "unwatched"
"""In place of an event: a session began or went on while the journal was off, and is to be left out."""

_TEXTS = (
    "event",
    "dialect",
    "session_id",
    "turn_id",
    "transcript_path",
    "source",
    "reason",
    "trigger",
    "model",
)
_MAX_TEXT = 4096
_LONGEST_NAME = 64


def write_record(project: Project, event: HookEvent, cwd: str) -> str:
    """Write what the worker needs to know of `event`; return the record's path.

    No lock is taken and nothing is parsed; names sort by time. A record holds no word of the conversation.
    Raises OSError when the private state cannot be written.
    """
    facts = {name: value[:_MAX_TEXT] for name in _TEXTS if (value := getattr(event, name))}
    facts |= {"cwd": cwd, "checkout": project.checkout, "codex_home": os.environ.get("CODEX_HOME", "")}
    members = [f"{quote(name)}:{quote(value)}" for name, value in facts.items()]
    now = time.time_ns()
    members.append(f'"time":{now // 1_000_000_000}')
    return _write(project, f"{now:020d}-{os.getpid()}.json", members)


def write_unwatched(project: Project, session_id: str, transcript: str) -> str:
    """Write that a session is to be left out, and no more than where it is; return the record's path.

    A session has one such record, however often it is told of. Raises OSError as `write_record` does.
    """
    facts = {
        "event": UNWATCHED,
        "session_id": session_id[:_MAX_TEXT],
        "transcript_path": transcript[:_MAX_TEXT],
    }
    members = [f"{quote(name)}:{quote(value)}" for name, value in facts.items()]
    return _write(project, f"{UNWATCHED}-{_name_of(session_id)}.json", members)


def _write(project: Project, name: str, members: list[str]) -> str:
    folder = os.path.join(project.state, INBOX)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, name)
    temporary = os.path.join(folder, f".{time.time_ns()}-{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(f"{{{','.join(members)}}}".encode())
    os.replace(temporary, path)
    return path


def _name_of(session_id: str) -> str:
    """Return a file name for a session; an id that is no plain word in lower case becomes a hash."""
    letters = session_id.replace("-", "")
    is_plain = letters.isascii() and letters.isalnum() and session_id == session_id.lower()
    if is_plain and len(session_id) <= _LONGEST_NAME:
        return session_id
    from hashlib import blake2b

    return "x_" + blake2b(session_id.encode("utf-8", "replace"), digest_size=16).hexdigest()
