"""Tool calls told by a start and an end, with an id of their own or tied by turn and name in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.patches import MAX_FILES
from omx_wiki.journal.transcripts.records import (
    FileChange,
    PlanUpdate,
    Record,
    ToolCall,
    ToolFailure,
    ToolResult,
    WebSearch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_RACE_MS = 1000
_DETAILS = ("command", "changes", "reads")


class EventCalls:
    """Follows the tool calls of one session; a start that comes shortly after its end still counts once."""

    def __init__(self) -> None:
        self._count = 0
        self._told: dict[str, bool] = {}
        self._open: dict[tuple[str, str], list[str]] = {}
        self._early: dict[tuple[str, str], list[tuple[str, int, ToolResult]]] = {}

    def start(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        """Return the records of a tool's start."""
        call, key = fields.text(event, "call"), _key(event)
        early = None
        if not call:
            early = self._take_early(key, at or 0)
            call = early[0] if early else self._new_id()
            if early is None:
                self._open.setdefault(key, []).append(call)
        records = self._ask(call, event, at)
        return [*records, early[2]] if early and records else records

    def end(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        """Return the records of a tool's end; a call whose start was not told is told with it."""
        call, key = fields.text(event, "call"), _key(event)
        waiting = self._open.get(key)
        is_early = not call and not waiting
        call = call or (waiting.pop(0) if waiting else self._new_id())
        result = _result(call, event, at)
        if is_early:
            self._early.setdefault(key, []).append((call, at or 0, result))
        return [*self._ask(call, event, at), result, *self._failure(call, event)]

    def _failure(self, call: str, event: Mapping[str, Any]) -> list[Record]:
        """Return what went wrong with a tool that tells neither a command nor files: else these tell it."""
        error = fields.text(event, "error")
        if event.get("success") is not False or not error or self._told.get(call):
            return []
        return [ToolFailure(fields.text(event, "tool") or "tool", error)]

    def _ask(self, call: str, event: Mapping[str, Any], at: int | None) -> list[Record]:
        """Return the call itself; when it was told before, only what was not known of it then."""
        known = self._told.get(call)
        has_details = any(event.get(name) for name in _DETAILS)
        if known or (known is False and not has_details):
            return []
        self._told[call] = has_details
        return _call(call, event, at, is_new=known is None)

    def _take_early(self, key: tuple[str, str], at: int) -> tuple[str, int, ToolResult] | None:
        ended = self._early.get(key, [])
        return ended.pop(0) if ended and 0 <= at - ended[0][1] <= _RACE_MS else None

    def _new_id(self) -> str:
        self._count += 1
        return f"#{self._count}"


def _key(event: Mapping[str, Any]) -> tuple[str, str]:
    return fields.text(event, "turn"), fields.text(event, "tool")


def _call(call: str, event: Mapping[str, Any], at: int | None, *, is_new: bool) -> list[Record]:
    name = (fields.text(event, "tool") or "tool") if is_new else ""
    command, reads = fields.text(event, "command"), fields.text(event, "reads")
    asked: list[Record] = [ToolCall(call, name, command, _changes(event), "", at, reads)]
    steps = [(fields.text(step, "step"), fields.text(step, "status")) for step in fields.items(event, "plan")]
    if steps and is_new:
        asked.append(PlanUpdate(tuple(steps)))
    if is_new and (query := fields.text(event, "query")):
        asked.append(WebSearch(query))
    return asked


def _changes(event: Mapping[str, Any]) -> tuple[FileChange, ...]:
    """Read rows of path, kind, added, removed and former path; rows of another shape are passed over."""
    found = []
    for row in fields.items(event, "changes")[:MAX_FILES]:
        if not isinstance(row, list) or len(row) != len(FileChange._fields):
            continue
        path, kind, added, removed, old_path = row
        if isinstance(added, int) and isinstance(removed, int):
            found.append(FileChange(str(path), str(kind), added, removed, str(old_path)))
    return tuple(found)


def _result(call: str, event: Mapping[str, Any], at: int | None) -> ToolResult:
    success, code = event.get("success"), fields.number(event, "exit")
    if code is None and isinstance(success, bool):
        code = int(not success)
    output = fields.text(event, "output", "error")
    return ToolResult(call, code, output, fields.number(event, "ms"), "", success is not False, at)
