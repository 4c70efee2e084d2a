"""Plugins of oh-my-codex, and Copilot's camelCase payloads, which do not even name their event."""

from __future__ import annotations

from omx_wiki.hook.dialects.claude_shaped import event_named
from omx_wiki.hook.dialects.fields import (
    first,
    identity,
    is_self_test,
    number,
    output_text,
    path,
    text,
    texts,
)
from omx_wiki.hook.events import HookEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from omx_wiki.hook.dialects import Told

_OMX_EVENTS = {
    "session-start": "session-start",
    "session-end": "session-end",
    "session-idle": "idle",
    "keyword-detector": "user-prompt",
    "turn-complete": "turn-end",
    "stop": "turn-end",
    "pre-tool-use": "tool-start",
    "post-tool-use": "tool-end",
    "pre-compact": "compact-start",
    "post-compact": "compact-end",
    "notification": "notification",
}


def read_omx_plugin(payload: Mapping[str, Any], told: Told) -> HookEvent | None:
    """Read what oh-my-codex hands its plugins: the session has an id of its own beside Codex's thread id."""
    name, context = payload.get("event"), payload.get("context")
    if not isinstance(name, str) or not isinstance(context, dict) or "schema_version" not in payload:
        return None
    own = identity(payload.get("session_id")) or identity(context.get("omx_session_id"))
    thread = identity(payload.get("thread_id")) or identity(context.get("native_session_id"))
    return HookEvent(
        event=_OMX_EVENTS.get(name, "unknown"),
        dialect="omx-plugin",
        transport=told.transport,
        session_id=thread or own,
        turn_id=identity(payload.get("turn_id")),
        event_id=identity(payload.get("event_id")),
        timestamp=identity(payload.get("timestamp")),
        cwd=path(context.get("project_path")) or path(payload.get("cwd")),
        reason=text(context.get("reason")),
        prompt=text(context.get("prompt")),
        last_assistant_message=text(context.get("output_preview")),
        tool_name=text(context.get("tool_name")),
        is_subagent=False,
        synthetic=is_self_test(own, thread),
        needs_payload_file=False,
        alias=own if own != thread and thread else None,
        seq=told.seq,
        input_messages=texts(context.get("input_messages")),
        payload=payload,
    )


def read_copilot(payload: Mapping[str, Any], told: Told) -> HookEvent | None:
    """Read Copilot's camelCase form; which event it is, the installed command must say."""
    session = identity(payload.get("sessionId"))
    if session is None or number(payload.get("timestamp")) is None:
        return None
    event = event_named(told.event)
    result = payload.get("toolResult")
    kind = result.get("resultType") if isinstance(result, dict) else None
    is_failure = "failure" in told.event.lower() or kind in ("failure", "denied")
    return HookEvent(
        event=event,
        dialect="copilot",
        transport=told.transport,
        session_id=session,
        timestamp=identity(payload.get("timestamp")),
        cwd=path(payload.get("cwd")),
        transcript_path=path(payload.get("transcriptPath")),
        source=text(payload.get("source")),
        reason=text(payload.get("reason")),
        trigger=text(payload.get("trigger")),
        prompt=text(first(payload, "prompt", "initialPrompt")),
        tool_name=text(payload.get("toolName")),
        success=False if is_failure else None,
        is_subagent=event.startswith("subagent"),
        synthetic=is_self_test(session),
        needs_payload_file=False,
        seq=told.seq,
        tool_input=payload.get("toolArgs"),
        tool_output=output_text(result),
        error=text(payload.get("error")),
        payload=payload,
    )
