"""Sessions without a transcript: what hooks told of them, one event in a line, in the order of time.

`omx_wiki.journal.events` writes these files: a header, then events whose texts are redacted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.event_calls import EventCalls
from omx_wiki.journal.transcripts.event_prompts import Prompts, prompt_key
from omx_wiki.journal.transcripts.reader import Reader
from omx_wiki.journal.transcripts.records import (
    AssistantMessage,
    Compaction,
    Prompt,
    Record,
    SessionMeta,
    TurnAborted,
    TurnContext,
    TurnEnd,
    TurnStart,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MARK = "omx-wiki-events"
"""The `type` of the header."""

_SAME_MS = 2000
_MS = 1_000_000


class _After(NamedTuple):
    """How far a transcript tells the session: to which moment, which prompts, whether a turn is open."""

    ms: int
    asked: Sequence[str]
    is_open: bool


class EventsReader(Reader):
    """Reads a file of events; turns, prompts and calls that several events tell are told once."""

    format: ClassVar[str] = "events"
    rewritten: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._prompts = Prompts(cumulative=False)
        self._calls = EventCalls()
        self._inputs: list[str] = []
        self._turn: str | None = None
        self._ended: set[str] = set()
        self._spoken = ""
        self._last: tuple[str, int] | None = None
        self._compacting = False
        self._after: _After | None = None
        self._repeated = ""
        self._late: str | None = None

    def follow(self, asked: Sequence[str], *, is_open: bool) -> None:
        """Tell only what came after the time of the clock, to which a transcript tells the session.

        `asked` are the prompts that it tells, `is_open` says that it has not told the end of the last turn.
        """
        self._after = _After(self.last_ms or 0, asked, is_open)

    def read(self, line: bytes, *, whole: bool = True) -> Sequence[Record]:
        """Return the records of one line."""
        event = self.parse(line, whole=whole)
        if event is None:
            return ()
        if fields.text(event, "type") == MARK:
            return self._meet_session(event)
        at = (fields.number(event, "ns") or 0) // _MS or None
        self.tick(at)
        model = fields.text(event, "model")
        context = [TurnContext(model, "", "")] if model else []
        name = fields.text(event, "event")
        is_told = self._after is not None and (at or 0) <= self._after.ms
        if self._after and not is_told:
            self._go_on(self._after)
        records = _READ[name](self, event, at) if name in _READ else []
        self._last = self._last if name == "user-prompt" else None
        return () if is_told else [*context, *records]

    def _go_on(self, after: _After) -> None:
        """Take up the session where the transcript leaves it."""
        self._after = None
        self._prompts.go_on(after.asked, is_open=after.is_open)
        self._repeated = prompt_key(after.asked[-1]) if after.is_open and after.asked else ""
        self._late = None if after.is_open else self._turn
        self._turn = (self._turn or "") if after.is_open else None

    def _meet_session(self, header: Mapping[str, Any]) -> Sequence[Record]:
        self.agent = fields.text(header, "agent")
        self._prompts = Prompts(cumulative=header.get("cumulative") is True)
        dropped = fields.count(header, "dropped")
        self.cut = {"events": dropped} if dropped else {}
        started = (fields.number(header, "ns") or 0) // _MS or None
        cwd, originator = fields.text(header, "cwd"), fields.text(header, "originator")
        return (SessionMeta(fields.text(header, "id"), started, cwd=cwd, originator=originator),)

    def _asked(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        text = fields.text(event, "prompt")
        if not text:
            return []
        last, self._last = self._last, (text, at or 0)
        if last and last[0] == text and (at or 0) - last[1] < _SAME_MS:
            return []
        repeated, self._repeated = self._repeated, ""
        if repeated and repeated == prompt_key(text):
            return []
        self._prompts.tell(text)
        return [*self._enter(fields.text(event, "turn"), at), Prompt(text, at)]

    def _tool_started(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        return [*self._enter(fields.text(event, "turn"), at), *self._calls.start(event, at)]

    def _tool_ended(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        return [*self._enter(fields.text(event, "turn"), at), *self._calls.end(event, at)]

    def _turn_ended(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        """Read the end of a turn, whole or broken off; a second report adds only what the first lacks."""
        turn, message = fields.text(event, "turn"), fields.text(event, "message")
        late, self._late = self._late, None
        if late is not None and late == turn:  # the transcript told this end
            self._ended |= {turn} if turn else set()
            return []
        again = turn in self._ended
        prompts = [Prompt(text, at) for text in self._new_prompts(event, again=again)]
        if again and not prompts and message in ("", self._spoken):
            return []
        records: list[Record] = [*self._enter(turn, at), *prompts]
        if message:
            self._spoken = message
            records.append(AssistantMessage(message, at))
        is_whole = fields.text(event, "event") == "turn-end"
        records.append(TurnEnd(message, at) if is_whole else TurnAborted("interrupted", at))
        self._prompts.end_turn()
        self._turn = None
        self._ended |= {turn} if turn else set()
        return records

    def _new_prompts(self, event: Mapping[str, Any], *, again: bool) -> list[str]:
        kept = fields.count(event, "kept")
        more = [text for text in fields.items(event, "inputs") if isinstance(text, str)]
        texts = [*self._inputs[:kept], *more]
        self._inputs = texts or self._inputs
        return self._prompts.new_of(texts, again=again)

    def _session_ended(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        """Read the last words of a session; they also end a turn whose end nobody told."""
        message = fields.text(event, "message")
        if not message:
            return []
        said = [] if message == self._spoken else [AssistantMessage(message, at)]
        ended = [] if self._turn is None else [TurnEnd(message, at)]
        self._spoken = message
        if ended:
            self._prompts.end_turn()
            self._turn = None
        return [*said, *ended]

    def _compacted(self, event: Mapping[str, Any], at: int | None) -> list[Record]:
        """Count a compaction once, whether its start, its end or both are told."""
        is_end = fields.text(event, "event") == "compact-end"
        known, self._compacting = self._compacting and is_end, not is_end
        return [] if known else [Compaction(at)]

    def _enter(self, turn: str, at: int | None) -> list[Record]:
        """Begin the turn that an event belongs to unless it is open, or over."""
        if self._turn is not None and (not turn or self._turn in ("", turn)):
            self._turn = turn or self._turn
            return []
        if turn in self._ended:
            return []
        self._turn = turn
        return [TurnStart(turn, at)]


_READ: Mapping[str, Callable[[EventsReader, Mapping[str, Any], int | None], list[Record]]] = {
    "user-prompt": EventsReader._asked,  # noqa: SLF001  its own table
    "tool-start": EventsReader._tool_started,  # noqa: SLF001  its own table
    "tool-end": EventsReader._tool_ended,  # noqa: SLF001  its own table
    "turn-end": EventsReader._turn_ended,  # noqa: SLF001  its own table
    "turn-interrupted": EventsReader._turn_ended,  # noqa: SLF001  its own table
    "session-end": EventsReader._session_ended,  # noqa: SLF001  its own table
    "compact-start": EventsReader._compacted,  # noqa: SLF001  its own table
    "compact-end": EventsReader._compacted,  # noqa: SLF001  its own table
}
