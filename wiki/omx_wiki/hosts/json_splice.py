"""Edits a JSON text in place: what is not edited keeps every character.

Values are read by the standard decoder; this module only finds where they stand. A container that had no
entries is filled on its own line, without white space after its opening bracket, while every container
written here has white space there. `is_ours_to_drop` reads that difference back, so an edit can be undone
exactly without any record of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

_SPACE = " \t\r\n"
_DEFAULT_UNIT = "  "


class JsonTextError(ValueError):
    """The text is not JSON that every reader understands the same way."""


@dataclass(frozen=True)
class Entry:
    """One element or member: its key (None in an array) and the offsets of start, value and end."""

    key: str | None
    start: int
    value: int
    end: int


@dataclass(frozen=True)
class Container:
    """An array or object in the text, with the offsets of its brackets (`end` lies after the last one)."""

    start: int
    end: int
    entries: tuple[Entry, ...]


def load(text: str) -> Any:
    """Return the value of `text`; raise JsonTextError for anything strict readers reject.

    Duplicate keys, NaN and Infinity, and unpaired surrogates are errors here, though Python's own reader
    lets them pass.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    try:
        value, end = decoder.raw_decode(text, _skip(text, 0))
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise JsonTextError("a string holds an unpaired surrogate") from None
    except RecursionError:
        raise JsonTextError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise JsonTextError(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except ValueError as error:
        raise JsonTextError(str(error)) from None
    if _skip(text, end) != len(text):
        raise JsonTextError(f"more text follows the value (line {text.count(chr(10), 0, end) + 1})")
    return value


def find(text: str, path: tuple[str | int, ...]) -> Container:
    """Return the container at `path` (keys and indexes from the root); `text` must satisfy `load`."""
    found = _scan(text, _skip(text, 0))
    for step in path:
        entries = found.entries
        entry = entries[step] if isinstance(step, int) else next(e for e in entries if e.key == step)
        found = _scan(text, entry.value)
    return found


def append(text: str, path: tuple[str | int, ...], value: Any, key: str | None = None) -> str:
    """Return `text` with `value` as the last entry of the container at `path`, laid out like the others."""
    container = find(text, path)
    prefix = "" if key is None else f"{json.dumps(key, ensure_ascii=False)}: "
    if not container.entries:
        at = container.start + 1
        return text[:at] + prefix + render(value) + text[at:]
    last = container.entries[-1]
    lead = _lead(text, container, len(container.entries) - 1)
    return text[: last.end] + "," + lead + prefix + _like_neighbour(text, value, lead) + text[last.end :]


def replace(text: str, path: tuple[str | int, ...], index: int, value: Any) -> str:
    """Return `text` with another value for entry `index` of the container at `path`."""
    container = find(text, path)
    entry = container.entries[index]
    written = _like_neighbour(text, value, _lead(text, container, index))
    return text[: entry.value] + written + text[entry.end :]


def remove(text: str, path: tuple[str | int, ...], index: int) -> str:
    """Return `text` without entry `index` of the container at `path`; the inverse of `append`."""
    container = find(text, path)
    entries = container.entries
    if index:
        return text[: entries[index - 1].end] + text[entries[index].end :]
    if len(entries) > 1:
        return text[: entries[0].start] + text[entries[1].start :]
    return text[: container.start + 1] + text[entries[0].end :]


def index_of(text: str, path: tuple[str | int, ...], key: str) -> int:
    """Return the position of member `key` in the object at `path`."""
    return next(i for i, entry in enumerate(find(text, path).entries) if entry.key == key)


def is_ours_to_drop(text: str, path: tuple[str | int, ...]) -> bool:
    """Whether the only entry of the container at `path` came into being together with the container.

    False also when several entries are left. An editor that reformats the file makes this True for a
    container that was there before us; dropping an empty one then changes nothing for the file's reader.
    One that eats the white space alone (OMX does when it takes its own entries out) leaves the entry on its
    lines, while a container that was there before is filled on one.
    """
    container = find(text, path)
    if len(container.entries) != 1:
        return False
    entry = container.entries[0]
    return bool(_lead(text, container, 0)) or "\n" in text[entry.value : entry.end]


def render(value: Any, indent: str | None = None, unit: str = _DEFAULT_UNIT, newline: str = "\n") -> str:
    """Return `value` as JSON with white space inside every bracket; on one line when `indent` is None."""
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = None if indent is None else indent + unit
    if isinstance(value, dict):
        brackets = "{}"
        items = [
            f"{json.dumps(key, ensure_ascii=False)}: {render(item, inner, unit, newline)}"
            for key, item in value.items()
        ]
    else:
        brackets = "[]"
        items = [render(item, inner, unit, newline) for item in value]
    pad, close = (" ", " ") if inner is None else (newline + inner, f"{newline}{indent}")
    return brackets[0] + pad + f",{pad}".join(items) + close + brackets[1]


def _like_neighbour(text: str, value: Any, lead: str) -> str:
    """Render `value` for a place that `lead` (the white space before it) leads to."""
    line, newline, indent = lead.rpartition("\n")
    if not newline:
        return render(value)
    return render(value, indent, _unit(text), "\r\n" if line.endswith("\r") else "\n")


def _unit(text: str) -> str:
    """Return one level of indentation: what stands before the first member of the root."""
    root = _scan(text, _skip(text, 0))
    if not root.entries:
        return _DEFAULT_UNIT
    _, newline, indent = _lead(text, root, 0).rpartition("\n")
    return indent if newline and indent else _DEFAULT_UNIT


def _lead(text: str, container: Container, index: int) -> str:
    """Return the white space directly before an entry."""
    start = container.entries[index].start
    begin = start
    while text[begin - 1] in _SPACE:
        begin -= 1
    return text[begin:start]


def _scan(text: str, start: int) -> Container:
    """Find the entries of the container whose opening bracket is at `start`."""
    decoder = json.JSONDecoder()
    is_object = text[start] == "{"
    entries: list[Entry] = []
    at = _skip(text, start + 1)
    while text[at] not in "]}":
        key, value = None, at
        if is_object:
            key, end = decoder.raw_decode(text, at)
            value = _skip(text, _skip(text, end) + 1)
        _, end = decoder.raw_decode(text, value)
        entries.append(Entry(key, at, value, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return Container(start, at + 1, tuple(entries))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise JsonTextError(f"the key {json.dumps(twice)} stands twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise JsonTextError(f"{name} is not JSON")
