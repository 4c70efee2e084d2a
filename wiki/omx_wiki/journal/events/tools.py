"""What a tool was asked for and what it answered, as hooks of any host tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.transcripts import claude_tools, fields
from omx_wiki.journal.transcripts.calls import command_text, read_call, shell_call
from omx_wiki.journal.transcripts.mend import mend_object
from omx_wiki.journal.transcripts.outputs import Output, joined_text, read_output
from omx_wiki.journal.transcripts.patches import patch_changes
from omx_wiki.journal.transcripts.records import PlanUpdate, ToolCall, WebSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.transcripts.records import FileChange, Record

_SHELLS = frozenset(
    (
        *("bash", "shell", "local_shell", "exec_command", "shell_command", "container.exec", "unified_exec"),
        *("run_shell_command", "run_terminal_cmd", "run_command", "powershell"),
    )
)
_WRITERS = frozenset(("write", "write_file", "create", "create_file"))
_EDITORS = frozenset(
    (
        "edit",
        "multiedit",
        "notebookedit",
        "edit_file",
        "edit_block",
        "replace",
        "search_replace",
        "str_replace",
    )
)
_READERS = frozenset(("read", "read_file", "view", "read_text_file"))
_CLAUDE_NAMES = {"todowrite": "TodoWrite", "websearch": "WebSearch", "web_search": "WebSearch"}
_PATHS = ("file_path", "path", "filePath", "notebook_path", "target_file", "absolute_path")
_PATCHES = ("input", "patch", "content", "command", "cmd", "changes")
_OUTPUTS = ("stdout", "stderr", "output", "error")


class Asked(NamedTuple):
    """What a call asks for, as far as a journal tells it."""

    command: str = ""
    changes: tuple[FileChange, ...] = ()
    reads: str = ""
    plan: tuple[tuple[str, str], ...] = ()
    query: str = ""


def asked_of(name: str, given: object) -> Asked:
    """Read a tool's input: a JSON value, its text, or the first part of its text."""
    given = _unquoted(given) if isinstance(given, str) and given.startswith('"') else given
    values = given if isinstance(given, dict) else _object_of(given)
    low = name.lower()
    patch = _patch_in(values, given)
    if patch:
        return Asked(changes=patch)
    if low in _SHELLS:
        command = command_text(values.get("command") or values.get("cmd") or (given if not values else ""))
        return _told([shell_call("", name, command, None)])
    path = fields.text(values, *_PATHS)
    if low in _WRITERS or low in _EDITORS:
        part = {"name": "Write" if low in _WRITERS else "Edit", "input": {**values, "file_path": path}}
        return _told(claude_tools.read_tool_use(part, None))
    if low in _READERS:
        return Asked(reads=path)
    if low in _CLAUDE_NAMES:
        return _told(claude_tools.read_tool_use({"name": _CLAUDE_NAMES[low], "input": values}, None))
    return _told(read_call(name, values or given, "", None))


def output_of(given: object) -> Output:
    """Read a tool's answer: plain text, or the JSON text of an object with its streams."""
    text = joined_text(given)
    values = fields.parse_object(text) if text.startswith("{") else None
    if values is None or not any(isinstance(values.get(name), str) for name in _OUTPUTS[:2]):
        return read_output(text)
    streams = "\n".join(part for name in _OUTPUTS if (part := fields.text(values, name)))
    read = read_output(streams)
    code = fields.number(values, "exit_code")
    code = fields.number(values, "exitCode") if code is None else code
    return read._replace(exit_code=read.exit_code if code is None else code)


def _unquoted(text: str) -> str:
    """Return the text that a JSON text, or the first part of one, holds."""
    held = mend_object(f'{{"text":{text}'.encode("utf-8", "replace"))
    return fields.text(held, "text") or text


def _object_of(given: object) -> dict[str, Any]:
    if not isinstance(given, str) or not given.lstrip().startswith("{"):
        return {}
    return fields.parse_object(given) or mend_object(given.encode("utf-8", "replace")) or {}


def _patch_in(values: dict[str, Any], given: object) -> tuple[FileChange, ...]:
    """Return the files of a patch, wherever the host put it; a shell command may hold one too."""
    texts = [given] if not values else [values.get(name) for name in _PATCHES]
    for text in texts:
        found = patch_changes(text if isinstance(text, str) else joined_text(text))
        if found:
            return found
    return ()


def _told(records: Sequence[Record]) -> Asked:
    asked = Asked()
    for record in records:
        if isinstance(record, ToolCall):
            asked = asked._replace(
                command=asked.command or record.command,
                changes=asked.changes or record.claims,
                reads=asked.reads or record.reads,
            )
        elif isinstance(record, PlanUpdate):
            asked = asked._replace(plan=record.steps)
        elif isinstance(record, WebSearch):
            asked = asked._replace(query=record.query)
    return asked
