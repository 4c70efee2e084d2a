from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from hosts.foreign_files import IGNORE_FILES
from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import gitignore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@given(IGNORE_FILES)
def test_removing_the_rule_restores_every_byte(old: bytes | None) -> None:
    assert gitignore.remove_rule(gitignore.add_rule(old)) == old


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, b".omx/\n"),
        (b"a\n", b"a\n.omx/\n"),
        (b"a\r\nb", b"a\r\nb\r\n.omx/"),
        (b"a", b"a\n.omx/"),
    ],
)
def test_the_rule_is_a_line_of_its_own_at_the_end(old: bytes | None, new: bytes) -> None:
    assert gitignore.add_rule(old) == new


def test_lines_that_others_add_afterwards_stay() -> None:
    assert gitignore.remove_rule(gitignore.add_rule(b"a\n") + b"b\n") == b"a\nb\n"


def test_a_file_without_the_rule_is_left_alone() -> None:
    assert gitignore.remove_rule(b"/.omx/\n") == b"/.omx/\n"


def test_utf_16_is_refused() -> None:
    with pytest.raises(RefusedError, match="UTF-16"):
        gitignore.add_rule("a\n".encode("utf-16"))


@pytest.mark.parametrize("old", [None, b"a", b"a\r\n", b"!.omx/\n", b"\xef\xbb\xbfa"])
def test_git_obeys_the_rule(repository: Path, old: bytes | None) -> None:
    root = str(repository)
    if old is not None:
        (repository / ".gitignore").write_bytes(old)
    assert not gitignore.is_ignored(root)

    (repository / ".gitignore").write_bytes(gitignore.add_rule(old))

    assert gitignore.is_ignored(root)
    (repository / ".omx" / "wiki").mkdir(parents=True)
    assert gitignore.is_ignored(root)


def test_git_is_asked_without_its_own_variables(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / ".gitignore").write_bytes(b".omx/\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert gitignore.is_ignored(str(repository))


def test_no_program_that_the_repository_names_is_run(
    repository: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    program = tmp_path / "monitor"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))

    gitignore.is_ignored(str(repository))
    gitignore.is_tracked(str(repository))

    assert not (tmp_path / "ran").exists()
    git(repository, "status")
    assert (tmp_path / "ran").exists()


def test_committed_pages_are_noticed(repository: Path, git: Callable[..., str]) -> None:
    assert not gitignore.is_tracked(str(repository))
    (repository / ".omx" / "wiki").mkdir(parents=True)
    (repository / ".omx" / "wiki" / "page.md").write_text("# Page\n")
    git(repository, "add", "-f", ".omx")

    assert gitignore.is_tracked(str(repository))


def test_outside_a_repository_git_has_no_answer(tmp_path: Path) -> None:
    # The sealed home stops git from looking above; the variable that says so is one of those dropped.
    assert not os.path.exists(tmp_path / ".git")
    with pytest.raises(UnavailableError, match="git cannot answer"):
        gitignore.is_ignored("/")
