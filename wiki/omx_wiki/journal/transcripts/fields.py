"""Read fields of foreign JSON: a value of the wrong type counts as missing."""

from __future__ import annotations

import json
from typing import Any


def parse_object(line: bytes | str) -> dict[str, Any] | None:
    """Return the JSON object of a line, or None when there is none; undecodable bytes become U+FFFD."""
    try:
        value = json.loads(line if isinstance(line, str) else line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def text(holder: object, *keys: str) -> str:
    """Return the first non-empty text among the keys, or ""."""
    if isinstance(holder, dict):
        for key in keys:
            value = holder.get(key)
            if value and isinstance(value, str):
                return value
    return ""


def mapping(holder: object, key: str) -> dict[str, Any]:
    """Return the object under a key, or an empty one."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def items(holder: object, key: str) -> list[Any]:
    """Return the list under a key, or an empty one."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def number(holder: object, key: str) -> int | None:
    """Return the whole number under a key, or None; fractions are cut off, infinities are missing."""
    value = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return int(value)
    except (OverflowError, ValueError):
        return None


def count(holder: object, key: str) -> int:
    """Return a number that cannot be negative or missing."""
    return max(0, number(holder, key) or 0)


def duration_ms(value: object) -> int | None:
    """Return milliseconds of a `{secs, nanos}` object or of a number of seconds."""
    if isinstance(value, dict):
        seconds, nanos = number(value, "secs"), number(value, "nanos")
        return None if seconds is None else seconds * 1000 + (nanos or 0) // 1_000_000
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return int(value * 1000)
    except (OverflowError, ValueError):
        return None
