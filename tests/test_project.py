"""A session anywhere in a repository finds the one wiki of its main checkout."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.project import ensure_private, find_project, is_private, state_home

Git = Callable[..., str]


def test_a_sub_directory_belongs_to_its_checkout(repository: Path) -> None:
    deep = repository / "src" / "app"
    deep.mkdir(parents=True)
    project = find_project(str(deep))
    assert project.root == project.checkout == str(repository)
    assert project.git_dir == str(repository / ".git")


def test_a_linked_worktree_shares_the_main_checkout(repository: Path, git: Git, tmp_path: Path) -> None:
    tree = tmp_path / "trees" / "feature"
    git(repository, "worktree", "add", "-q", str(tree))
    (tree / "sub").mkdir()
    project = find_project(str(tree / "sub"))
    assert (project.root, project.checkout) == (str(repository), str(tree))
    assert project.git_dir == str(repository / ".git")
    assert project.state == find_project(str(repository)).state


def test_a_submodule_is_its_own_project(repository: Path, git: Git, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository), "inner")
    assert find_project(str(outer / "inner")).root == str(outer / "inner")


def test_a_worktree_of_a_bare_repository_is_its_own_project(
    repository: Path, git: Git, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "tree"), "main")
    project = find_project(str(tmp_path / "tree"))
    assert project.root == str(tmp_path / "tree")
    assert project.git_dir == str(tmp_path / "bare.git")


def test_a_separate_git_folder_keeps_the_checkout(tmp_path: Path, git: Git) -> None:
    (tmp_path / "work").mkdir()
    git(tmp_path / "work", "init", "-q", f"--separate-git-dir={tmp_path / 'elsewhere'}")
    assert find_project(str(tmp_path / "work")).root == str(tmp_path / "work")


def test_a_symlinked_path_is_the_same_project(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository)
    assert find_project(str(tmp_path / "link")).state == find_project(str(repository)).state


def test_without_git_the_nearest_folder_with_a_wiki_counts(tmp_path: Path) -> None:
    (tmp_path / "notes" / ".omx" / "wiki").mkdir(parents=True)
    (tmp_path / "notes" / "a" / "b").mkdir(parents=True)
    assert find_project(str(tmp_path / "notes" / "a" / "b")).root == str(tmp_path / "notes")
    assert find_project(str(tmp_path)).root == str(tmp_path)


def test_a_wiki_in_the_home_folder_is_not_everybodys(home: Path) -> None:
    (home / ".omx" / "wiki").mkdir(parents=True)
    (home / "downloads").mkdir()
    assert find_project(str(home / "downloads")).root == str(home / "downloads")
    assert find_project(str(home)).root == str(home)


def test_a_pointer_cannot_redirect_to_another_project(repository: Path, tmp_path: Path) -> None:
    evil = tmp_path / "download"
    (evil / "g").mkdir(parents=True)
    (evil / ".git").write_text("gitdir: g\n", encoding="utf-8")
    (evil / "g" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (evil / "g" / "commondir").write_text(f"{repository}/.git\n", encoding="utf-8")
    assert find_project(str(evil)).root == str(evil)


@given(content=st.binary(max_size=200))
def test_no_pointer_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("odd")
    (folder / ".git").write_bytes(b"gitdir: " + content)
    find_project(str(folder))


def test_two_projects_of_one_name_have_different_states(tmp_path: Path) -> None:
    first, second = (find_project(str(tmp_path / parent / "app")) for parent in ("a", "b"))
    assert first.state != second.state
    assert os.path.basename(first.state).startswith("app-")


def test_the_state_home_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "mine"))
    assert state_home() == str(tmp_path / "mine")
    monkeypatch.delenv("OMX_WIKI_HOME")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert state_home() == str(tmp_path / "xdg" / "omx-wiki")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_home() == str(tmp_path / "home" / ".local" / "state" / "omx-wiki")


def test_private_means_a_folder_of_ours_alone(tmp_path: Path) -> None:
    assert ensure_private(str(tmp_path / "a" / "b"))
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    assert not is_private(str(tmp_path / "open"))
    (tmp_path / "link").symlink_to(tmp_path / "a" / "b")
    assert not is_private(str(tmp_path / "link"))
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not ensure_private(str(tmp_path / "file"))
