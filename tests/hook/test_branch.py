"""The branch of a checkout and the words of its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook.branch import branch_words, current_branch

Git = Callable[..., str]


def test_the_branch_of_a_repository(repository: Path, git: Git) -> None:
    assert current_branch(str(repository)) == "main"
    git(repository, "switch", "-q", "-c", "feature/login-timeout")
    assert current_branch(str(repository)) == "feature/login-timeout"


def test_a_branch_without_a_commit_has_a_name(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    assert current_branch(str(tmp_path)) == "trunk"


def test_packed_references_do_not_matter(repository: Path, git: Git) -> None:
    git(repository, "pack-refs", "--all")
    assert current_branch(str(repository)) == "main"


def test_a_linked_worktree_has_its_own(repository: Path, git: Git) -> None:
    other = repository.parent / "other"
    git(repository, "worktree", "add", "-q", "-b", "side", str(other))
    assert current_branch(str(other)) == "side"
    assert current_branch(str(repository)) == "main"


def test_a_detached_head_tells_its_commit(repository: Path, git: Git) -> None:
    git(repository, "checkout", "-q", "--detach")
    sha = git(repository, "rev-parse", "HEAD")
    assert current_branch(str(repository)) == f"detached at {sha[:7]}"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"ref: refs/tags/x", b"ref: refs/heads/.invalid\n", b"ref: " + b"x" * 9999]
)
def test_a_head_of_another_kind_is_no_branch(repository: Path, content: bytes) -> None:
    (repository / ".git" / "HEAD").write_bytes(content)
    assert current_branch(str(repository)) == ""


def test_a_folder_without_git_has_none(tmp_path: Path) -> None:
    assert current_branch(str(tmp_path)) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("feature/login-timeout", ["login", "timeout"]),
        ("main", []),
        ("fix/PROJ-123_retryPolicy", ["proj", "123", "retry", "policy"]),
        ("ada/wip", []),
        ("ada/größe-測試", ["größe", "測試"]),
        ("detached at 1a2b3c4", []),
        ("a/b-to-c", []),
        ("login/login", ["login"]),
    ],
)
def test_the_words_of_a_branch(name: str, words: list[str]) -> None:
    assert branch_words(name, ignored=["ada"]) == words


@given(st.text())
def test_any_name_has_words_of_letters_and_digits(name: str) -> None:
    assert all(word.isalnum() for word in branch_words(name)) or any(
        not char.lower().isalnum() for char in name if char.isalnum()
    )
