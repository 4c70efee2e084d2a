"""Both wire formats of xcodex: kebab-case keys until 2026-01-11, snake_case keys since."""

from __future__ import annotations

from omx_wiki.hook.dialects.fields import (
    identity,
    is_self_test,
    number,
    output_text,
    path,
    text,
    texts,
    truth,
)
from omx_wiki.hook.events import HookEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from omx_wiki.hook.dialects import Told

_EVENTS = {
    "session-start": "session-start",
    "session-end": "session-end",
    "user-prompt-submit": "user-prompt",
    "agent-turn-complete": "turn-end",
    "pre-compact": "compact-start",
    "notification": "notification",
    "subagent-stop": "subagent-end",
    "approval-requested": "approval-requested",
    "model-request-started": "model-request",
    "model-response-completed": "model-response",
    "tool-call-started": "tool-start",
    "tool-call-finished": "tool-end",
}
_HOST_TEST_SESSION = "t"


def read(payload: Mapping[str, Any], told: Told) -> HookEvent:
    """Read a payload, or the envelope of one that was too large for a pipe.

    The second format's `hook_event_name` is whatever the person wrote into the configuration: not read.
    """
    is_second = "xcodex_event_type" in payload

    def get(name: str) -> Any:
        return payload.get(name if is_second else name.replace("_", "-"))

    kind = payload.get("xcodex_event_type") if is_second else payload.get("type")
    event = _EVENTS.get(kind, "unknown") if isinstance(kind, str) else "unknown"
    session = identity(get("session_id") if is_second else get("thread_id"))
    source, event_id, tool = text(get("session_source")), identity(get("event_id")), text(get("tool_name"))
    is_host_test = session == _HOST_TEST_SESSION and event_id == "hooks-test"
    return HookEvent(
        event=event,
        dialect="xcodex-v2" if is_second else "xcodex-v1",
        transport=told.transport,
        session_id=session,
        turn_id=identity(get("turn_id")),
        event_id=event_id,
        timestamp=identity(get("timestamp")),
        cwd=path(get("cwd")),
        transcript_path=path(get("transcript_path")),
        source=source,
        reason=text(get("reason")),
        trigger=text(get("trigger")),
        model=text(get("model")),
        prompt=text(get("prompt")),
        last_assistant_message=text(get("last_assistant_message")),
        tool_name=tool,
        is_subagent=(source or "").startswith("subagent_") or event == "subagent-end",
        synthetic=is_host_test or is_self_test(session, source, tool, event_id),
        needs_payload_file=get("payload_path") is not None,
        seq=told.seq,
        input_messages=texts(get("input_messages")),
        payload=payload,
        **(_tool(get) if event in ("tool-start", "tool-end") else {}),
    )


def _tool(get: Callable[[str], Any]) -> dict[str, Any]:
    return {
        "success": truth(get("success")),
        "tool_call_id": identity(get("tool_use_id")) or identity(get("call_id")),
        "tool_input": get("tool_input"),
        "tool_output": output_text(get("tool_response")) or text(get("output_preview")),
        "status": text(get("status")),
        "duration_ms": number(get("duration_ms")),
    }
