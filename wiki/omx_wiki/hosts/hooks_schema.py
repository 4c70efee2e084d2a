"""The shapes Codex 0.169 accepts in a `hooks.json`; it drops a whole file over one wrong entry."""

from __future__ import annotations

from typing import Any

from omx_wiki.errors import RefusedError

EVENT_NAMES = frozenset(
    {
        "SessionStart",
        "UserPromptSubmit",
        "PreModelRequest",
        "PostModelRequest",
        "PreToolUse",
        "PermissionRequest",
        "PostToolUse",
        "PreCompact",
        "PostCompact",
        "SubagentStart",
        "SubagentStop",
        "Stop",
        "Interrupt",
        "SessionEnd",
    }
)
"""The events Codex knows; what stands under any other name is ignored by it, and by us."""


def check_shape(root: object, name: str) -> None:
    """Raise RefusedError when Codex would reject the file `name` that holds `root`.

    Handler types are not checked against a list, so that a newer Codex may know more of them.
    """
    if not isinstance(root, dict):
        raise _wrong(name, "the outermost value is not an object")
    for key in root:
        if key not in {"description", "hooks"}:
            raise _wrong(name, f'the outermost key "{key}" is unknown to Codex')
    if not isinstance(root.get("description"), str | None):
        raise _wrong(name, '"description" is not a text')
    hooks = root.get("hooks", {})
    if not isinstance(hooks, dict):
        raise _wrong(name, '"hooks" is not an object')
    for event in hooks:
        if event in EVENT_NAMES:
            _check_groups(hooks[event], name, f"hooks.{event}")


def _check_groups(groups: object, name: str, where: str) -> None:
    if not isinstance(groups, list):
        raise _wrong(name, f"{where} is not a list")
    for index, group in enumerate(groups):
        here = f"{where}[{index}]"
        if not isinstance(group, dict):
            raise _wrong(name, f"{here} is not an object")
        if not isinstance(group.get("matcher"), str | None):
            raise _wrong(name, f"{here}.matcher is not a text")
        handlers = group.get("hooks", [])
        if not isinstance(handlers, list):
            raise _wrong(name, f"{here}.hooks is not a list")
        for position, handler in enumerate(handlers):
            _check_handler(handler, name, f"{here}.hooks[{position}]")


def _check_handler(handler: Any, name: str, where: str) -> None:
    if not isinstance(handler, dict) or not isinstance(handler.get("type"), str):
        raise _wrong(name, f"{where} is not a handler with a type")
    if handler["type"] != "command":
        return
    if not isinstance(handler.get("command"), str):
        raise _wrong(name, f"{where}.command is not a text")
    timeout = handler.get("timeout")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0):
        raise _wrong(name, f"{where}.timeout is not a whole number of seconds")


def _wrong(name: str, what: str) -> RefusedError:
    return RefusedError(f"{name}: {what}", "Codex rejects the file as it is; repair it, then run this again")
