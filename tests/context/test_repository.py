"""What git tells of the work at hand, in real repositories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from context.conftest import FEATURE, commit
from omx_wiki.context.repository import MOST_BRANCHES, Repository
from omx_wiki.hook.dates import epoch_of
from omx_wiki.pages.store import Store
from omx_wiki.project import find_project

Git = Callable[..., str]


def test_branches_of_work_trees_come_first(world: Store, git: Git) -> None:
    root = Path(world.project.root)
    for number in range(30):
        git(root, "branch", f"old-{number}", "main")
    git(root, "worktree", "add", "-q", "-b", "side", str(root.parent / "side"), "main")
    repository = Repository(world.project)
    assert repository.branches[:2] == [FEATURE, "side"]
    assert len(repository.branches) == MOST_BRANCHES
    assert repository.checkouts == {FEATURE: str(root), "side": str(root.parent / "side")}
    assert repository.default == "main"


def test_changed_files_are_those_of_the_branch_and_those_not_committed(world: Store) -> None:
    root = Path(world.project.root)
    (root / "src" / "néw file.py").write_text("x", encoding="utf-8")
    (root / ".omx" / "wiki" / "x.md").write_text("x", encoding="utf-8")
    repository = Repository(world.project)
    assert repository.changed_files(FEATURE) == ["src/néw file.py", "src/login.py"]
    assert repository.changed_files("main") == []
    assert repository.changed_files("no such branch") == []
    assert repository.changed_files("--output=x") == []


def test_a_clone_knows_its_default_branch(world: Store, git: Git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", world.project.root, "clone")
    clone = Repository(find_project(str(tmp_path / "clone")))
    assert clone.default == FEATURE
    assert clone.branches == [FEATURE]


def test_commit_times_of_files(world: Store, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(world.project.root)
    commit(root, git, monkeypatch, "2026-09-09", {"src/a b\n.py": "1"})
    found = Repository(world.project).changed_since(epoch_of("2026-09-01") or 0.0)
    assert found["src/login.py"] == epoch_of("2026-09-08T08:30:00Z")
    assert found["src/a b\n.py"] == epoch_of("2026-09-09T08:30:00Z")
    assert "src/billing.py" not in found


def test_names_of_the_user_are_known(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "grace.hopper")
    assert {"ada", "grace", "hopper"} <= Repository(world.project).user_words()


def test_without_git_everything_is_empty(tmp_path: Path) -> None:
    repository = Repository(find_project(str(tmp_path)))
    assert (repository.branches, repository.default, repository.checkouts) == ([], "", {})
    assert repository.changed_files("main") == []
    assert repository.changed_since(0) == {}


def test_a_repository_without_a_commit_has_a_branch_without_files(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    repository = Repository(find_project(str(tmp_path)))
    assert repository.branches == ["main"]
    assert repository.changed_files("main") == []
