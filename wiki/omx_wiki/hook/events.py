"""The door: whatever a host sends becomes one immutable `HookEvent`, or nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

    Reader = Callable[[Mapping[str, Any]], "HookEvent | None"]

JOURNALLED = ("session-start", "turn-end", "compact-start", "session-end")
"""What the journal is told of: a session that began is swept later even if nothing else is heard of it."""

_FIELDS = (
    "event",
    "dialect",
    "transport",
    "session_id",
    "turn_id",
    "cwd",
    "transcript_path",
    "source",
    "reason",
    "trigger",
    "model",
    "prompt",
    "last_assistant_message",
    "is_subagent",
)


class HookEvent:
    """What happened in a host, in one vocabulary for all hosts.

    Attributes:
        event: `session-start`, `session-end`, `user-prompt`, `turn-end`, `compact-start`, ... or `unknown`.
        dialect: whose shape the payload had, such as `codex-native`.
        transport: `stdin` for a JSON object on standard input.
        session_id, turn_id, cwd, transcript_path, source, reason, trigger, model, prompt,
            last_assistant_message: the payload's, None where it has none.
        is_subagent: whether a subagent of the session reports it.
    """

    __slots__ = _FIELDS

    event: str
    dialect: str
    transport: str
    session_id: str | None
    turn_id: str | None
    cwd: str | None
    transcript_path: str | None
    source: str | None
    reason: str | None
    trigger: str | None
    model: str | None
    prompt: str | None
    last_assistant_message: str | None
    is_subagent: bool

    def __init__(self, **facts: Any) -> None:
        for name in _FIELDS:
            object.__setattr__(self, name, facts.get(name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a HookEvent never changes: {name}")

    def __repr__(self) -> str:
        told = ", ".join(f"{n}={getattr(self, n)!r}" for n in _FIELDS if getattr(self, n) is not None)
        return f"HookEvent({told})"


_NATIVE_EVENTS = {
    "sessionstart": "session-start",
    "sessionend": "session-end",
    "userpromptsubmit": "user-prompt",
    "stop": "turn-end",
    "interrupt": "turn-interrupted",
    "pretooluse": "tool-start",
    "posttooluse": "tool-end",
    "permissionrequest": "approval-requested",
    "precompact": "compact-start",
    "postcompact": "compact-end",
    "subagentstart": "subagent-start",
    "subagentstop": "subagent-end",
    "premodelrequest": "model-request",
    "postmodelrequest": "model-response",
}
_NATIVE_TEXTS = ("turn_id", "source", "reason", "trigger", "model", "prompt", "last_assistant_message")


def parse_event(payload: Mapping[str, Any]) -> HookEvent | None:
    """Return the event that `payload` reports, None when no known dialect wrote it."""
    for read in _DIALECTS:
        event = read(payload)
        if event is not None:
            return event
    return None


def _codex_native(payload: Mapping[str, Any]) -> HookEvent | None:
    """Read the shape of Codex 0.116 and later: snake_case keys and a CamelCase `hook_event_name`.

    Subagents report under their parent's `session_id` and are told by `agent_id` (seen in Codex 0.169).
    """
    name = payload.get("hook_event_name")
    if not isinstance(name, str):
        return None
    letters = "".join(c for c in name.lower() if c.isalpha())
    return HookEvent(
        event=_NATIVE_EVENTS.get(letters, "unknown"),
        dialect="codex-native",
        transport="stdin",
        session_id=_identity(payload.get("session_id")),
        cwd=_text(payload.get("cwd")),
        transcript_path=_text(payload.get("transcript_path")),
        is_subagent=bool(payload.get("agent_id")) or letters.startswith("subagent"),
        **{field: _text(payload.get(field)) for field in _NATIVE_TEXTS},
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _identity(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


_DIALECTS: tuple[Reader, ...] = (_codex_native,)
