"""Sessions in several files: Codex 0.169 begins a new file when a paginated thread is reverted.

The new file, `rollout-<time>-<session>_<uuid>.jsonl`, has the same session id, and its `history_base` names
the session itself and the ordinal from which the lines of earlier files no longer count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.capture import facts_of, unchanged
from omx_wiki.journal.fold import Fold
from omx_wiki.journal.mentions import no_mentions
from omx_wiki.journal.transcripts import open_transcript
from omx_wiki.journal.transcripts.events import EventsReader
from omx_wiki.journal.transcripts.records import SessionMeta

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from omx_wiki.journal.facts import SessionFacts


class Segment(NamedTuple):
    """One file of a session: the lines of earlier files count up to `base_ordinal` (0: there are none)."""

    at: int
    base_ordinal: int
    session: str
    path: str | os.PathLike[str]


def read_segment(path: str | os.PathLike[str]) -> Segment:
    """Read a file's header; raises the errors of `open_transcript`."""
    with open_transcript(path) as transcript:
        for record in transcript.records():
            if isinstance(record, SessionMeta):
                return Segment(record.at or 0, record.base_ordinal, record.id, path)
    return Segment(0, 0, "", path)


def capture_segments(
    paths: Sequence[str | os.PathLike[str]],
    clean: Callable[[str], str] = unchanged,
    mentions: Callable[[str], Iterable[str]] = no_mentions,
    events: str | os.PathLike[str] = "",
) -> SessionFacts:
    """Return the facts of one session told by several files, in any order.

    Of a file of `events` only what came after the last line of the others counts. Raises
    InvalidInputError when the files belong to different sessions, and the errors of `open_transcript`.
    """
    segments = sorted((read_segment(path) for path in paths), key=lambda segment: segment[:2])
    if len({segment.session for segment in segments}) != 1:
        raise InvalidInputError("these transcripts are not files of one session")
    fold, size, read = Fold(clean, mentions), 0, 0
    state: dict[str, Any] = {}
    for place, segment in enumerate(segments):
        limits = [later.base_ordinal for later in segments[place + 1 :] if later.base_ordinal]
        with open_transcript(segment.path) as transcript:
            if state:
                transcript.reader.load(state)
            for record in transcript.records(min(limits, default=None)):
                fold.add(record)
            state = transcript.reader.save()
            size, read = size + (transcript.bytes_total or transcript.offset), read + transcript.offset
            if place == len(segments) - 1:
                for prompt in transcript.reader.unconfirmed():
                    fold.add(prompt)
                facts = replace(facts_of(fold, transcript), bytes_read=read, bytes_total=size)
    return _with_events(fold, facts, state, events) if events else facts


def _with_events(
    fold: Fold, facts: SessionFacts, state: Mapping[str, Any], events: str | os.PathLike[str]
) -> SessionFacts:
    """Go on with what events tell of the time after the transcript's last line."""
    with open_transcript(events) as transcript:
        if not isinstance(transcript.reader, EventsReader):
            return facts
        transcript.reader.load(state)
        asked = [prompt["text"] for prompt in fold.prompts]
        transcript.reader.follow(asked, is_open=not fold.turns.is_finished)
        for record in transcript.records():
            fold.add(record)
        whole = facts_of(fold, transcript)
    cut = dict(sorted({**facts.cut, **whole.cut}.items()))
    return replace(
        whole, agent=facts.agent, cut=cut, bytes_read=facts.bytes_read, bytes_total=facts.bytes_total
    )
