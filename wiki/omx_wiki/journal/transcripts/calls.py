"""What a tool call asks for: a shell command, an edit, a plan, input to a running process."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.patches import patch_changes
from omx_wiki.journal.transcripts.records import PlanUpdate, ToolCall

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHELLS = frozenset(
    {"shell", "shell_command", "exec_command", "container.exec", "local_shell", "unified_exec"}
)
_SHELL_PROGRAM = re.compile(
    r"(?:\S*/)?(?:ba|z|da|k|fi)?sh(?:\.exe)?\Z|(?:\S*[/\\])?(?:pwsh|powershell)(?:\.exe)?\Z"
)
_SHELL_FLAGS = frozenset({"-c", "-lc", "-ic", "-l", "-i", "-Command", "-NoProfile", "-NoLogo", "--login"})
_PATCH_COMMAND = re.compile(r"\s*(?:cd\s+\S+\s*(?:&&|;)\s*)?(?:apply_patch|applypatch)\b")
_SCRIPTED = re.compile(
    r"""exec_command\(\s*\{[^}]{0,400}?["']?cmd["']?\s*:\s*("(?:[^"\\]|\\.){0,8000}")""",
)
MAX_COMMAND = 8000
_READING_TOOL = re.compile(r"(?:.*_)?read(?:_text)?_file\Z")
_MAX_STEPS = 100


def command_text(value: object) -> str:
    """Return the command a person would type for an argument list or text; shell wrappers come off."""
    if isinstance(value, str):
        return value.strip()[:MAX_COMMAND]
    if not isinstance(value, list):
        return ""
    words = [word for word in value if isinstance(word, str)]
    rest = list(words)
    if rest and _SHELL_PROGRAM.match(rest[0]):
        rest = rest[1:]
        while rest and rest[0] in _SHELL_FLAGS:
            rest = rest[1:]
        if len(rest) == 1:
            return rest[0].strip()[:MAX_COMMAND]
    return " ".join(words).strip()[:MAX_COMMAND]


def read_call(name: str, raw: object, call_id: str, at: int | None) -> Sequence[ToolCall | PlanUpdate]:
    """Read a function or custom tool call; `raw` is its argument text, a JSON object or free text."""
    given = raw if isinstance(raw, str) else ""
    values = fields.parse_object(given) if given.lstrip().startswith("{") else None
    arguments = values or (raw if isinstance(raw, dict) else {})
    call = ToolCall(call_id, name, "", (), "", at)
    if name == "update_plan":
        return (call, *plan_update(fields.items(arguments, "plan"), "step"))
    if name == "apply_patch":
        return (call._replace(claims=patch_changes(fields.text(arguments, "input", "patch") or given)),)
    if name == "write_stdin":
        return (call._replace(session=_session_name(arguments)),)
    if name == "exec" and values is None:
        return _script(call, given)
    if name in _SHELLS:
        command = command_text(arguments.get("command") or arguments.get("cmd"))
        return (_shell(call, command),)
    asked = fields.text(arguments, "file_path", "path") if _READING_TOOL.match(name) else ""
    return (call._replace(reads=asked),)


def shell_call(call_id: str, name: str, command: str, at: int | None) -> ToolCall:
    """Return the call of a shell command; one that only pipes a patch is an edit, not a command."""
    return _shell(ToolCall(call_id, name, "", (), "", at), command)


def _shell(call: ToolCall, command: str) -> ToolCall:
    if _PATCH_COMMAND.match(command):
        return call._replace(claims=patch_changes(command))
    return call._replace(command=command)


def _script(call: ToolCall, source: str) -> list[ToolCall]:
    """Find the literal commands of a code mode script; those it computes are known only from reports."""
    commands = []
    for found in _SCRIPTED.finditer(source[:MAX_COMMAND]):
        try:
            command = json.loads(found[1])
        except ValueError:
            continue
        commands.append(command_text(command))
    inner = [
        call._replace(call_id=f"{call.call_id}#{at}", name="", command=text)
        for at, text in enumerate(commands)
    ]
    return [call, *inner]


def _session_name(arguments: dict[str, Any]) -> str:
    value = arguments.get("session_id")
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def plan_update(steps: list[Any], key: str) -> tuple[PlanUpdate, ...]:
    """Return the plan of a list of `{key, status}` objects; () when it has no readable step."""
    pairs = [(fields.text(step, key), fields.text(step, "status")) for step in steps[:_MAX_STEPS]]
    readable = tuple((step, status) for step, status in pairs if step)
    return (PlanUpdate(readable),) if readable else ()
