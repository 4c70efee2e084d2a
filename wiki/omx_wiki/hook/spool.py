"""One small record per event that the journal needs, handed to the worker by a rename."""

from __future__ import annotations

import os
import time

from omx_wiki.hook.file_name import file_name
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
    "event_id",
    "timestamp",
    "alias",
)
_MAX_TEXT = 4096


def write_record(project: Project, event: HookEvent, cwd: str, parent: int = 0) -> str:
    """Write what the worker needs to know of `event`; return the record's path.

    No lock is taken and nothing is parsed; names sort by time. A record holds no word of the conversation,
    unless the event is the only copy of it: then it is raw until the worker has it. `parent` is the process
    that ran the hook. Raises OSError when the private state cannot be written.
    """
    facts = {name: value[:_MAX_TEXT] for name in _TEXTS if (value := getattr(event, name))}
    facts |= {"cwd": cwd, "checkout": project.checkout, "codex_home": os.environ.get("CODEX_HOME", "")}
    if event.is_only_copy:
        facts.pop("transcript_path", None)
    members = [f"{quote(name)}:{quote(value)}" for name, value in facts.items()]
    now = time.time_ns()
    members += [f'"time":{now // 1_000_000_000}', f'"received":{now}', f'"parent":{parent}']
    if event.seq is not None:
        members.append(f'"seq":{event.seq}')
    if event.is_only_copy:
        from omx_wiki.hook.content import content_of

        members += content_of(event)
    return _write(project, f"{now:020d}-{os.getpid()}.json", members)


def write_unwatched(project: Project, event: HookEvent, cwd: str = "", parent: int = 0) -> str:
    """Write that a session is to be left out, and no more than what tells it; return the record's path.

    A session has one such record, however often it is told of, and so has a process that names none. Raises
    OSError as `write_record` does.
    """
    session_id = event.session_id or ""
    name = file_name(session_id or f"{event.dialect} {parent} {cwd}")
    facts = {
        "event": UNWATCHED,
        "dialect": event.dialect or "",
        "session_id": session_id[:_MAX_TEXT],
        "transcript_path": (event.transcript_path or "")[:_MAX_TEXT],
        "cwd": cwd,
    }
    members = [f"{quote(name)}:{quote(value)}" for name, value in facts.items()]
    members += [f'"received":{time.time_ns()}', f'"parent":{parent}']
    return _write(project, f"{UNWATCHED}-{name}.json", members)


def _write(project: Project, name: str, members: list[str]) -> str:
    folder = os.path.join(project.state, INBOX)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, name)
    temporary = os.path.join(folder, f".{time.time_ns()}-{os.getpid()}")
    with open(temporary, "wb", opener=_private) as file:
        file.write(f"{{{','.join(members)}}}".encode("utf-8", "replace"))
    os.replace(temporary, path)
    return path


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
