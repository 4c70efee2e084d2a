"""Dates of front matter as seconds, without a library."""

from __future__ import annotations

SAME_EDIT_SECONDS = 86400
"""A file whose time is at most this much later than the date in it was edited by hand since."""

_FIELDS = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def last_change(written: str, mtime: float, *, is_shared: bool) -> float:
    """Return when a page changed last, in seconds since 1970: by the date in it, else by its file's time.

    The file's time counts as well when it is a little later than the date, as after an edit by hand. When it
    is much later, copying or importing the file made it so. A checkout of shared pages says nothing either.
    """
    said = epoch_of(written)
    if said is None:
        return mtime
    is_edit = not is_shared and said < mtime <= said + SAME_EDIT_SECONDS
    return mtime if is_edit else said


def epoch_of(text: str) -> float | None:
    """Return the seconds since 1970 of an ISO date or time, taken as UTC unless it has an offset.

    None is returned for anything else, and for years before 1970.
    """
    numbers = [text[start:end] for start, end in _FIELDS if text[start:end]]
    if len(numbers) < 3 or not all(part.isascii() and part.isdigit() for part in numbers):  # noqa: PLR2004
        return None
    if (len(text) > 10 and text[10] not in "T ") or text[4] != "-" or text[7] != "-":  # noqa: PLR2004
        return None
    year, month, day, *clock = map(int, numbers)
    if not (1970 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        return None
    hours, minutes, seconds = (*clock, 0, 0, 0)[:3]
    leaps = _leap_days(year if month > 2 else year - 1) - _leap_days(1969)  # noqa: PLR2004
    days = (year - 1970) * 365 + leaps + _DAYS_BEFORE_MONTH[month - 1] + day - 1
    return days * 86400 + hours * 3600 + minutes * 60 + seconds + _fraction(text) - _offset(text)


def _leap_days(year: int) -> int:
    return year // 4 - year // 100 + year // 400


def _fraction(text: str) -> float:
    digits = text[20:] if text[19:20] == "." else ""
    end = next((at for at, char in enumerate(digits) if not ("0" <= char <= "9")), len(digits))
    return float(f"0.{digits[:end]}") if end else 0.0


def _offset(text: str) -> int:
    """Return the seconds east of UTC that the text ends with."""
    tail = text[-6:]
    digits = tail[1:3] + tail[4:6]
    if len(text) < 20 or tail[0] not in "+-" or tail[3] != ":" or not (digits.isascii() and digits.isdigit()):  # noqa: PLR2004
        return 0
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if tail[0] == "-" else seconds
