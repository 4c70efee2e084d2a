"""The door: whatever a host sends becomes one immutable `HookEvent`, or nothing."""

from __future__ import annotations

from omx_wiki.hook.dialects import claude_shaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from omx_wiki.hook.events import HookEvent


class Told:
    """What the command of a hook says of its events, and how the payload came.

    Attributes:
        dialect: the host that the command was written for, "" when it says nothing.
        event: the event, for hosts whose payload names none.
        transport: how the payload came.
        seq: the number of the line that a long-lived process got, None elsewhere.
    """

    __slots__ = ("dialect", "event", "seq", "transport")

    def __init__(
        self, dialect: str = "", event: str = "", transport: str = "stdin", seq: int | None = None
    ) -> None:
        self.dialect = dialect
        self.event = event
        self.transport = transport
        self.seq = seq


def parse_event(payload: Mapping[str, Any], told: Told | None = None) -> HookEvent | None:
    """Return the event that `payload` reports, None when no known dialect wrote it.

    Keys decide, never a version number: xcodex has two formats that both call themselves version 1. What the
    command says decides only between dialects of one shape, and the event where the payload names none.
    """
    told = told or Told()
    if "xcodex_event_type" not in payload and isinstance(payload.get("hook_event_name"), str):
        return claude_shaped.read(payload, told)
    if not payload:
        return None
    return _read_other(payload, told)


def _read_other(payload: Mapping[str, Any], told: Told) -> HookEvent | None:
    inner = payload.get("event")
    kind = payload.get("type")
    if isinstance(inner, dict):
        if kind in ("hook-event", "event"):
            seq = payload.get("seq")
            told = Told(told.dialect, told.event, "host", seq if isinstance(seq, int) else None)
            return parse_event(inner, told)
        return None
    if "xcodex_event_type" in payload or ("schema-version" in payload and isinstance(kind, str)):
        from omx_wiki.hook.dialects import xcodex

        return xcodex.read(payload, told)
    from omx_wiki.hook.dialects import kebab, others

    for read in (others.read_omx_plugin, kebab.read, others.read_copilot):
        event = read(payload, told)
        if event is not None:
            return event
    return None
