"""Timestamps as UTC milliseconds, independent of locale and time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_UUID_LENGTH, _VERSION_AT, _TIME_DIGITS = 36, 14, 13
_LATEST = 253_402_300_799_999


def parse_stamp(text: object) -> int | None:
    """Return the milliseconds of an ISO 8601 text; one without an offset is taken as UTC."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None


def format_stamp(milliseconds: int | None) -> str:
    """Return `2026-09-01T10:00:00.000Z`, or "" when the time is not known."""
    if milliseconds is None or not 0 <= milliseconds <= _LATEST:
        return ""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uuid_time(name: str) -> int | None:
    """Return the creation time inside a version 7 UUID (RFC 9562), or None for any other text."""
    if len(name) != _UUID_LENGTH or name[_VERSION_AT] != "7":
        return None
    try:
        return int(name[:_TIME_DIGITS].replace("-", ""), 16)
    except ValueError:
        return None
