"""Puts our groups into the bytes of a file of hooks, such as a Codex `hooks.json`, and takes them out again.

Codex keys its trust in a hook by position, so ours are appended, and one that others follow is replaced by an
inert group (no handlers; Codex 0.169 accepts it without a warning) instead of removed. The next installation
uses that place again. Programs without such keys need no inert group.
No record of an installation is needed: ours is what runs our launcher.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError
from omx_wiki.hosts import json_splice
from omx_wiki.hosts.hooks_schema import CODEX, Shape, check_shape

if TYPE_CHECKING:
    from collections.abc import Mapping

INERT_GROUP = {"matcher": "omx-wiki-removed", "hooks": []}
"""What stands in for a removed group of ours; the matcher can match no session source."""

_LAUNCHER_WORDS = 3


@dataclass(frozen=True)
class EventHook:
    """One event we listen to: its name, the matcher (None for every occurrence) and the limit in seconds."""

    event: str
    matcher: str | None
    timeout: int


EVENTS = (
    EventHook("SessionStart", "startup|clear|compact", 5),
    EventHook("UserPromptSubmit", None, 3),
    EventHook("Stop", None, 5),
    EventHook("PreCompact", None, 5),
    EventHook("SessionEnd", None, 3),
)
"""Every hook that is installed; Codex allows SessionEnd three seconds at most."""


@dataclass(frozen=True)
class Place:
    """Where one handler of ours stands, and what it says.

    Attributes:
        event: the event name as written in the file.
        group: index of the group in the event.
        handler: index of the handler in the group.
        matcher: the group's matcher, None without one.
        entry: the handler object.
        is_followed: whether a foreign handler follows in the same group.
    """

    event: str
    group: int
    handler: int
    matcher: str | None
    entry: Mapping[str, Any]
    is_followed: bool


@dataclass(frozen=True)
class Change:
    """The new bytes of a hooks file, and where our handlers stand in them."""

    new: bytes
    places: tuple[Place, ...]


def groups_for(command: str, windows_command: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the group of each event in EVENTS for one launcher command."""
    groups: dict[str, dict[str, Any]] = {}
    for hook in EVENTS:
        handler: dict[str, Any] = {"type": "command", "command": command}
        if windows_command is not None:
            handler["commandWindows"] = windows_command
        handler["timeout"] = hook.timeout
        matcher = {} if hook.matcher is None else {"matcher": hook.matcher}
        groups[hook.event] = {**matcher, "hooks": [handler]}
    return groups


def install(
    old: bytes | None,
    groups: Mapping[str, dict[str, Any]],
    name: str = "hooks.json",
    shape: Shape = CODEX,
) -> Change:
    """Return `old` with one group of ours per event: appended, or brought up to date where it stands.

    `old` is None when there is no file. Installing twice gives the same bytes. Raises RefusedError, naming
    the file `name`, when the file is not one that the program of `shape` would accept.
    """
    if old is None:
        text = json_splice.render({"hooks": {event: [group] for event, group in groups.items()}}, "") + "\n"
    else:
        text = _decode(old, name)
        root = _load(text, name)
        check_shape(root, name, shape)
        if "hooks" not in root:
            everything = {event: [group] for event, group in groups.items()}
            text = json_splice.append(text, (), everything, "hooks")
        for event, group in groups.items():
            text = _put(text, event, group, shape)
        for event in root.get("hooks", {}):
            text = text if event in groups else _drop(text, event, shape) or text
    new = text.encode()
    return Change(new, find_ours(new, name))


def remove(current: bytes, name: str = "hooks.json", shape: Shape = CODEX) -> bytes | None:
    """Return `current` without our groups: the exact inverse of `install`.

    None means that nothing but ours was in the file. Raises RefusedError when it is not JSON.
    """
    text: str | None = _decode(current, name)
    root = _load(text or "", name)
    hooks = root.get("hooks") if isinstance(root, dict) else None
    for event in hooks if isinstance(hooks, dict) else {}:
        if text is not None:
            text = _drop(text, event, shape)
    return None if text is None else text.encode()


