"""What commits changed counts as changed, also when a shell command and no patch wrote it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from omx_wiki.journal.facts import CommitFact, SessionFacts
from omx_wiki.journal.failures import Signal, last_passes, settle
from omx_wiki.journal.git_facts import verify

Git = Callable[..., str]


def test_the_files_of_verified_commits_are_told(repository: Path, git: Git) -> None:
    (repository / "n.py").write_text("b\nc\n", encoding="utf-8")
    (repository / "gone.py").write_text("x\n", encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Add two")
    (repository / "n.py").write_text("b\nd\ne\n", encoding="utf-8")
    git(repository, "rm", "-q", "gone.py")
    git(repository, "commit", "-q", "-am", "Change one, remove one")
    shas = git(repository, "log", "-2", "--format=%h").split()
    facts = SessionFacts(id="s", agent="codex", commits=[CommitFact(sha, "x") for sha in [*shas, "0" * 10]])
    found = {file.path: (file.kind, file.added, file.removed) for file in verify(facts, repository).files}
    assert found == {"n.py": ("A", 4, 1), "gone.py": ("D", 1, 1)}


def test_without_commits_nothing_is_told(repository: Path) -> None:
    assert list(verify(SessionFacts(id="s", agent="codex"), repository).files) == []


def test_a_failure_is_fixed_once_its_family_passed_later() -> None:
    signal = Signal("test", "ValueError", 2, 0, 1, "2026-01-02T00:00:00Z", "s", "pytest", "ValueError: bad")
    assert settle([signal], [{"test": "2026-01-01T00:00:00Z"}])[0].fixed == 0
    assert settle([signal], [{"lint": "2026-01-03T00:00:00Z"}])[0].fixed == 0
    assert settle([signal], [{"test": "2026-01-03T00:00:00Z"}, {}])[0].fixed == 2
    assert last_passes(SessionFacts(id="s", agent="codex")) == {}
