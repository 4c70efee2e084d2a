"""What a record holds of the conversation, for hosts whose events are the only copy of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from omx_wiki.hook.events import HookEvent

_MOST = {
    "prompt": 32 * 1024,
    "last_assistant_message": 64 * 1024,
    "tool_name": 256,
    "tool_call_id": 256,
    "tool_output": 16 * 1024,
    "status": 256,
    "error": 4 * 1024,
}
"""The most characters of each text."""

_MOST_INPUT = 32 * 1024
_MOST_MESSAGES = 256 * 1024
_MOST_RECORD = 1000 * 1024
_LARGE = ("input_messages", "tool_input", "tool_output", "last_assistant_message", "prompt")


def content_of(event: HookEvent) -> list[str]:
    """Return the members of a JSON object that tell what the event says; raw, so for private files alone.

    Everything is bounded: the end of a long tool output and the latest prompts are kept.
    """
    from json import dumps

    facts: dict[str, Any] = {name: _cut(getattr(event, name), most) for name, most in _MOST.items()}
    facts["input_messages"] = _latest(event.input_messages)
    facts["success"], facts["duration_ms"] = event.success, event.duration_ms
    facts["tool_input"] = event.tool_input
    members = {name: dumps(value, ensure_ascii=False) for name, value in facts.items() if value is not None}
    if len(members.get("tool_input", "")) > _MOST_INPUT:
        members["tool_input"] = dumps(members["tool_input"][:_MOST_INPUT], ensure_ascii=False)
    for name in _LARGE:
        if sum(map(_size, members.values())) > _MOST_RECORD:
            members.pop(name, None)
    return [f'"{name}":{value}' for name, value in members.items()]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _cut(text: str | None, most: int) -> str | None:
    if text is None or len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n…\n{text[-half:]}"


def _latest(messages: tuple[str, ...] | None) -> list[str] | None:
    """Return the last prompts that fit; the host sends all of them every time."""
    if messages is None:
        return None
    kept: list[str] = []
    size = 0
    for message in reversed(messages):
        text = _cut(message, _MOST["prompt"]) or ""
        size += len(text)
        if size > _MOST_MESSAGES:
            break
        kept.append(text)
    return kept[::-1]
