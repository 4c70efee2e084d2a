"""Dates as people name them: `2026-01-31`, `today`, `yesterday`, `3d`, `2w`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from omx_wiki.errors import InvalidInputError

_AGO = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_DAYS_BACK = {"today": 0, "yesterday": 1}
_YEARS = range(1971, 9999)  # every time zone can show these
_DATE_LENGTH = len("2026-01-31")


def parse_moment(text: str, now: datetime, *, end: bool = False) -> datetime:
    """Return the moment that a person means, with a time zone.

    Days begin at midnight of this machine's time zone, and so do times written without a zone.

    Args:
        text: an ISO date or time, `today`, `yesterday`, or an age such as `36h`, `3d`, `2w`.
        now: the present moment, with a time zone.
        end: of a whole day return its end instead of its beginning.

    Raises:
        InvalidInputError: it is none of these.
    """
    word = text.strip().casefold()
    try:
        if ago := _AGO.fullmatch(word):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        if word in _DAYS_BACK:
            return _midnight(now.astimezone() - timedelta(days=_DAYS_BACK[word] - end))
        moment = datetime.fromisoformat(text.strip())
        if len(word) <= _DATE_LENGTH:
            return _midnight(moment + timedelta(days=end))
        return moment.astimezone() if moment.tzinfo is None else moment
    except (ValueError, OverflowError, OSError):
        raise InvalidInputError(
            f"{text!r} is not a date", "write 2026-01-31, today, yesterday, 3d or 2w"
        ) from None


def read_stamp(text: str) -> datetime | None:
    """Return the moment of an ISO time in a page, UTC where it names no zone; None if it is none."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def _midnight(moment: datetime) -> datetime:
    """Return the beginning of a day here; daylight saving time counts as it was on that day."""
    return datetime(moment.year, moment.month, moment.day).astimezone()
