"""The shapes that programs accept in a file of hooks; Codex 0.169 drops a whole file over one wrong entry."""

from __future__ import annotations

from dataclasses import dataclass
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


class _ShapeError(Exception):
    """What is wrong in a file."""


@dataclass(frozen=True)
class Shape:
    """How one program keeps hooks in a JSON file.

    Attributes:
        program: its name, as people call it.
        events: the names of events whose groups are looked at.
        root_keys: the outermost keys it accepts, None for any.
        checks_handlers: whether one handler it does not understand costs the whole file.
        keys_by_place: whether it knows a hook by its place, so that later ones must not move up.
    """

    program: str
    events: frozenset[str]
    root_keys: frozenset[str] | None = None
    checks_handlers: bool = False
    keys_by_place: bool = False


CODEX = Shape(
    "Codex", EVENT_NAMES, frozenset({"description", "hooks"}), checks_handlers=True, keys_by_place=True
)
"""A `hooks.json` of Codex."""


def check_shape(root: object, name: str, shape: Shape = CODEX) -> None:
    """Raise RefusedError when the program would reject the file `name` that holds `root`.

    Handler types are not checked against a list, so that a newer version may know more of them.
    """
    try:
        _check_root(root, shape)
    except _ShapeError as error:
        raise RefusedError(
            f"{name}: {error}", f"{shape.program} rejects the file as it is; repair it, then run this again"
        ) from None


def _check_root(root: object, shape: Shape) -> None:
    if not isinstance(root, dict):
        raise _ShapeError("the outermost value is not an object")
    for key in root:
        if shape.root_keys is not None and key not in shape.root_keys:
            raise _ShapeError(f'the outermost key "{key}" is unknown to {shape.program}')
    if shape.root_keys is not None and not isinstance(root.get("description"), str | None):
        raise _ShapeError('"description" is not a text')
    hooks = root.get("hooks", {})
    if not isinstance(hooks, dict):
        raise _ShapeError('"hooks" is not an object')
    for event in hooks:
        if event in shape.events:
            _check_groups(hooks[event], f"hooks.{event}", shape)


def _check_groups(groups: object, where: str, shape: Shape) -> None:
    if not isinstance(groups, list):
        raise _ShapeError(f"{where} is not a list")
    for index, group in enumerate(groups):
        here = f"{where}[{index}]"
        if not isinstance(group, dict):
            raise _ShapeError(f"{here} is not an object")
        if not isinstance(group.get("matcher"), str | None):
            raise _ShapeError(f"{here}.matcher is not a text")
        handlers = group.get("hooks", [])
        if not isinstance(handlers, list):
            raise _ShapeError(f"{here}.hooks is not a list")
        for position, handler in enumerate(handlers if shape.checks_handlers else ()):
            _check_handler(handler, f"{here}.hooks[{position}]")


def _check_handler(handler: Any, where: str) -> None:
    if not isinstance(handler, dict) or not isinstance(handler.get("type"), str):
        raise _ShapeError(f"{where} is not a handler with a type")
    if handler["type"] != "command":
        return
    if not isinstance(handler.get("command"), str):
        raise _ShapeError(f"{where}.command is not a text")
    timeout = handler.get("timeout")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0):
        raise _ShapeError(f"{where}.timeout is not a whole number of seconds")
