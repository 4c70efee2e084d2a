"""One event as hooks told it, made canonical: bounded, redacted, and equal however often it was told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from omx_wiki.journal.events.tools import asked_of, output_of
from omx_wiki.journal.inbox import LATEST_NS, received_ns
from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.injected import is_injected, request_of
from omx_wiki.journal.transcripts.outputs import MAX_OUTPUT, clip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.journal.keep import Keeper

Event: TypeAlias = dict[str, Any]
"""A canonical event: JSON values, with `key` (equal for the same event) and `ns` (when it happened)."""

RANKS = {
    name: rank
    for rank, name in enumerate(
        (
            "session-start",
            "user-prompt",
            "tool-start",
            "tool-end",
            "compact-start",
            "compact-end",
            "turn-interrupted",
            "turn-end",
            "session-end",
        )
    )
}
"""The events a journal needs, and which comes first of several at one moment."""

_TOOLS = ("tool-start", "tool-end")
_BELIEVED_NS = 86400 * 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIQUE_TURN = 16
"""Turn ids shorter than this are counted within a process and return in the next."""

_MAX_PROMPT = 8000
_MAX_COMMAND = 4000
_KEPT_OUTPUT = 6000
_MAX_ERROR = 2000
_MAX_LINE = 400
_MAX_NAME = 200
_MAX_INPUTS = 100_000
_MAX_CHANGES = 200
_MAX_ID = 128
_MAX_NUMBER = 2**53


def canonical(told: Mapping[str, Any], keeper: Keeper) -> Event | None:
    """Return the event of a spool record, None for one that a journal does not need."""
    name = fields.text(told, "event")
    if name not in RANKS:
        return None
    turn = _turn(told)
    event: Event = {"event": name, "ns": moment_ns(told), "key": _identity(name, turn, told)}
    texts = {
        "dialect": keeper.line(fields.text(told, "dialect"), _MAX_NAME),
        "model": keeper.line(fields.text(told, "model"), _MAX_NAME),
        "cwd": keeper.line(fields.text(told, "cwd"), _MAX_LINE),
        "turn": _name(turn),
        "message": keeper.text(fields.text(told, "last_assistant_message"), _MAX_PROMPT),
    }
    if name == "user-prompt":
        texts["prompt"] = "".join(_prompts([fields.text(told, "prompt")], keeper))
    elif name in ("turn-end", "turn-interrupted"):
        given = fields.items(told, "input_messages") or [fields.text(told, "prompt")]
        inputs = _prompts(given, keeper)
        event |= {"inputs": inputs} if inputs else {}
    elif name in _TOOLS:
        event |= _tool(told, keeper)
    event |= {key: value for key, value in texts.items() if value}
    seq = _small(fields.number(told, "seq"))
    return event if seq is None else {**event, "seq": seq}


def moment_ns(told: Mapping[str, Any]) -> int:
    """Return when an event happened, in nanoseconds: as its payload tells, else when it was received.

    A payload's time more than a day from its receipt is not believed.
    """
    stamp = fields.text(told, "timestamp")
    if stamp.isascii() and stamp.isdigit() and len(stamp) < len(str(LATEST_NS)):
        found = int(stamp) * 1_000_000
    else:
        found = _of_text(stamp)
    received = received_ns(told)
    is_near = not received or abs(found - received) <= _BELIEVED_NS
    return found if 0 < found <= LATEST_NS and is_near else received


def merged(one: Event, other: Event) -> Event:
    """Return what two tellings of an event say together; the order of the two makes no difference."""
    whole = {**one, **other}
    for name in one.keys() & other.keys():
        whole[name] = max(one[name], other[name], key=_weight)
    whole["ns"] = min(one["ns"], other["ns"])
    return whole


def order(event: Event) -> tuple[int, int, int, str]:
    """Return what sorts events: time, then kind, then the host's number, then the key."""
    return event["ns"], RANKS[event["event"]], event.get("seq", 0), event["key"]


def digest(*parts: object) -> str:
    """Return a short text that is equal for equal parts."""
    whole = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str)
    return blake2b(whole.encode("ascii", "replace"), digest_size=12).hexdigest()


