"""What git confirms of a session's claims, in real repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from journal.session_examples import session
from omx_wiki.journal import git
from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import CommitFact
from omx_wiki.journal.git_facts import GitCommit, GitFacts, verify

Git = Callable[..., str]
LATER = "2026-09-03T00:00:00.000Z"


def commit(
    root: Path, git: Git, name: str, text: str, message: str, when: str = "2026-09-02T08:10:00Z"
) -> str:
    (root / name).write_text(text, encoding="utf-8")
    git(root, "add", "--", name)
    environment = {**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    subprocess.run(["git", "commit", "-q", "-m", message], cwd=root, check=True, env=environment)
    return git(root, "rev-parse", "HEAD").strip()


def test_commits_that_exist_are_confirmed_and_others_are_not(repository: Path, git: Git) -> None:
    sha = commit(repository, git, "lamp.py", "x\n", "Add lamp\n\nIts body")
    claims = [CommitFact(sha[:9], "Add la"), CommitFact("0123abc", "Gone"), CommitFact("--help", "Evil")]
    found = verify(session(commits=claims, commit=sha, ended=LATER), repository)
    assert found.checked
    assert {name: tuple(vars_of(known)) for name, known in found.commits.items()} == {
        sha[:9]: (sha, "Add lamp")
    }


def vars_of(known: GitCommit) -> tuple[str, str]:
    return known.sha, known.subject


def test_blobs_and_trees_are_no_commits(repository: Path, git: Git) -> None:
    tree = git(repository, "rev-parse", "HEAD^{tree}").strip()
    found = verify(session(commits=[CommitFact(tree, "x")]), repository)
    assert (found.checked, found.commits) == (True, {})


def test_the_end_is_where_the_branch_stood_when_the_session_ended(repository: Path, git: Git) -> None:
    first = commit(repository, git, "a", "1\n", "During", "2026-09-02T08:10:00Z")
    commit(repository, git, "a", "2\n", "Much later", "2026-09-05T08:10:00Z")
    git(repository, "switch", "-q", "-c", "other")
    assert verify(session(), repository).end_commit == first
    assert verify(session(branch="no-such"), repository).end_commit == ""
    assert verify(session(branch="--all"), repository).end_commit == ""


def test_sizes_are_told_for_files_of_unknown_size(repository: Path, git: Git) -> None:
    start = commit(repository, git, "a.py", "1\n2\n", "Start", "2026-09-02T07:00:00Z")
    commit(repository, git, "a.py", "1\n3\n4\n", "Work")
    commit(repository, git, "b é.py", "1\n", "More work")
    files = [
        ChangedFile("a.py", "M", 0, 0),
        ChangedFile("b é.py", "A", 0, 0),
        ChangedFile("/etc/x", "M", 0, 0),
    ]
    files.append(ChangedFile("c.py", "M", 1, 1))
    found = verify(session(commit=start, files=files, ended=LATER), repository)
    assert found.sizes == {"a.py": (2, 1), "b é.py": (1, 0)}


def test_without_git_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = session(commits=[CommitFact("0123abc", "x")])
    assert verify(facts, tmp_path) == GitFacts()
    assert verify(facts, tmp_path / "missing") == GitFacts()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert verify(facts, tmp_path) == GitFacts()


def test_an_empty_repository_is_no_problem(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q")
    assert verify(session(branch=""), tmp_path) == GitFacts(checked=True)


def test_the_environment_does_not_lead_git_elsewhere(
    repository: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = git(repository, "rev-parse", "HEAD").strip()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    git(elsewhere, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    assert verify(session(commits=[CommitFact(sha, "x")]), repository).commits[sha].subject == "Start"


def test_no_program_of_the_repository_runs(repository: Path, tmp_path: Path, git: Git) -> None:
    start = commit(repository, git, "a.py", "1\n", "Start", "2026-09-02T07:00:00Z")
    sha = commit(repository, git, "a.py", "2\n", "Work")
    mark = tmp_path / "ran"
    (repository / ".gitattributes").write_text("* diff=evil filter=evil\n", encoding="utf-8")
    for key in (
        "core.fsmonitor",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
    ):
        git(repository, "config", key, f"touch {mark}; cat")
    files = [ChangedFile("a.py", "M", 0, 0)]
    found = verify(session(commit=start, commits=[CommitFact(sha, "x")], files=files), repository)
    assert found.sizes == {"a.py": (1, 1)}
    assert not mark.exists()


def test_odd_messages_and_many_claims_stay_bounded(repository: Path, git: Git) -> None:
    (repository / "message").write_bytes(b"caf\xe9 \x1b[31m" + b"x" * 100_000 + b"\n\nbody")
    git(repository, "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "message")
    sha = git(repository, "rev-parse", "HEAD").strip()
    claims = [CommitFact(f"{n:07x}", "x") for n in range(500)] + [CommitFact(sha, "x")]
    found = verify(session(commits=claims), repository)
    assert list(found.commits) == [sha]
    assert len(found.commits[sha].subject) == 300


def test_a_git_that_hangs_is_given_up(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(git, "_SECONDS", 0.2)
    assert verify(session(), repository) == GitFacts()


def test_a_linked_worktree_is_named(repository: Path, tmp_path: Path, git: Git) -> None:
    git(repository, "worktree", "add", "-q", "-b", "dim", str(tmp_path / "lantern-dim"))
    inside = session(cwd=str(tmp_path / "lantern-dim"))
    assert verify(inside, repository).worktree == "lantern-dim"
    assert verify(replace(inside, cwd=str(repository)), repository).worktree == ""
    assert verify(replace(inside, cwd="relative"), repository).worktree == ""
