"""Pages that name files which changed after they were written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from context.conftest import NOW, commit, main_session, write_page
from omx_wiki.context.catalog import read_catalog
from omx_wiki.context.drift import drifted, file_changes
from omx_wiki.context.repository import Repository
from omx_wiki.journal.sessions import SessionRow, list_sessions
from omx_wiki.pages.store import Store
from omx_wiki.project import find_project

Git = Callable[..., str]


def stale(store: Store, rows: list[SessionRow] | None = None) -> dict[str, str]:
    cards = list(read_catalog(store).values())
    changes = file_changes(cards, Repository(store.project), rows or [], store.project.root)
    return drifted(cards, changes)


def test_a_later_commit_makes_a_page_doubtful(world: Store) -> None:
    assert stale(world) == {"login-timeouts": "src/login.py"}


def test_a_page_written_just_before_the_commit_knew_of_it(world: Store) -> None:
    write_page(world, "login-timeouts", "See src/login.py.", day="2026-09-08")  # committed half an hour later
    assert stale(world) == {}


def test_a_later_session_makes_a_page_doubtful(world: Store) -> None:
    assert "billing-retries" not in stale(world)
    assert stale(world, list_sessions(world))["billing-retries"] == "src/billing.py"


def test_the_session_that_wrote_the_page_does_not(world: Store) -> None:
    path = write_page(world, "billing-retries", "See src/billing.py.", day="2026-09-09")
    text = path.read_text(encoding="utf-8").replace("T08:00:00Z", "T10:20:00Z")
    path.write_text(text, encoding="utf-8")
    os.utime(path, (NOW - 30 * 86_400, NOW - 30 * 86_400))
    assert main_session().started < "2026-09-09T10:20" < main_session().ended
    assert "billing-retries" not in stale(world, list_sessions(world))


def test_a_file_changed_and_not_committed_makes_a_page_doubtful(world: Store) -> None:
    path = Path(world.project.root) / "src" / "billing.py"
    path.write_text("changed", encoding="utf-8")
    os.utime(path, (NOW, NOW))
    assert stale(world)["billing-retries"] == "src/billing.py"


def test_a_fresh_clone_makes_no_page_doubtful(
    world: Store, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(world.project.root)
    write_page(world, "login-timeouts", "See src/login.py.", day="2026-09-09")
    os.utime(root / "src" / "login.py", (NOW, NOW))  # as a checkout does
    assert stale(world) == {}
    commit(root, git, monkeypatch, "2026-09-10", {"src/login.py": "3"})
    assert stale(world) == {"login-timeouts": "src/login.py"}


def test_without_git_the_times_of_files_tell(tmp_path: Path) -> None:
    store = Store(find_project(str(tmp_path)))
    write_page(store, "cites", "See src/a.py, src/b.py and src/gone.py.", day="2026-09-01")
    (tmp_path / "src").mkdir()
    for name, moment in {"a.py": NOW - 30 * 86_400, "b.py": NOW}.items():
        (tmp_path / "src" / name).write_text("x", encoding="utf-8")
        os.utime(tmp_path / "src" / name, (moment, moment))
    assert stale(store) == {"cites": "src/b.py"}
