"""What every transcript reader shares: its clock, its counts and its saved state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.mend import mend_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omx_wiki.journal.transcripts.records import Prompt, Record

_IDLE_MS = 5 * 60 * 1000


class Reader:
    """Turns lines into records; one instance reads one file from its beginning.

    Attributes:
        bad_lines: lines that are no JSON object, or were too long and could not be mended.
        replayed: lines passed over because they repeat another session.
        first_ms: the earliest time seen.
        last_ms: the latest time seen.
        active_ms: the sum of the pauses between lines, without those of five minutes and more.
        agent: the program whose session it is; a file of events tells it in its header.
        cut: what the file itself says it had to leave out, by kind.
        rewritten: whether files of the format are written anew as they grow, so that reading never continues.
    """

    agent: str = ""
    format: ClassVar[str] = ""
    rewritten: ClassVar[bool] = False
    saved: ClassVar[tuple[str, ...]] = ("bad_lines", "replayed", "first_ms", "last_ms", "active_ms")

    def __init__(self) -> None:
        self.bad_lines = 0
        self.replayed = 0
        self.first_ms: int | None = None
        self.last_ms: int | None = None
        self.active_ms = 0
        self.cut: dict[str, int] = {}

    def read(self, line: bytes, *, whole: bool = True) -> Sequence[Record]:
        """Return the records of one line; `whole` is False when it is only the head of a long one."""
        raise NotImplementedError

    def parse(self, line: bytes, *, whole: bool) -> dict[str, Any] | None:
        """Return the object that a line, or the head of a long one, holds; a line with none is counted."""
        value = fields.parse_object(line) if whole else mend_object(line)
        if value is None and line.strip():
            self.bad_lines += 1
        return value

    def unconfirmed(self) -> Sequence[Prompt]:
        """Return prompts that count if the file ends here; later lines may say them again."""
        return ()

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {name: getattr(self, name) for name in self.saved}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take up a state of `save`; raises KeyError when one of its values is missing."""
        for name in self.saved:
            setattr(self, name, state[name])

    def tick(self, at: int | None) -> None:
        """Move the clock to the time of a line; times that run backwards add nothing."""
        if at is None:
            return
        if self.last_ms is None:
            self.first_ms = self.last_ms = at
            return
        if at > self.last_ms:
            if at - self.last_ms < _IDLE_MS:
                self.active_ms += at - self.last_ms
            self.last_ms = at
        elif self.first_ms is not None and at < self.first_ms:
            self.first_ms = at
