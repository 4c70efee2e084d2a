"""Bring the journal up to date: what hooks reported, then what nobody reported."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from omx_wiki.journal.failures import aggregate
from omx_wiki.journal.inbox import discard, spooled
from omx_wiki.journal.recorder import Recorder
from omx_wiki.journal.sweep import codex_homes, due_transcripts, home_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from omx_wiki.journal.ledger import Ledger
    from omx_wiki.pages.store import Store

FAILURES = "failures.json"
_SAVE_EVERY = 20


def update_journal(store: Store) -> int:
    """Record every session that has news; return how many transcripts were read.

    The caller holds the worker's lock. A spool record goes only after its session's page is on disk, so a
    process killed at any moment loses nothing, and running again changes nothing.
    """
    recorder = Recorder(store)
    waiting = spooled(store.project)
    for record in waiting:
        recorder.ledger.homes |= {home for home in (record.codex_home, home_of(record.transcript)) if home}
    reported = dict.fromkeys(record.transcript for record in waiting if record.transcript)
    count = sum(1 for _ in record_all(recorder, reported))
    due = list(due_transcripts(store.project, recorder.ledger, codex_homes(recorder.ledger)))
    count += sum(1 for _ in record_all(recorder, due))
    for record in waiting:
        discard(record.path)
    return count


def record_all(recorder: Recorder, transcripts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Record transcripts one by one and yield each with the slug of its page ("" for none)."""
    for number, transcript in enumerate(transcripts, 1):
        yield transcript, recorder.record(transcript)
        if number % _SAVE_EVERY == 0:
            recorder.ledger.save()
    recorder.ledger.save()
    _write_failures(recorder)


def _write_failures(recorder: Recorder) -> None:
    path = os.path.join(recorder.project.state, FAILURES)
    rows = aggregate(_contributions(recorder.ledger))
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False)
    os.replace(temporary, path)


def _contributions(ledger: Ledger) -> list[list[dict[str, object]]]:
    return [known.failures for _key, known in sorted(ledger.sessions.items())]
