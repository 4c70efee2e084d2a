"""Tool calls of Claude Code and their answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.calls import command_text, plan_update
from omx_wiki.journal.transcripts.outputs import clip, joined_text
from omx_wiki.journal.transcripts.records import (
    FileChange,
    FilesChanged,
    Record,
    ToolCall,
    ToolResult,
    WebSearch,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXIT = re.compile(r"(?:Error: )?Exit code (\d{1,5})\b")
_EDITS = ("Edit", "MultiEdit", "Write", "NotebookEdit")
_MAX_EDITS = 500


def read_tool_use(part: dict[str, Any], at: int | None) -> Sequence[Record]:
    """Return the records of one `tool_use` block."""
    name, given = fields.text(part, "name"), fields.mapping(part, "input")
    call = ToolCall(fields.text(part, "id"), name, "", (), "", at)
    if name == "Bash":
        return (call._replace(command=command_text(given.get("command"))),)
    if name in _EDITS:
        return (call._replace(claims=_claims(name, given)),)
    if name == "Read":
        return (call._replace(reads=fields.text(given, "file_path")),)
    if name == "TodoWrite":
        return (call, *plan_update(fields.items(given, "todos"), "content"))
    if name in ("WebSearch", "WebFetch"):
        return (call, WebSearch(fields.text(given, "query", "url")))
    return (call,)


def _claims(name: str, given: dict[str, Any]) -> tuple[FileChange, ...]:
    path = fields.text(given, "file_path", "notebook_path")
    if not path:
        return ()
    if name in ("Write", "NotebookEdit"):
        lines = len(fields.text(given, "content", "new_source").splitlines())
        return (FileChange(path, "M", lines, 0),)
    edits = fields.items(given, "edits")[:_MAX_EDITS] or [given]
    added = sum(len(fields.text(edit, "new_string").splitlines()) for edit in edits)
    removed = sum(len(fields.text(edit, "old_string").splitlines()) for edit in edits)
    return (FileChange(path, "M", added, removed),)


def read_tool_result(part: dict[str, Any], detail: object, at: int | None) -> Sequence[Record]:
    """Return the records of one `tool_result` block; `detail` is the line's own `toolUseResult`."""
    call_id = fields.text(part, "tool_use_id")
    output = joined_text(part.get("content"))
    failed = part.get("is_error") is True
    stopped = fields.mapping({"detail": detail}, "detail").get("interrupted") is True
    code = _EXIT.match(output)
    exit_code = int(code[1]) if failed and code else int(failed or stopped)
    result = ToolResult(call_id, exit_code, clip(output), None, "", not failed, at)
    changes = () if failed else _patched(detail)
    return (FilesChanged(call_id, changes, ok=True), result) if changes else (result,)


def _patched(detail: object) -> tuple[FileChange, ...]:
    """Return the edit as the tool itself measured it; () when it says nothing."""
    path, patch = fields.text(detail, "filePath"), fields.items(detail, "structuredPatch")
    if not path or not isinstance(detail, dict) or "structuredPatch" not in detail:
        return ()
    if fields.text(detail, "type") == "create":
        return (FileChange(path, "A", len(fields.text(detail, "content").splitlines()), 0),)
    lines = [line for hunk in patch[:_MAX_EDITS] for line in fields.items(hunk, "lines")]
    signs = [line[:1] for line in lines if isinstance(line, str)]
    return (FileChange(path, "M", signs.count("+"), signs.count("-")),)
