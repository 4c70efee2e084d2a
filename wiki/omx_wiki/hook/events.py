"""What happened in a host, in one vocabulary for all hosts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NoReturn

JOURNALLED = ("session-start", "turn-end", "turn-interrupted", "compact-start", "session-end")
"""What the journal is told of: a session that began is swept later even if nothing else is heard of it."""

TOLD_ONCE = (*JOURNALLED, "user-prompt", "tool-start", "tool-end")
"""What it is told of by hosts without a transcript: the event may be the only copy."""

WITHOUT_TRANSCRIPT = (
    "xcodex-v1",
    "xcodex-v2",
    "event-hooks",
    "codex-notify",
    "codex-notify-g1",
    "gemini",
    "cursor",
    "copilot",
    "omx-plugin",
    "neotoma",
)
"""Dialects that do not say where the transcript is, or keep one that no reader of ours knows."""

CANONICAL = (
    "event",
    "dialect",
    "transport",
    "session_id",
    "turn_id",
    "event_id",
    "timestamp",
    "cwd",
    "transcript_path",
    "source",
    "reason",
    "trigger",
    "model",
    "prompt",
    "last_assistant_message",
    "tool_name",
    "success",
    "is_subagent",
    "synthetic",
    "needs_payload_file",
)
"""The fields that every host may fill."""

_FIELDS = (
    *CANONICAL,
    "alias",
    "seq",
    "input_messages",
    "tool_call_id",
    "tool_input",
    "tool_output",
    "status",
    "duration_ms",
    "error",
    "payload",
)


class HookEvent:
    """One event of a host; it never changes.

    Attributes:
        event: `session-start`, `session-end`, `user-prompt`, `turn-end`, `turn-interrupted`, `tool-start`,
            `tool-end`, `approval-requested`, `notification`, `compact-start`, `compact-end`,
            `subagent-start`, `subagent-end`, `model-request`, `model-response`, `idle` or `unknown`.
        dialect: whose shape the payload had, such as `codex-native`.
        transport: `stdin`, `argv` (JSON as the last word), `host` (a line to a long-lived process) or `file`.
        session_id: the thread's id where the host has one, else the session's.
        turn_id, event_id, timestamp, source, reason, trigger, model, prompt, last_assistant_message,
            tool_name: the payload's, None where it has none.
        cwd, transcript_path: absolute or None.
        success: whether a tool succeeded, None where nobody says.
        is_subagent: whether a subagent of the session reports it.
        synthetic: whether it is a self-test of the host or of ours, which is never written down.
        needs_payload_file: whether the payload is in a file that could not be read, and this its envelope.
        alias: another id of the same session.
        seq: the number of the line that a long-lived process got.
        input_messages: every prompt of the session so far.
        tool_call_id, tool_input, tool_output, status, duration_ms, error: of a tool call.
        payload: all that the host sent, to be read only.
    """

    __slots__ = _FIELDS

    event: str
    dialect: str
    transport: str
    session_id: str | None
    turn_id: str | None
    event_id: str | None
    timestamp: str | None
    cwd: str | None
    transcript_path: str | None
    source: str | None
    reason: str | None
    trigger: str | None
    model: str | None
    prompt: str | None
    last_assistant_message: str | None
    tool_name: str | None
    success: bool | None
    is_subagent: bool
    synthetic: bool
    needs_payload_file: bool
    alias: str | None
    seq: int | None
    input_messages: tuple[str, ...] | None
    tool_call_id: str | None
    tool_input: Any
    tool_output: str | None
    status: str | None
    duration_ms: int | None
    error: str | None
    payload: Mapping[str, Any]

    def __init__(self, **facts: Any) -> None:
        for name in _FIELDS:
            object.__setattr__(self, name, facts.get(name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a HookEvent never changes: {name}")

    def __repr__(self) -> str:
        told = ", ".join(f"{n}={getattr(self, n)!r}" for n in CANONICAL if getattr(self, n) is not None)
        return f"HookEvent({told})"

    @property
    def is_only_copy(self) -> bool:
        """Whether the host keeps no transcript that can be read, so that the event is all there is."""
        if self.dialect not in WITHOUT_TRANSCRIPT:
            return False
        return self.transcript_path is None or not self.dialect.startswith("xcodex")

    @property
    def is_journalled(self) -> bool:
        """Whether the journal is told of it."""
        return self.event in (TOLD_ONCE if self.is_only_copy else JOURNALLED)
