"""Spool records as hooks leave them for hosts that do not say where their transcript is."""

from __future__ import annotations

import itertools
import json
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from omx_wiki.hook.spool import INBOX
from omx_wiki.journal.journal import update_journal
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, ensure_private

Told = dict[str, Any]
_NUMBERS = itertools.count()

START = 1_773_480_000 * 10**9
"""2026-03-14 09:20 UTC."""

THREAD = "0199c4a2-7b1e-7c30-9f7a-1d2e3f405162"
TURN = "0199c4a2-7f00-7d11-8a21-00000000000"


def told(event: str, seconds: float = 0, **facts: object) -> Told:
    """Return a record of an event some seconds after the start."""
    received = START + int(seconds * 10**9)
    record: Told = {"event": event, "dialect": "xcodex-v2", "session_id": THREAD, "cwd": "/srv/lantern"}
    record |= {"received": received, "time": received // 10**9, "parent": 4711}
    return {key: value for key, value in {**record, **facts}.items() if value is not None}


def put(project: Project, records: Iterable[Mapping[str, object]]) -> list[Path]:
    """Leave records in the inbox; their files sort by the order given."""
    folder = Path(project.state, INBOX)
    assert ensure_private(str(folder))
    paths = []
    for record in records:
        path = folder / f"{START + next(_NUMBERS):020d}-{os.getpid()}.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        paths.append(path)
    return paths


def journal(store: Store, *batches: Sequence[Mapping[str, object]]) -> None:
    """Let the worker's journal take in records, one run for each batch."""
    for batch in batches:
        put(store.project, batch)
        update_journal(store)


def pages(store: Store) -> dict[str, str]:
    """Return the session pages by file name."""
    folder = Path(store.project.store, "sessions")
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}


def the_page(store: Store) -> str:
    """Return the text of the only session page."""
    found = pages(store)
    assert len(found) == 1, sorted(found)
    return next(iter(found.values()))


def kept(store: Store) -> list[str]:
    """Return the sessions of which events are kept."""
    return sorted(path.stem for path in Path(store.project.state, "events").glob("*.jsonl"))


def xcodex_session(cwd: str = "/srv/lantern") -> list[Told]:
    """Return a session of xcodex v2: two prompts, a passing and a failing command, an edit, its end."""
    stamp = "2026-03-14T09:2{}:{:02}.003112Z".format
    rows: list[tuple[str, str, Told]] = [
        ("session-start", stamp(0, 0), {"source": "cli"}),
        ("user-prompt", stamp(0, 5), {"prompt": "yes"}),
        ("tool-start", stamp(0, 6), _call("Bash", "call_1", {"command": "cargo test -p beacon"}, 1)),
        (
            "tool-end",
            stamp(0, 9),
            {
                **_call("Bash", "call_1", {"command": "cargo test -p beacon"}, 1),
                "tool_output": "error: 1 test failed",
                "success": False,
                "duration_ms": 2210,
            },
        ),
        ("tool-start", stamp(0, 10), _call("Edit", "call_2", _PATCH, 1)),
        ("tool-end", stamp(0, 11), {**_call("Edit", "call_2", _PATCH, 1), "success": True}),
        ("turn-end", stamp(0, 12), _turn(1, ["yes"], "Fixed the retry. Decision: back off twice.")),
        ("compact-start", stamp(1, 0), {"trigger": "manual"}),
        ("user-prompt", stamp(1, 5), {"prompt": "yes"}),
        ("tool-end", stamp(1, 9), {**_call("Bash", "call_3", {"command": "cargo test"}, 2), "success": True}),
        ("turn-end", stamp(1, 12), _turn(2, ["yes", "yes"], "All tests pass.")),
        ("session-end", stamp(1, 20), {"source": "cli"}),
    ]
    return [
        told(event, number, cwd=cwd, event_id=f"5b0e6c1a-{number:04}", timestamp=when, **facts)
        for number, (event, when, facts) in enumerate(rows)
    ]


_PATCH = {"input": "*** Begin Patch\n*** Update File: src/retry.rs\n@@\n-one\n+two\n+three\n*** End Patch"}


def _call(name: str, call: str, given: Told, turn: int) -> Told:
    return {"tool_name": name, "tool_call_id": call, "tool_input": given, "turn_id": f"{TURN}{turn}"}


def _turn(number: int, inputs: list[str], said: str) -> Told:
    return {"turn_id": f"{TURN}{number}", "input_messages": inputs, "last_assistant_message": said}


def shuffled(records: Sequence[Told], seed: int) -> list[Told]:
    """Return the records in another order, some of them twice."""
    chance = random.Random(seed)
    again = [*records, *(record for record in records if chance.random() < 0.5)]
    chance.shuffle(again)
    return again


def start_anew(store: Store) -> None:
    """Forget every session and its page."""
    for path in sorted(Path(store.project.state).rglob("*"), reverse=True):
        path.unlink() if not path.is_dir() else path.rmdir()
    for path in Path(store.project.store, "sessions").glob("*.md"):
        path.unlink()
