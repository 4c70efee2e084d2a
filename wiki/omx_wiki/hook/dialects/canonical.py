"""An event as plain data, for people who ask what we make of a payload."""

from __future__ import annotations

from omx_wiki.hook.events import CANONICAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from omx_wiki.hook.events import HookEvent

_CONSUMED = {
    *CANONICAL,
    *("hook_event_name", "xcodex_event_type", "type", "event_type", "schema_version", "session_source"),
    *("thread_id", "conversation_id", "generation_id", "workspace_roots", "agent_id", "payload_path"),
    *("input_messages", "prompt_response", "final_response", "response", "message", "text"),
    *("tool_input", "tool_args", "tool_use_id", "call_id", "tool_response", "output_preview", "status"),
    *("duration_ms", "error", "error_message", "context", "sessionId", "transcriptPath", "toolName"),
    *("toolArgs", "toolResult", "initialPrompt"),
}
_MOST_EXTRAS, _LONGEST_NAME, _LONGEST_VALUE = 64, 128, 1024


def as_document(event: HookEvent) -> dict[str, Any]:
    """Return the fields that every host may fill, and under `extras` what else the host sent, bounded."""
    return {**{name: getattr(event, name) for name in CANONICAL}, "extras": extras_of(event)}


def extras_of(event: HookEvent) -> dict[str, Any]:
    """Return the keys that became no field, at most 64; a value that is long as text is cut."""
    found: dict[str, Any] = {}
    for name, value in event.payload.items():
        if name.replace("-", "_") in _CONSUMED or len(found) >= _MOST_EXTRAS:
            continue
        found[name[:_LONGEST_NAME]] = _bounded(value)
    return found


def _bounded(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, str):
        return value[:_LONGEST_VALUE]
    shown = repr(value)
    return value if len(shown) <= _LONGEST_VALUE else shown[:_LONGEST_VALUE]
