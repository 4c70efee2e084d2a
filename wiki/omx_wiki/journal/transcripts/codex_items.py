"""Response items of a Codex rollout: messages, tool calls and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.calls import command_text, read_call, shell_call
from omx_wiki.journal.transcripts.outputs import joined_text, read_output
from omx_wiki.journal.transcripts.records import AssistantMessage, Prompt, Record, ToolResult, WebSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

_OUTPUTS = ("function_call_output", "custom_tool_call_output", "local_shell_call_output")
_PERSON = "user.text"


def read_item(payload: dict[str, Any], metadata: dict[str, Any], at: int | None) -> Sequence[Record]:
    """Return the records of one item; `metadata` stands beside the payload in newer files."""
    kind = fields.text(payload, "type")
    if kind == "message":
        return _message(payload, metadata, at)
    call_id = fields.text(payload, "call_id", "id")
    if kind in ("function_call", "custom_tool_call"):
        raw = payload.get("arguments", payload.get("input"))
        return read_call(fields.text(payload, "name"), raw, call_id, at)
    if kind in _OUTPUTS:
        output = read_output(payload.get("output"))
        return (
            ToolResult(
                call_id, output.exit_code, output.text, output.duration_ms, output.session, output.ok, at
            ),
        )
    if kind == "local_shell_call":
        command = command_text(fields.mapping(payload, "action").get("command"))
        return (shell_call(call_id, kind, command, at),)
    if kind == "web_search_call":
        return (WebSearch(fields.text(fields.mapping(payload, "action"), "query", "url")),)
    return ()


def _message(payload: dict[str, Any], metadata: dict[str, Any], at: int | None) -> Sequence[Record]:
    role = fields.text(payload, "role")
    if role == "assistant":
        words = joined_text(payload.get("content")).strip()
        is_summary = metadata.get("compaction_output") is True
        return (AssistantMessage(words, at),) if words and not is_summary else ()
    if role == "user" and _is_from_person(payload):
        words = joined_text(payload.get("content")).strip()
        return (Prompt(words, at),) if words else ()
    return ()


def _is_from_person(payload: dict[str, Any]) -> bool:
    """Whether the item's own metadata, where present, allows that a person wrote it."""
    passed = fields.mapping(payload, "internal_chat_message_metadata_passthrough")
    kinds = fields.items(passed, "content_item_kinds")
    return not kinds or _PERSON in kinds or any(str(kind).startswith("user.") for kind in kinds)
