"""An event as plain data, for people who ask what we make of a payload."""

from __future__ import annotations

import math

from omx_wiki.hook.dialects import Told, parse_event
from omx_wiki.hook.events import CANONICAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from omx_wiki.hook.events import HookEvent

_MOST_EXTRAS, _LONGEST_NAME, _LONGEST_VALUE, _DEEPEST = 64, 128, 1024, 8


class _Noting(dict[str, "Any"]):
    """A payload that notes which of its keys a reader asks for."""

    def __init__(self, payload: Any) -> None:
        super().__init__(payload)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)


def as_document(event: HookEvent) -> dict[str, Any]:
    """Return the fields that every host may fill, and under `extras` what else the host sent, bounded."""
    return {**{name: getattr(event, name) for name in CANONICAL}, "extras": extras_of(event)}


def extras_of(event: HookEvent) -> dict[str, Any]:
    """Return the keys that no reader asks for, at most 64; a long or deep value becomes a cut text."""
    noting = _Noting(event.payload)
    parse_event(noting, Told(event.dialect, event.event))
    left = [name for name in event.payload if name not in noting.read]
    return {name[:_LONGEST_NAME]: _bounded(event.payload[name]) for name in left[:_MOST_EXTRAS]}


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_VALUE]
    try:
        shown = repr(value)
    except RecursionError:
        return "…"
    is_plain = len(shown) <= _LONGEST_VALUE and _is_json(value, _DEEPEST)
    return value if is_plain else shown[:_LONGEST_VALUE]


def _is_json(value: Any, depth: int) -> bool:
    """Whether a value can be written as JSON and is not nested too deeply; NaN and infinity cannot."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_is_json(each, depth - 1) for each in inner)
    return not isinstance(value, float) or math.isfinite(value)
