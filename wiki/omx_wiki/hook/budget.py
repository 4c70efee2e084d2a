"""Fit the items of a start-up context into a number of bytes."""

from __future__ import annotations

from omx_wiki.hook.item import (
    CATEGORIES,
    FAILURES,
    HANDOFF,
    LINT,
    PINNED,
    RELEVANT,
    count_bytes,
)
from omx_wiki.hook.switches import SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omx_wiki.hook.item import Item

_PERCENT = {PINNED: 26, HANDOFF: 27, RELEVANT: 30, FAILURES: 8, CATEGORIES: 4, LINT: 5}
_MOST = {PINNED: 1200, HANDOFF: 1200, FAILURES: 480, CATEGORIES: 240, LINT: 360}
"""Bytes, whatever the budget."""

NO_ROOM, EXPIRED, TOLD_ABOVE = "no room", "expired", "told above"


class Choice:
    """What became of one item: the line that tells it, or "" and the reason why it is left out."""

    __slots__ = ("item", "line", "reason")

    def __init__(self, item: Item, line: str, reason: str = "") -> None:
        self.item = item
        self.line = line
        self.reason = reason


def fit(
    sections: Mapping[str, Sequence[Item]], headings: Mapping[str, str], room: int, now: float
) -> dict[str, list[Choice]]:
    """Return what is told of each section in at most `room` bytes, its heading and line ends included.

    Each section has a share of the room. What one leaves goes on to those behind it, and what is left in the
    end to the pages, which may take all of it.
    """
    chosen: dict[str, list[Choice]] = {}
    pages = sections.get(RELEVANT, ())
    reserved = min(room * _PERCENT[RELEVANT] // 100, _need(pages, headings[RELEVANT], now, room))
    left = room - reserved
    carried = 0
    for name in SECTIONS:
        if name == RELEVANT or not sections.get(name):
            carried += 0 if name == RELEVANT else room * _PERCENT[name] // 100
            continue
        share = room * _PERCENT[name] // 100 + carried
        chosen[name], used = _take(sections[name], headings[name], min(share, _MOST[name], left), now)
        carried = share - used
        left -= used
    shown = {choice.item.page for choice in chosen.get(PINNED, ()) if choice.line}
    unseen = [item for item in pages if item.page not in shown]
    if unseen:
        chosen[RELEVANT] = _take(unseen, headings[RELEVANT], left + reserved, now)[0]
    seen = [Choice(item, "", TOLD_ABOVE) for item in pages if item.page in shown]
    chosen[RELEVANT] = [*chosen.get(RELEVANT, ()), *seen]
    return chosen


def _need(items: Sequence[Item], heading: str, now: float, enough: int) -> int:
    """Return how many bytes the items take, or any number above `enough`."""
    total = count_bytes(heading) + 1
    for item in items:
        total += count_bytes(item.line(now)) + 1
        if total > enough:
            break
    return total


def _take(items: Sequence[Item], heading: str, room: int, now: float) -> tuple[list[Choice], int]:
    """Return a choice for every item, those told first to last, and the bytes they take."""
    chosen: list[Choice] = []
    used = count_bytes(heading) + 1
    is_full = False
    for item in items:
        line = "" if is_full else item.line(now)
        size = count_bytes(line) + 1
        if line and used + size > room:
            line = item.shortened(now, room - used - 1)
            is_full = bool(line)
            size = count_bytes(line) + 1
        used += size if line else 0
        chosen.append(Choice(item, line, "" if line else NO_ROOM))
    if items[0].section == HANDOFF and not chosen[0].line:  # nothing of a session that is not named
        chosen = [Choice(item, "", NO_ROOM) for item in items]
    return chosen, used if any(choice.line for choice in chosen) else 0
