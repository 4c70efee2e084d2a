"""The lines of a file of events: a header, then the events of one session in the order of time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.events.told import RANKS, Event
from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.event_prompts import is_cumulative, prompt_key
from omx_wiki.journal.transcripts.events import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION = 1
_MOST_BYTES = 4 * 1024 * 1024
_KEPT_BYTES = _MOST_BYTES * 9 // 10
MAX_BYTES = 2 * _MOST_BYTES
"""More than any file of ours has."""

_TEXTS = ("event", "key", "turn", "prompt", "dialect", "cwd", "model", "message")
_AGENTS = {"claude": "claude", "gemini": "gemini", "cursor": "cursor", "copilot": "copilot"}


class Log(NamedTuple):
    """The events of a session in their order; `dropped` of them were left out to bound the file."""

    events: list[Event]
    dropped: int = 0

    @property
    def ns(self) -> tuple[int, int]:
        """The times of the first and the last event, 0 when there is none."""
        times = [event["ns"] for event in self.events]
        return min(times, default=0), max(times, default=0)

    @property
    def last_told_ns(self) -> int:
        """The time of the last event that tells what was said or done, 0 when none does."""
        return max((event["ns"] for event in self.events if _tells(event)), default=0)

    @property
    def prompts(self) -> list[str]:
        """The keys of all prompts, those that the ends of turns repeat among them."""
        told = (([e["prompt"]] if "prompt" in e else e.get("inputs", [])) for e in self.events)
        return [prompt_key(text) for texts in told for text in texts]

    @property
    def first_inputs(self) -> list[str]:
        """The keys of the prompts that the first end of a turn repeats."""
        return next(([prompt_key(text) for text in e["inputs"]] for e in self.events if e.get("inputs")), [])

    def inputs_before(self, ns: int) -> list[str]:
        """Return the keys of the prompts that the last end of a turn before a moment repeats."""
        return Log([event for event in reversed(self.events) if event["ns"] < ns]).first_inputs

    @property
    def has_substance(self) -> bool:
        """Whether anything happened: somebody asked, or a tool was called."""
        return any(e["event"].startswith("tool-") or e.get("prompt") or e.get("inputs") for e in self.events)


def agent_of(dialect: str) -> str:
    """Return the program that a dialect belongs to; all forks of Codex are "codex"."""
    return _AGENTS.get(dialect, "codex")


def encode(key: str, log: Log) -> bytes:
    """Return the bytes of a file: its header, then the events; the oldest tool events make room first."""
    lines, dropped = _bounded(log)
    header = {**_header(key, log.events), "dropped": dropped}
    return b"".join(_line(entry) for entry in (header, *lines))


def decode(raw: bytes) -> Log:
    """Return the events of a file; what is damaged is passed over."""
    events: list[Event] = []
    inputs: list[str] = []
    dropped = 0
    for line in raw.split(b"\n"):
        value = fields.parse_object(line) or {}
        if fields.text(value, "type") == MARK:
            dropped = fields.count(value, "dropped")
        elif _is_event(value):
            if "inputs" in value:
                more = [text for text in fields.items(value, "inputs") if isinstance(text, str)]
                value["inputs"] = [*inputs[: fields.count(value, "kept")], *more]
                inputs = value["inputs"] or inputs
            value.pop("kept", None)
            events.append(value)
    return Log(events, dropped)


def _bounded(log: Log) -> tuple[list[Event], int]:
    lines = _packed(log.events)
    sizes = [len(_line(event)) for event in lines]
    excess = sum(sizes) - _KEPT_BYTES if sum(sizes) > _MOST_BYTES else 0
    gone: set[int] = set()
    places = range(len(lines))
    for at in sorted(places, key=lambda at: not lines[at]["event"].startswith("tool-")):
        if excess <= 0:
            break
        excess -= sizes[at]
        gone.add(at)
    kept = [event for at, event in enumerate(log.events) if at not in gone]
    return (_packed(kept) if gone else lines), log.dropped + len(gone)


def _packed(events: Sequence[Event]) -> list[Event]:
    """Tell the prompts of a turn's end by what is new against the end before: they repeat all of them."""
    inputs: list[str] = []
    packed = []
    for event in events:
        own = event.get("inputs")
        if own:
            same = next((at for at, (a, b) in enumerate(zip(inputs, own, strict=False)) if a != b), None)
            kept = min(len(inputs), len(own)) if same is None else same
            inputs = own
            packed.append({**event, "kept": kept, "inputs": own[kept:]})
        else:
            packed.append(event)
    return packed


def _header(key: str, events: Sequence[Event]) -> dict[str, Any]:
    dialects = sorted({event["dialect"] for event in events if event.get("dialect")})
    agents = sorted({agent_of(dialect) for dialect in dialects})
    turns = {
        e.get("turn") or e["key"]: [prompt_key(text) for text in e["inputs"]]
        for e in events
        if e.get("inputs")
    }
    return {
        "type": MARK,
        "version": _VERSION,
        "id": key,
        "agent": agents[0] if agents else "codex",
        "originator": " ".join(dialects),
        "cwd": next((event["cwd"] for event in events if event.get("cwd")), ""),
        "ns": events[0]["ns"] if events else 0,
        "cumulative": is_cumulative(list(turns.values())),
    }


def _line(entry: dict[str, Any]) -> bytes:
    return (
        json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode(
            "utf-8", "replace"
        )
        + b"\n"
    )


def _tells(event: Event) -> bool:
    name = event["event"]
    return name.startswith(("tool-", "turn-")) or bool(event.get("prompt") or event.get("message"))


def _is_event(value: dict[str, Any]) -> bool:
    texts = all(isinstance(value.get(name, ""), str) for name in _TEXTS)
    numbers = all(isinstance(value.get(name, 0), int) for name in ("ns", "seq"))
    return texts and numbers and bool(value.get("key")) and "ns" in value and value.get("event") in RANKS
