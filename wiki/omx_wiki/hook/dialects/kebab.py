"""Payloads with a `type`: upstream's `notify`, the fork with `[hooks]` command strings, Neotoma's scripts."""

from __future__ import annotations

from omx_wiki.hook.dialects.fields import first, identity, is_self_test, path, text, texts, truth
from omx_wiki.hook.events import HookEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from omx_wiki.hook.dialects import Told

_EVENTS = {
    "session-started": "session-start",
    "session-start": "session-start",
    "session-ended": "session-end",
    "session-end": "session-end",
    "agent-turn-complete": "turn-end",
    "user-input-required": "approval-requested",
    "tool-execution-started": "tool-start",
    "tool-execution-completed": "tool-end",
    "tool-error": "tool-end",
    "task-error": "tool-end",
    "error": "tool-end",
    "abort": "turn-interrupted",
}
_TURN_END = "agent-turn-complete"


def read(payload: Mapping[str, Any], told: Told) -> HookEvent | None:
    """Read a payload, None for one that has neither a `type` nor, with a session, an `event_type`.

    A turn of the fork and one of the first `notify` look the same; only the command can tell them apart.
    """
    kind = text(payload.get("type")) or (
        text(payload.get("event_type")) if payload.get("session_id") is not None else None
    )
    if kind is None:
        return None
    kind = kind.replace("_", "-")
    dialect = _dialect(payload, kind, told)
    event = _EVENTS.get(kind, "unknown")
    session = identity(first(payload, "thread-id", "thread_id", "session-id", "session_id"))
    is_failed = event == "tool-end" and dialect == "neotoma"
    message = text(first(payload, "message", "text")) if dialect == "neotoma" else None
    return HookEvent(
        event=event,
        dialect=dialect,
        transport=told.transport,
        session_id=session,
        turn_id=identity(first(payload, "turn-id", "turn_id")),
        event_id=identity(first(payload, "event-id", "event_id")),
        timestamp=identity(payload.get("timestamp")),
        cwd=path(payload.get("cwd")),
        reason=text(payload.get("reason")),
        last_assistant_message=_last_message(payload) or (message if event == "turn-end" else None),
        tool_name=text(first(payload, "tool-name", "tool_name", "tool", "command_name")),
        success=False if is_failed else truth(payload.get("success")),
        is_subagent=False,
        synthetic=is_self_test(session),
        needs_payload_file=False,
        seq=told.seq,
        input_messages=texts(first(payload, "input-messages", "input_messages")),
        tool_input=first(payload, "tool-args", "command", "cmd", "url"),
        error=text(payload.get("error-message")) or (message if is_failed else None),
        payload=payload,
    )


def _dialect(payload: Mapping[str, Any], kind: str, told: Told) -> str:
    if kind == _TURN_END and first(payload, "thread-id", "thread_id") is not None:
        return "codex-notify"
    if payload.get("session_id") is not None:
        return "neotoma"
    if kind == _TURN_END and told.dialect != "event-hooks":
        return "codex-notify-g1"
    return "event-hooks"


def _last_message(payload: Mapping[str, Any]) -> str | None:
    return text(
        first(payload, "last-assistant-message", "last_assistant_message", "final_response", "response")
    )