def _weight(value: object) -> tuple[int, str]:
    text = json.dumps(value, sort_keys=True)
    return len(text), text


def _of_text(stamp: str) -> int:
    try:
        moment = datetime.fromisoformat(stamp)
        whole = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (whole - _EPOCH) // timedelta(microseconds=1) * 1000
    except (ValueError, OverflowError):
        return 0


def _turn(told: Mapping[str, Any]) -> str:
    turn = fields.text(told, "turn_id")
    return turn if not turn or len(turn) >= _UNIQUE_TURN else f"{fields.count(told, 'parent')}:{turn}"


def _identity(name: str, turn: str, told: Mapping[str, Any]) -> str:
    """Return the key: by the host's own id, else by turn and call, else by content and time."""
    event_id, call = fields.text(told, "event_id"), fields.text(told, "tool_call_id")
    if event_id:
        return digest("id", name, event_id)
    if name in _TOOLS and call:
        return digest(name, turn, call)
    said = [told.get(key) for key in ("prompt", "input_messages", "last_assistant_message")]
    if turn and name not in _TOOLS:
        return digest(name, turn, [] if len(fields.text(told, "turn_id")) >= _UNIQUE_TURN else said)
    asked = [told.get(key) for key in ("tool_name", "tool_input", "tool_output", "success", "error")]
    return digest(name, turn, said, asked, moment_ns(told))


def _small(number: int | None) -> int | None:
    return number if number is not None and abs(number) < _MAX_NUMBER else None


def _name(text: str) -> str:
    """Return an id as it may be kept: a hash when it is no plain word."""
    plain = text.isascii() and all(char.isalnum() or char in "-_:.#" for char in text)
    return text if plain and len(text) <= _MAX_ID else digest(text)


def _prompts(given: list[Any], keeper: Keeper) -> list[str]:
    """Return what a person wrote among texts; the first of very many are left out."""
    asked = [request_of(text) for text in given if isinstance(text, str) and not is_injected(text)]
    found: list[str] = []
    room = _MAX_INPUTS
    for text in reversed(asked):
        kept = keeper.text(text, _MAX_PROMPT)
        room -= len(kept)
        if room < 0:
            break
        found += [kept] if kept else []
    return found[::-1]


def _tool(told: Mapping[str, Any], keeper: Keeper) -> Event:
    """Return what a journal keeps of a tool call, under the names of the reader of events."""
    name = fields.text(told, "tool_name")
    asked = asked_of(name, told.get("tool_input"))
    answer = output_of(told.get("tool_output"))
    success = told.get("success")
    ended = told.get("event") == "tool-end"
    kept: Event = {
        "tool": keeper.line(name, _MAX_NAME),
        "call": _name(fields.text(told, "tool_call_id")),
        "command": keeper.text(asked.command, _MAX_COMMAND),
        "reads": keeper.line(asked.reads, _MAX_LINE),
        "query": keeper.line(asked.query, _MAX_LINE),
        "plan": [{"step": keeper.line(s, _MAX_LINE), "status": keeper.line(t, 40)} for s, t in asked.plan],
        "changes": [
            [keeper.line(c.path, _MAX_LINE), c.kind, c.added, c.removed, keeper.line(c.old_path, _MAX_LINE)]
            for c in asked.changes[:_MAX_CHANGES]
        ],
        "output": _ends(keeper.text(clip(answer.text), 2 * MAX_OUTPUT)) if ended else "",
        "error": keeper.text(fields.text(told, "error"), _MAX_ERROR),
    }
    numbers = {"exit": _small(answer.exit_code), "ms": _small(fields.number(told, "duration_ms"))}
    flags = {"success": success} if isinstance(success, bool) else {}
    return {
        **{key: value for key, value in kept.items() if value},
        **{key: value for key, value in numbers.items() if value is not None and ended},
        **flags,
    }


def _ends(cleaned: str) -> str:
    """Return a redacted text, or its two ends when it is long."""
    half = _KEPT_OUTPUT // 2
    return cleaned if len(cleaned) <= _KEPT_OUTPUT else f"{cleaned[:half]}\n{cleaned[-half:]}"
