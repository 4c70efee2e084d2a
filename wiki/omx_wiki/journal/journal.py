"""Bring the journal up to date: what hooks reported, then what nobody reported."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from omx_wiki.hook.spool import UNWATCHED
from omx_wiki.journal.events.intake import Intake
from omx_wiki.journal.events.settle import Settlement
from omx_wiki.journal.failures import from_json, merge, settle
from omx_wiki.journal.inbox import discard, spooled
from omx_wiki.journal.left_out import is_left_out
from omx_wiki.journal.recorder import Recorder
from omx_wiki.journal.sweep import codex_homes, due_transcripts, home_of
from omx_wiki.journal.usage import update_usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.journal.inbox import SpoolRecord
    from omx_wiki.journal.ledger import Ledger
    from omx_wiki.pages.store import Store

FAILURES = "failures.json"
SAVE_EVERY = 20
"""After how many sessions the ledger is saved; what was not saved is read again after a crash."""


def update_journal(store: Store) -> int:
    """Record every session that has news; return how many transcripts were read.

    The caller holds the worker's lock. A spool record goes only after its session's page is on disk, so a
    process killed at any moment loses nothing, and running again changes nothing.
    """
    recorder = Recorder(store)
    waiting = spooled(store.project)
    ledger = recorder.ledger
    _note(ledger, waiting)
    intake = Intake(store.project, ledger, codex_homes(ledger))
    found = intake.take(waiting)
    reported = dict.fromkeys(r.transcript for r in waiting if r.transcript and r.event != UNWATCHED)
    reported |= dict.fromkeys(found)
    count = _record(recorder, [path for path in reported if not is_left_out(ledger, path)])
    count += _record(recorder, list(due_transcripts(store.project, ledger, codex_homes(ledger))))
    count += Settlement(recorder, intake).settle()
    conclude(recorder)
    for record in waiting:
        discard(record.path)
    return count


def _note(ledger: Ledger, records: Iterable[SpoolRecord]) -> None:
    """Note which sessions are to be left out, and where the others keep their transcripts."""
    for record in records:
        if record.event == UNWATCHED:
            ledger.leave_out(record.session_id)
            ledger.ignore(record.transcript)
        else:
            ledger.homes |= {home for home in (record.codex_home, home_of(record.transcript)) if home}


def conclude(recorder: Recorder) -> None:
    """Make what was recorded known: links of sessions, the ledger, failures that keep coming back, usage."""
    recorder.relink()
    recorder.ledger.save()
    _write_failures(recorder)
    update_usage(recorder.store, recorder.ledger)


def _record(recorder: Recorder, transcripts: Iterable[str]) -> int:
    number = 0
    for number, transcript in enumerate(transcripts, 1):
        recorder.record(transcript)
        if number % SAVE_EVERY == 0:
            recorder.ledger.save()
    return number


def _write_failures(recorder: Recorder) -> None:
    path = os.path.join(recorder.project.state, FAILURES)
    sessions = recorder.ledger.sessions.values()
    merged = merge(from_json(row) for known in sessions for row in known.failures)
    signals = settle(merged, (known.passed for known in sessions))
    temporary = f"{path}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump([signal.as_json() for signal in signals], file, ensure_ascii=False)
    os.replace(temporary, path)
