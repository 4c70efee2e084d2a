"""Events of a Codex rollout, and the completed items that replace them in paginated files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.calls import command_text, plan_update
from omx_wiki.journal.transcripts.outputs import clip, joined_text
from omx_wiki.journal.transcripts.patches import reported_changes
from omx_wiki.journal.transcripts.records import (
    AssistantMessage,
    CommandEnd,
    FilesChanged,
    Record,
    Rollback,
    SubagentLink,
    TokenDelta,
    TurnAborted,
    TurnEnd,
    TurnStart,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED = ("failed", "declined")
_MAX_LINKS = 50


def read_event(kind: str, payload: dict[str, Any], at: int | None) -> Sequence[Record]:
    """Return the records of one event; kinds that tell a journal nothing give ()."""
    read = _EVENTS.get(kind)
    return read(payload, at) if read is not None else ()


def read_completed(item: dict[str, Any], at: int | None) -> Sequence[Record]:
    """Return the records of one completed item of a paginated file, user messages excepted."""
    kind = fields.text(item, "type")
    if kind == "AgentMessage":
        words = item_text(item)
        return (AssistantMessage(words, at),) if words else ()
    if kind == "CommandExecution":
        return (_command_end(item, fields.text(item, "id"), at),)
    if kind == "FileChange":
        return (_files_changed(item, fields.text(item, "id")),)
    if kind == "CollabAgentToolCall":
        return _links(fields.items(item, "receiver_thread_ids"))
    return ()


def item_text(item: dict[str, Any]) -> str:
    """Return the text of a message item."""
    return joined_text(item.get("content")).strip()


def token_delta(usage: dict[str, Any]) -> tuple[TokenDelta, ...]:
    """Return the tokens of one answer, () when there are none."""
    delta = TokenDelta(
        fields.count(usage, "input_tokens"),
        fields.count(usage, "cached_input_tokens"),
        fields.count(usage, "output_tokens"),
        fields.count(usage, "reasoning_output_tokens"),
    )
    return (delta,) if any(delta) else ()


def _command_end(payload: dict[str, Any], call_id: str, at: int | None) -> CommandEnd:
    output = fields.text(payload, "aggregated_output", "formatted_output")
    output = output or "\n".join(
        filter(None, (fields.text(payload, "stdout"), fields.text(payload, "stderr")))
    )
    return CommandEnd(
        call_id,
        command_text(payload.get("command")),
        fields.number(payload, "exit_code"),
        clip(output),
        fields.duration_ms(payload.get("duration")),
        fields.text(payload, "source") == "unified_exec_interaction",
        at,
    )


def _files_changed(payload: dict[str, Any], call_id: str) -> FilesChanged:
    ok = payload.get("success") is not False and fields.text(payload, "status") not in _FAILED
    return FilesChanged(call_id, reported_changes(fields.mapping(payload, "changes")), ok)


def _links(ids: list[Any]) -> Sequence[SubagentLink]:
    return [SubagentLink(name) for name in ids[:_MAX_LINKS] if isinstance(name, str) and name]


def _said(payload: dict[str, Any], at: int | None) -> Sequence[Record]:
    words = fields.text(payload, "message").strip()
    return (AssistantMessage(words, at),) if words else ()


def _turn_started(payload: dict[str, Any], at: int | None) -> Sequence[Record]:
    return (TurnStart(fields.text(payload, "turn_id"), at),)


def _turn_ended(payload: dict[str, Any], at: int | None) -> Sequence[Record]:
    """Read the end of a turn; in Codex 0.169 one that the service failed is "complete" too, with an error."""
    failure = fields.text(fields.mapping(payload, "error"), "message")
    if failure:
        return (TurnAborted(failure, at),)
    return (TurnEnd(fields.text(payload, "last_agent_message").strip(), at),)


def _turn_aborted(payload: dict[str, Any], at: int | None) -> Sequence[Record]:
    return (TurnAborted(fields.text(payload, "reason"), at),)


def _rolled_back(payload: dict[str, Any], _at: int | None) -> Sequence[Record]:
    return (Rollback(fields.count(payload, "num_turns")),)


def _command_ended(payload: dict[str, Any], at: int | None) -> Sequence[Record]:
    return (_command_end(payload, fields.text(payload, "call_id"), at),)


def _patch_applied(payload: dict[str, Any], _at: int | None) -> Sequence[Record]:
    return (_files_changed(payload, fields.text(payload, "call_id")),)


def _plan_updated(payload: dict[str, Any], _at: int | None) -> Sequence[Record]:
    return plan_update(fields.items(payload, "plan"), "step")


def _agent_spawned(payload: dict[str, Any], _at: int | None) -> Sequence[Record]:
    return _links([payload.get("new_thread_id")])


_EVENTS = {
    "agent_message": _said,
    "task_started": _turn_started,
    "turn_started": _turn_started,
    "task_complete": _turn_ended,
    "turn_complete": _turn_ended,
    "turn_aborted": _turn_aborted,
    "thread_rolled_back": _rolled_back,
    "exec_command_end": _command_ended,
    "patch_apply_end": _patch_applied,
    "plan_update": _plan_updated,
    "collab_agent_spawn_end": _agent_spawned,
}