def find_ours(current: bytes, name: str = "hooks.json") -> tuple[Place, ...]:
    """Return the places of our handlers; raises RefusedError when the file is not JSON."""
    root = _load(_decode(current, name), name)
    hooks = root.get("hooks") if isinstance(root, dict) else None
    places = []
    for event in hooks if isinstance(hooks, dict) else {}:
        for index, group in enumerate(_groups(root, event)):
            handlers = _handlers(group)
            for position, handler in enumerate(handlers):
                if is_ours(handler):
                    followed = not all(map(is_ours, handlers[position:]))
                    places.append(Place(event, index, position, group.get("matcher"), handler, followed))
    return tuple(places)


def is_ours(handler: object) -> bool:
    """Whether a handler runs a launcher of this program, wherever the private folder was at that time."""
    command = handler.get("command") if isinstance(handler, dict) else None
    try:
        words = shlex.split(command) if isinstance(command, str) else []
    except ValueError:
        return False
    return len(words) == _LAUNCHER_WORDS and words[0].endswith("/bin/wiki-hook") and words[1] == "--dialect"


def _put(text: str, event: str, group: dict[str, Any], shape: Shape) -> str:
    """Bring our group of one event up to date, or give it a place."""
    root = json_splice.load(text)
    if event not in root["hooks"]:
        return json_splice.append(text, ("hooks",), [group], event)
    present = _groups(root, event)
    path = ("hooks", event)
    mine = [i for i, found in enumerate(present) if any(map(is_ours, _handlers(found)))]
    if not mine:
        if INERT_GROUP in present:
            return json_splice.replace(text, path, present.index(INERT_GROUP), group)
        return json_splice.append(text, path, group)
    text = _drop(text, event, shape, keep=mine[0]) or text
    handlers = _handlers(present[mine[0]])
    if all(map(is_ours, handlers)):
        return text if present[mine[0]] == group else json_splice.replace(text, path, mine[0], group)
    place = next(i for i, handler in enumerate(handlers) if is_ours(handler))
    if handlers[place] == group["hooks"][0]:
        return text
    return json_splice.replace(text, (*path, mine[0], "hooks"), place, group["hooks"][0])


def _drop(text: str, event: str, shape: Shape, keep: int | None = None) -> str | None:
    """Take our groups of one event out, except group `keep`; None when the file was ours alone."""
    root = json_splice.load(text)
    groups = _groups(root, event)
    path = ("hooks", event)
    rest: str | None = text
    count = len(groups)
    for index in reversed(range(count)):
        handlers = _handlers(groups[index])
        mine = [i for i, handler in enumerate(handlers) if is_ours(handler)]
        is_inert = groups[index] == INERT_GROUP
        if rest is None or index == keep or not (mine or is_inert):
            continue
        if len(mine) < len(handlers):
            for place in reversed(mine):
                rest = json_splice.remove(rest, (*path, index, "hooks"), place)
        elif shape.keys_by_place and index < count - 1:
            rest = rest if is_inert else json_splice.replace(rest, path, index, INERT_GROUP)
        else:
            rest = _remove_upwards(rest, path, index)
            count -= 1
    return rest


def _remove_upwards(text: str, path: tuple[str, ...], index: int) -> str | None:
    """Remove an entry and every container that came with it; None when that is the whole text."""
    if not json_splice.is_ours_to_drop(text, path):
        return json_splice.remove(text, path, index)
    if not path:
        return None
    return _remove_upwards(text, path[:-1], json_splice.index_of(text, path[:-1], path[-1]))


def _groups(root: dict[str, Any], event: str) -> list[Any]:
    found = root["hooks"].get(event)
    return found if isinstance(found, list) else []


def _handlers(group: object) -> list[Any]:
    found = group.get("hooks") if isinstance(group, dict) else None
    return found if isinstance(found, list) else []


def _decode(content: bytes, name: str) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        raise RefusedError(
            f"{name} starts with a byte order mark, which JSON forbids",
            "save it as UTF-8 without a byte order mark, then run this again",
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"{name} is not UTF-8 (byte {error.start})", "repair or move the file, then run this again"
        ) from error


def _load(text: str, name: str) -> Any:
    try:
        return json_splice.load(text)
    except json_splice.JsonTextError as error:
        raise RefusedError(
            f"{name} is not valid JSON: {error}", "repair or move the file, then run this again"
        ) from error
