"""What hooks leave for the journal, and what else may lie in the inbox."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omx_wiki import worker
from omx_wiki.hook.events import HookEvent
from omx_wiki.hook.spool import INBOX, UNWATCHED, write_record, write_unwatched
from omx_wiki.journal.inbox import discard, spooled
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import Ledger
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, ensure_private, find_project, state_home

_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.fixture
def project(repository: Path) -> Project:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    found = find_project(str(repository))
    assert ensure_private(state_home())
    assert ensure_private(found.state)
    return found


def inbox(project: Project) -> Path:
    folder = Path(project.state, INBOX)
    assert ensure_private(str(folder))
    return folder


def event(**facts: object) -> HookEvent:
    return HookEvent(**{"event": "turn-end", "session_id": "cafe", "transcript_path": "/t.jsonl", **facts})


def test_records_come_back_in_the_order_they_were_written(project: Project) -> None:
    for number in range(5):
        write_record(project, event(transcript_path=f"/t{number}.jsonl"), "/srv")
    assert [record.transcript for record in spooled(project)] == [f"/t{number}.jsonl" for number in range(5)]
    for record in spooled(project):
        discard(record.path)
    assert spooled(project) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(session=_TEXT, transcript=_TEXT, cwd=_TEXT)
def test_any_text_survives_the_spool(project: Project, session: str, transcript: str, cwd: str) -> None:
    path = write_record(project, event(session_id=session, transcript_path=transcript), cwd)
    [record] = spooled(project)
    plain = [text.encode("utf-8", "replace").decode() for text in (session, transcript, cwd)]
    assert [record.session_id, record.transcript, record.cwd] == plain
    assert record.path == path
    discard(path)


def test_the_longest_texts_still_make_a_record(project: Project) -> None:
    names = ("session_id", "turn_id", "transcript_path", "source", "reason", "trigger", "model")
    write_record(project, event(**dict.fromkeys(names, "\x01" * 100_000)), "/" + "\x01" * 4095)
    assert len(spooled(project)) == 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.recursive(st.none() | _TEXT | st.integers(), st.lists).map(json.dumps))
def test_what_is_no_record_goes_and_disturbs_nothing(project: Project, content: bytes | str) -> None:
    path = inbox(project) / "00000000000000000001-1.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = spooled(project)
    assert len(found) == int(path.exists())
    update_journal(Store(project))
    assert spooled(project) == []


@pytest.mark.parametrize(
    "told",
    [
        {"transcript_path": 7},
        {"transcript_path": None},
        {"transcript_path": "relative.jsonl"},
        {"transcript_path": "\0"},
        {"transcript_path": "/" + "x" * 9000},
        {"transcript_path": "\ud800"},
        {"transcript_path": "/dev/zero"},
        {"transcript_path": "/"},
        {"transcript_path": ""},
        {"codex_home": ["x"], "transcript_path": "/nonexistent/sessions/x.jsonl"},
        {"codex_home": "\0", "transcript_path": "/a\0/sessions/b"},
        {},
    ],
    ids=str,
)
def test_hostile_records_are_worked_off(project: Project, told: dict[str, object]) -> None:
    (inbox(project) / "00000000000000000001-1.json").write_text(json.dumps(told), encoding="utf-8")
    update_journal(Store(project))
    update_journal(Store(project))
    assert spooled(project) == []
    assert not Path(project.store, "sessions").exists()


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "dangling", "large"])
def test_what_is_no_file_of_ours_stops_nothing(project: Project, tmp_path: Path, kind: str) -> None:
    odd = inbox(project) / "00000000000000000001-1.json"
    outside = tmp_path / "outside"
    outside.write_text("{}", encoding="utf-8")
    if kind == "folder":
        odd.mkdir()
        (odd / "x").write_text("", encoding="utf-8")
    elif kind == "fifo":
        os.mkfifo(odd)
    elif kind == "large":
        odd.write_bytes(b'{"event":"' + b"x" * 10**7 + b'"}')
    else:
        odd.symlink_to(outside if kind == "link" else tmp_path / "gone")
    write_record(project, event(), "/srv")
    assert [record.transcript for record in spooled(project)] == ["/t.jsonl"]
    update_journal(Store(project))
    assert spooled(project) == []
    assert outside.exists()


def test_an_inbox_that_others_can_write_to_is_not_read(project: Project) -> None:
    write_record(project, event(), "/srv")
    inbox(project).chmod(0o777)
    assert spooled(project) == []


def test_no_inbox_holds_no_records(project: Project) -> None:
    assert spooled(project) == []
    shutil.rmtree(project.state)
    assert spooled(project) == []


def test_what_a_killed_hook_left_goes_after_an_hour(project: Project) -> None:
    fresh, old = inbox(project) / ".2-2", inbox(project) / ".1-1"
    for path in (fresh, old):
        path.write_bytes(b"{")
    os.utime(old, (1, 1))
    assert spooled(project) == []
    assert fresh.exists()
    assert not old.exists()


def test_a_record_that_comes_while_another_catches_up_does_not_wait(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def miss_it(_store: Store) -> int:
        write_record(project, event(), "/srv")
        return 0

    asked: list[Project] = []
    monkeypatch.setattr(worker, "update_journal", miss_it)
    monkeypatch.setattr(worker, "request", asked.append)
    assert worker.catch_up(project)
    assert asked == [project]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    _TEXT
    | st.sampled_from(
        ["../../x", "a/b", ".", "..", "", "\0", "A", "x" * 70, "y" * 9000, "CON", "-", "x.json"]
    ),
    _TEXT,
)
def test_a_session_of_any_name_has_one_note(project: Project, session: str, transcript: str) -> None:
    folder = inbox(project)
    paths = {
        write_unwatched(project, event(session_id=session, transcript_path=text))
        for text in ("first", transcript)
    }
    assert [os.path.join(folder, name) for name in os.listdir(folder)] == list(paths)
    [record] = spooled(project)
    plain = [text.encode("utf-8", "replace").decode() for text in (session[:4096], transcript)]
    assert [record.event, record.session_id, record.transcript] == [UNWATCHED, *plain]
    discard(record.path)


def test_sessions_have_notes_of_their_own_where_case_does_not_count(project: Project) -> None:
    ids = ["cafe", "CAFE", "Cafe", "ca-fe", "ca/fe", "ca_fe", "é", "É", "x" * 64, "x" * 65, "x" * 66]
    names = {os.path.basename(write_unwatched(project, event(session_id=each))).lower() for each in ids}
    assert len(names) == len(ids)


def test_a_session_that_began_unwatched_is_not_looked_for_later(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = str(tmp_path / "rollout.jsonl")
    write_unwatched(project, event(session_id="s1", transcript_path=transcript))
    monkeypatch.setattr("omx_wiki.journal.journal.due_transcripts", lambda *_: [])
    assert update_journal(Store(project)) == 0
    ledger = Ledger(project)
    assert transcript in ledger.foreign
    assert ledger.is_unwatched("s1")
    assert not ledger.is_unwatched("s2", "")
    assert ledger.homes == set()
    assert spooled(project) == []
