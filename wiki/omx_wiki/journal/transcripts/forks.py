"""Where the copied part of a forked legacy rollout ends.

A legacy fork holds its own `session_meta`, then the parent's lines beginning with the parent's
`session_meta`, then its own turns. Nothing marks the end of the copy, but a turn tells when it began:
by `started_at`, or by the time inside its version 7 id. Files without either are judged by the line
stamps: Codex stamps a copy in one go, so a pause precedes the first own turn; a copy that kept its
stamps is followed by a step back to the fork's own clock.
"""

from __future__ import annotations

from omx_wiki.journal.transcripts.stamps import uuid_time

_PAUSE_MS = 1000


class Fork:
    """Decides for each turn start in a copied part whether it is the fork's own.

    Attributes:
        copying: whether the lines at hand belong to the copy.
        previous: the stamp of the line before.
    """

    def __init__(self) -> None:
        self.own_id = ""
        self.created: int | None = None
        self.copying = False
        self.keeps_stamps = False
        self.previous: int | None = None

    def save(self) -> list[str | int | bool | None]:
        """Return the state as JSON values."""
        return [self.own_id, self.created, self.copying, self.keeps_stamps, self.previous]

    def load(self, state: list[str | int | bool | None]) -> None:
        """Take up a state of `save`."""
        own_id, created, copying, keeps, previous = state
        self.own_id = str(own_id)
        self.created = None if created is None else int(created)
        self.copying, self.keeps_stamps = bool(copying), bool(keeps)
        self.previous = None if previous is None else int(previous)

    def meet_session(self, session_id: str, created: int | None, at: int | None) -> bool:
        """Note a `session_meta`; return whether it is the file's own: its first, or that id again."""
        if not self.own_id:
            self.own_id = session_id or "?"
            self.created = created or uuid_time(session_id) or at
            return True
        self.copying = session_id != self.own_id
        if self.copying:
            self.keeps_stamps = self._goes_back(at)
        return not self.copying

    def meet_turn(self, turn_id: str, started_s: int | None, at: int | None) -> None:
        """Note the start of a turn in the copied part: it may be the first own one."""
        born = uuid_time(turn_id)
        own = uuid_time(self.own_id)
        if born is not None and own is not None and born != own:
            self.copying = born < own
        elif started_s is not None and self.created is not None:
            self.copying = started_s < self.created // 1000
        else:
            self.copying = not self._restarts(at)

    def _restarts(self, at: int | None) -> bool:
        if at is None or self.previous is None:
            return False
        if at < self.previous:
            return True
        if self.keeps_stamps:
            return self.created is not None and self.previous < self.created <= at
        return at - self.previous >= _PAUSE_MS

    def _goes_back(self, at: int | None) -> bool:
        return at is not None and self.previous is not None and at < self.previous
