"""Find the rollouts of a session by its id, in every Codex home, without trusting the id."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from omx_wiki.journal.sweep import recent_dates
from omx_wiki.journal.transcripts.stamps import uuid_time

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(
    r"rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-(.+?)"
    r"(?:_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.jsonl(?:\.zst)?",
    re.DOTALL,
)
_DAY = 86400
_LATEST = 253_402_300_799 - 2 * _DAY


class Rollouts:
    """Looks rollouts up by the session in their names; each folder is listed once.

    An id is only ever compared with what stands in names: it may hold anything.
    """

    def __init__(self, homes: Iterable[str]) -> None:
        self._homes = list(homes)
        self._listed: dict[str, dict[str, list[str]]] = {}
        self._recent = recent_dates()

    def of(self, session_id: str, ns: int = 0) -> list[str]:
        """Return the files of a session, the oldest first.

        Looks at the days around the time in a version 7 UUID, or around `ns`, at the last days and at what
        was archived.
        """
        made = uuid_time(session_id)
        dates = self._recent | _around(ns // 10**9 if made is None else made // 1000)
        found: list[str] = []
        for home in self._homes if session_id else ():
            folders = [os.path.join(home, "sessions", *date.split("/")) for date in sorted(dates)]
            for folder in (*folders, os.path.join(home, "archived_sessions")):
                found += self._names(folder).get(session_id, [])
        return sorted(found, key=os.path.basename)

    def _names(self, folder: str) -> dict[str, list[str]]:
        if folder not in self._listed:
            names: dict[str, list[str]] = {}
            for name in _listing(folder):
                fits = _NAME.fullmatch(name)
                if fits:
                    names.setdefault(fits[1], []).append(os.path.join(folder, name))
            self._listed[folder] = names
        return self._listed[folder]


def _listing(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError):
        return []


def _around(seconds: int) -> set[str]:
    """Return the folders of a day and its neighbours, by local and by UTC date."""
    if not 2 * _DAY < seconds < _LATEST:
        return set()
    days = (seconds - _DAY, seconds, seconds + _DAY)
    return {datetime.fromtimestamp(day, zone).strftime("%Y/%m/%d") for day in days for zone in (None, UTC)}
