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
"""In place of an event: a session began while the journal was off, and is not to be looked for later."""

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


def write_record(project: Project, event: HookEvent, cwd: str, *, is_watched: bool = True) -> str:
    """Write what the worker needs to know of `event`; return the record's path.

    A session that is not watched leaves no more than where its transcript is.

    No lock is taken and nothing is parsed; names sort by time. A record holds no word of the conversation.
    Raises OSError when the private state cannot be written.
    """
    folder = os.path.join(project.state, INBOX)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    facts = {name: value[:_MAX_TEXT] for name in _TEXTS if (value := getattr(event, name))}
    if not is_watched:
        facts = {"event": UNWATCHED, "transcript_path": facts["transcript_path"]}
    facts |= {"cwd": cwd, "checkout": project.checkout, "codex_home": os.environ.get("CODEX_HOME", "")}
    members = [f"{quote(name)}:{quote(value)}" for name, value in facts.items()]
    now = time.time_ns()
    path = os.path.join(folder, f"{now:020d}-{os.getpid()}.json")
    temporary = os.path.join(folder, f".{now}-{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(f'{{{",".join(members)},"time":{now // 1_000_000_000}}}'.encode())
    os.replace(temporary, path)
    return path
