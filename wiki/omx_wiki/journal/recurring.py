"""Failures that come back from session to session."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private

if TYPE_CHECKING:
    from omx_wiki.project import Project

_MAX_BYTES = 4 * 1024 * 1024
_MANY = 2


@dataclass(frozen=True, slots=True)
class RecurringFailure:
    """One error seen in several runs.

    Attributes:
        family: the kind of command, such as "test".
        error: its first line.
        count: how often it was seen.
        last_seen: ISO time in UTC, "" when unknown.
        fixed: whether the command succeeded since.
        command: the command that failed last.
        last_session: the id of the session in which it was seen last, "" when unknown.
    """

    family: str
    error: str
    count: int
    last_seen: str
    fixed: bool
    command: str = ""
    last_session: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the failure as JSON values."""
        return asdict(self)


def recurring_failures(project: Project) -> list[RecurringFailure]:
    """Return the failures seen more than once, those not fixed and frequent first; never raises."""
    raw = read_regular(os.path.join(project.state, "failures.json"), _MAX_BYTES)
    if raw is None or not is_private(project.state):
        return []
    try:
        entries = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    found = (
        [_failure(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    many = [failure for failure in found if failure.error and failure.count >= _MANY]
    return sorted(many, key=lambda failure: (failure.fixed, -failure.count, failure.error))


def _failure(entry: dict[str, Any]) -> RecurringFailure:
    """Read one entry; `times` stands for `count` as well, and `fixed` may be how many of them were."""
    count, fixed = entry.get("count", entry.get("times")), entry.get("fixed")
    times = count if type(count) is int else 0
    return RecurringFailure(
        family=_line(entry.get("family")),
        error=_line(entry.get("error")) or _line(entry.get("error_class")),
        count=times,
        last_seen=_line(entry.get("last_seen")),
        fixed=fixed is True or (type(fixed) is int and 0 < times <= fixed),
        command=_line(entry.get("command")),
        last_session=_line(entry.get("last_session")),
    )


def _line(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
