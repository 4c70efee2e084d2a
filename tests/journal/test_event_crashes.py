"""Workers killed while they take in events that nothing else tells: none is lost, none told twice."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from journal.event_records import Told, put, shuffled, told, xcodex_session
from journal.rollouts import session_pages
from journal.test_crashes import after, finish_work, kill_when, start_worker, state_of
from omx_wiki.project import ensure_private, find_project, state_home

SESSIONS = ("0199c4a2-7b1e-7c30-9f7a-000000000001", "s-4411", "../x")


@pytest.fixture
def wiki(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a wiki; hooks start no worker there."""
    (repository / ".omx" / "wiki").mkdir(parents=True)
    (repository / ".gitignore").write_text(".omx/\n", encoding="utf-8")
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    return repository


def events_of(root: Path) -> list[Told]:
    """Return the events of three sessions with ids and of one without."""
    found = [
        {**event, "session_id": session, "event_id": f"{session}{event['event_id']}"}
        for session in SESSIONS
        for event in xcodex_session(str(root))
    ]
    unnamed = {"dialect": "codex-notify-g1", "session_id": None, "cwd": str(root), "parent": 99}
    turns = (told("turn-end", n, **unnamed, turn_id=str(n), input_messages=[f"ask {n}"]) for n in range(3))
    return [*found, *turns]


def leave(root: Path, records: list[Told]) -> None:
    """Leave records in the inbox of the state that the environment names."""
    project = find_project(str(root))
    assert ensure_private(state_home())
    assert ensure_private(project.state)
    put(project, records)


def undisturbed(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes]:
    """Return the pages that one run makes of all events, from an empty state."""
    with monkeypatch.context() as patch:
        patch.setenv("OMX_WIKI_HOME", str(tmp_path / "clean-state"))
        leave(root, events_of(root))
        finish_work(root)
        pages = session_pages(root)
        shutil.rmtree(root / ".omx" / "wiki" / "sessions")
    assert len(pages) == len(SESSIONS) + 1
    return pages


def _states(root: Path) -> dict[str, Callable[[], bool]]:
    """Return what can be seen from outside while a worker takes events in."""
    state, store = state_of(root), root / ".omx" / "wiki"
    return {
        "lock": (state / "worker.lock").exists,
        "first events kept": lambda: any((state / "events").glob("*.jsonl")),
        "all events kept": lambda: len(list((state / "events").glob("*.jsonl"))) >= len(SESSIONS) + 1,
        "facts kept": lambda: any((state / "sessions").glob("*.json")),
        "first page": lambda: any((store / "sessions").glob("*.md")),
        "ledger saved": (state / "sessions.json").exists,
        "first record gone": lambda: len(list((state / "inbox").glob("*.json"))) < len(events_of(root)),
    }


@pytest.mark.parametrize(
    "moment",
    [
        *("lock", "first events kept", "all events kept", "facts kept", "first page", "ledger saved"),
        "first record gone",
    ],
)
def test_a_worker_killed_in_the_middle_is_made_good_by_the_next(
    wiki: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moment: str
) -> None:
    expected = undisturbed(wiki, monkeypatch, tmp_path)
    leave(wiki, events_of(wiki))
    kill_when(start_worker(wiki), _states(wiki)[moment])
    finish_work(wiki)
    assert session_pages(wiki) == expected
    assert not list((state_of(wiki) / "inbox").glob("*.json"))


@pytest.mark.parametrize("seed", range(3))
def test_kills_at_random_moments_lose_and_double_nothing(
    wiki: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    expected = undisturbed(wiki, monkeypatch, tmp_path)
    chance = random.Random(seed)
    records = shuffled(events_of(wiki), seed)
    for share in range(3):
        leave(wiki, records[share::3])
        kill_when(start_worker(wiki), after(chance.uniform(0.1, 0.6)))
    finish_work(wiki)
    # A session's page is named after the first event known of it, which may not be the first of all.
    assert sorted(session_pages(wiki).values()) == sorted(expected.values())
