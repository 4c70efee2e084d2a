"""What a check found, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning", "note", "ok"]

LEVELS: tuple[Level, ...] = ("error", "warning", "note", "ok")
"""Gravest first: something does not work, may be meant, is good to know, is fine."""

Progress = Callable[[int, int], None]
"""Told how much of a long check is done, and how much there is."""

_MOST_NAMED = 3


@dataclass(frozen=True)
class Fix:
    """A mechanical remedy.

    Attributes:
        what: what it does, such as "write the launcher anew"; two fixes that say the same are one.
        apply: does it; raises WikiError or OSError when that is not possible.
    """

    what: str
    apply: Callable[[], object] = field(compare=False)


@dataclass(frozen=True)
class Finding:
    """One line of health.

    Attributes:
        area: what it is about, such as "program", "codex" or "git".
        level: how grave it is.
        text: what was found.
        hint: what a person can do, "" for nothing.
        fix: what mends it without a person, None when nothing does.
        facts: plain values for programs; those of one area are told together.
    """

    area: str
    level: Level
    text: str
    hint: str = ""
    fix: Fix | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 page" or "2 pages"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def some_of(names: list[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
