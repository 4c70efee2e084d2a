"""What speaks for a page whatever was asked: who wrote it, how sure they were, and how long ago."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.search.entry import Entry

_SESSION = 0.8
_PINNED = 1.05
_CONFIDENCE = {"low": 0.94, "high": 1.02}
_RECENT = 0.03
_HALF_LIFE_DAYS = 180


def newest(entries: Iterable[Entry]) -> int:
    """Return the day of the page changed last."""
    return max((_day(entry.updated) for entry in entries), default=0)


def prior(entry: Entry, today: int) -> float:
    """Return by what to multiply the score of a page; all factors together move it by a few places only.

    Recency counts against `today`, the day of the newest page among those compared, so that a wiki at rest
    answers tomorrow as it does today.
    """
    value = _CONFIDENCE.get(entry.confidence, 1.0)
    if entry.kind == "session" or entry.category == "session-log":
        value *= _SESSION
    if entry.pinned:
        value *= _PINNED
    return value * (1 + _RECENT * 2 ** (-max(today - _day(entry.updated), 0) / _HALF_LIFE_DAYS))


def _day(date: str) -> int:
    """Return the number of a day, exact to a day or two, for an ISO date; 0 for anything else."""
    year, month, day = date[:4], date[5:7], date[8:10]
    if not (year + month + day).isdecimal():
        return 0
    return int(year) * 365 + int(month or 1) * 30 + int(day or 1)
