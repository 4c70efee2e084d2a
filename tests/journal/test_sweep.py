"""Transcripts nobody reported: which ones belong to a project, and how far a sweep looks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.rollouts import FIXTURES, place_rollout, rollout_path, rollout_text, session_id, session_pages
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import Ledger
from omx_wiki.journal.sweep import (
    all_rollouts,
    codex_homes,
    due_transcripts,
    home_of,
    is_of,
    session_folder,
)
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, find_project, state_home

Git = Callable[..., str]


@pytest.fixture
def root(repository: Path) -> Path:
    """Return a repository that is set up."""
    (repository / ".omx" / "wiki").mkdir(parents=True)
    assert ensure_private(state_home())
    assert ensure_private(find_project(str(repository)).state)
    return repository


def due(root: Path) -> list[Path]:
    project = find_project(str(root))
    ledger = Ledger(project)
    return [Path(path) for path in due_transcripts(project, ledger, codex_homes(ledger))]


def update(root: Path) -> None:
    update_journal(Store(find_project(str(root))))


def test_only_the_projects_own_rollouts_are_due(root: Path, tmp_path: Path, git: Git) -> None:
    other = tmp_path / "other"
    inner = root / "src" / "deep"
    for folder in (other, inner):
        folder.mkdir(parents=True)
    git(other, "init", "-q")
    git(root, "worktree", "add", "-q", str(tmp_path / "worktree"))
    places = [
        root,
        inner,
        tmp_path / "worktree",
        root / "gone",
        other,
        tmp_path / "lantern-2",
        Path("relative"),
    ]
    rollouts = [place_rollout("patch", place, number) for number, place in enumerate(places)]
    assert set(due(root)) == set(rollouts[:4])
    update(root)
    assert len(session_pages(root)) == 4
    assert due(root) == []


def test_a_repository_inside_of_another_is_another(root: Path, git: Git) -> None:
    nested = root / "vendor"
    nested.mkdir()
    git(nested, "init", "-q")
    place_rollout("patch", nested, 1)
    assert due(root) == []
    assert is_of(find_project(str(nested)), str(nested))


def test_a_foreign_rollout_is_opened_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_rollout("patch", tmp_path, 1)
    update(root)
    monkeypatch.setattr("omx_wiki.journal.head.open_transcript", None)
    assert due(root) == []


def test_a_rollout_that_does_not_say_its_folder_yet_is_looked_at_again(root: Path) -> None:
    path = rollout_path(session_id(1))
    path.write_bytes(b"")
    update(root)
    path.write_bytes(rollout_text("patch", root, session_id(1)))
    assert due(root) == [path]


def test_a_rollout_of_last_week_is_found(root: Path) -> None:
    path = rollout_path(session_id(1), day=datetime.now(UTC) - timedelta(days=7))
    path.write_bytes(rollout_text("patch", root, session_id(1)))
    assert due(root) == [path]


def test_a_rollout_of_last_month_is_left_to_the_import(root: Path) -> None:
    path = rollout_path(session_id(1), day=datetime.now(UTC) - timedelta(days=30))
    path.write_bytes(rollout_text("patch", root, session_id(1)))
    assert due(root) == []


def test_a_known_session_that_goes_on_after_a_week_is_due(root: Path) -> None:
    path = rollout_path(session_id(1), day=datetime.now(UTC) - timedelta(days=7))
    whole = rollout_text("resumed", root, session_id(1))
    path.write_bytes(whole[: len(whole) // 2])
    project = find_project(str(root))
    from omx_wiki.journal.recorder import Recorder

    recorder = Recorder(Store(project))
    recorder.record(str(path))
    recorder.ledger.save()
    assert due(root) == []
    path.write_bytes(whole)
    assert due(root) == [path]


def test_an_archived_rollout_is_still_the_session(root: Path) -> None:
    path = place_rollout("resumed", root, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    update(root)
    archive = Path(os.environ["CODEX_HOME"], "archived_sessions")
    archive.mkdir()
    shutil.move(path, archive / path.name)
    assert due(root) == []
    (archive / path.name).write_bytes(whole)
    assert due(root) == [archive / path.name]
    update(root)
    assert len(session_pages(root)) == 1
    assert due(root) == []


def test_a_rollout_that_was_deleted_is_not_due(root: Path) -> None:
    place_rollout("patch", root, 1).unlink()
    assert due(root) == []
    path = place_rollout("patch", root, 1)
    update(root)
    path.unlink()
    assert due(root) == []
    assert len(session_pages(root)) == 1


def test_homes_that_hooks_told_of_are_swept_too(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_rollout("patch", root, 1)
    ledger = Ledger(find_project(str(root)))
    ledger.homes.add(os.environ["CODEX_HOME"])
    ledger.save()
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "nowhere"))
    assert len(due(root)) == 1


@pytest.mark.parametrize(
    ("transcript", "home"),
    [
        ("/h/.codex/sessions/2026/01/01/rollout-x.jsonl", "/h/.codex"),
        ("/h/.codex/archived_sessions/rollout-x.jsonl", "/h/.codex"),
        ("/srv/sessions/app/.codex/sessions/2026/01/01/rollout-x.jsonl", "/srv/sessions/app/.codex"),
        ("/h/.claude/projects/x/y.jsonl", ""),
        ("", ""),
        ("sessions", ""),
    ],
)
def test_the_home_of_a_rollout(transcript: str, home: str) -> None:
    assert home_of(transcript) == home


@pytest.mark.parametrize("name", ["bare", "claude", "codex-0.40", "codex-0.116", "patch", "paginated-fork"])
def test_every_format_tells_its_folder(name: str) -> None:
    assert session_folder(str(FIXTURES / f"{name}.jsonl")) == "/srv/lantern"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_tell_no_folder_and_raise_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rollout-x.jsonl"
    path.write_bytes(content)
    assert session_folder(str(path)) == ""


def test_all_rollouts_come_oldest_first_and_archived_last(root: Path) -> None:
    new = place_rollout("patch", root, 1)
    old = rollout_path(session_id(2), day=datetime(2026, 1, 1, tzinfo=UTC))
    old.write_bytes(b"")
    home = os.environ["CODEX_HOME"]
    archived = Path(home, "archived_sessions", "rollout-2025-01-01T00-00-00-x.jsonl")
    archived.parent.mkdir()
    archived.write_bytes(b"")
    (new.parent / "notes.txt").write_bytes(b"")
    assert [Path(path) for path in all_rollouts(home)] == [old, new, archived]
