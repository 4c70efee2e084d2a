"""The installed product in real Codex sessions."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from e2e.codex_home import CODEX, COMPACTING
from e2e.product import Product, append_hook, hook_command, install, told
from e2e.tmux import Terminal, has_tmux
from e2e.turns import answer, join, shell, spawn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from e2e.codex_home import CodexHome, Run

pytestmark = pytest.mark.e2e

_TITLE = "Whale oil burns brightest"
_TEXT = "The lantern was tried with whale oil, colza and paraffin."


@pytest.fixture
def wiki_repo(codex: CodexHome, product: Product, repo: Path) -> Path:
    """Return the repository, set up and trusted, with one page."""
    product.run(codex, "setup", "--trust")
    product.run(codex, "add", _TITLE, _TEXT)
    return repo


def _ends_well(run: Run) -> bool:
    """Whether Codex went through one turn undisturbed."""
    kinds = [event["type"] for event in run.events]
    return run.code == 0 and kinds[-1] == "turn.completed" and "error" not in kinds


def _files(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` but git's with its bytes."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_new_session_is_told_once(codex: CodexHome, wiki_repo: Path) -> None:
    run = codex.run_exec("hello", cwd=wiki_repo)
    assert _ends_well(run)
    assert told(run.requests[0], _TITLE) == [1]


def test_resume_and_fork_are_not_told_again(codex: CodexHome, wiki_repo: Path) -> None:
    first = codex.run_exec("hello", cwd=wiki_repo)
    resumed = codex.run_exec("more", cwd=wiki_repo, resume=first.thread_id)
    forked = codex.run_exec("else", cwd=wiki_repo, fork=first.thread_id)
    assert told(resumed.requests[0], _TITLE) == [1]
    assert told(forked.requests[0], _TITLE) == [1]


def test_compaction_brings_a_short_anchor(codex: CodexHome, wiki_repo: Path) -> None:
    codex.service.script += [shell("true", tokens=300_000), answer("what happened so far"), answer()]
    run = codex.run_exec("hello", cwd=wiki_repo, options=COMPACTING)
    assert _ends_well(run)
    assert "what happened so far" in run.requests[2].texts("user")[-1]
    assert told(run.requests[2], "continue the current task") == [1]
    assert told(run.requests[2], _TITLE) == []


@pytest.mark.skipif(not has_tmux(), reason="no tmux")
def test_clearing_the_terminal_session_brings_the_context_back(
    codex: CodexHome, wiki_repo: Path, ground: Path
) -> None:
    codex.service.script += [answer("First answer."), answer("Second answer.")]
    command = [CODEX, "--no-alt-screen"]
    with Terminal(ground / "tmux", command, wiki_repo, codex.environ) as terminal:
        terminal.wait_for("Ask Codex")
        terminal.type("first prompt")
        terminal.wait_for("First answer.")
        terminal.clear("First answer.")
        terminal.wait_for("Ask Codex")
        terminal.type("second prompt")
        terminal.wait_for("Second answer.")
        terminal.type("/quit")
        terminal.wait_for_exit()
    assert "first prompt" not in codex.service.requests[1].texts("user")
    assert [told(request, _TITLE) for request in codex.service.requests] == [[1], [1]]


def test_a_subagent_is_not_told(codex: CodexHome, wiki_repo: Path) -> None:
    codex.service.script += [spawn("trim the wick"), join(), answer("trimmed"), answer()]
    run = codex.run_exec("hello", cwd=wiki_repo)
    [child] = [request for request in run.requests if request.texts("user")[-1] == "trim the wick"]
    assert told(child, _TITLE) == []


def test_an_install_without_trust_says_nothing_until_it_is_trusted(
    codex: CodexHome, product: Product, repo: Path
) -> None:
    product.run(codex, "setup")
    product.run(codex, "add", _TITLE, _TEXT)
    before = codex.run_exec("hello", cwd=repo)
    assert _ends_well(before)
    assert told(before.requests[0], _TITLE) == []
    assert {hook["trustStatus"] for hook in codex.hooks_list(repo)["hooks"]} == {"untrusted"}

    product.run(codex, "setup", "--trust")
    after = codex.run_exec("hello", cwd=repo)
    assert told(after.requests[0], _TITLE) == [1]
    listed = codex.hooks_list(repo)
    assert {hook["trustStatus"] for hook in listed["hooks"]} == {"trusted"}
    assert (listed["warnings"], listed["errors"]) == ([], [])


def test_a_sandboxed_agent_adds_and_finds_a_page_that_the_next_session_knows(
    codex: CodexHome, product: Product, wiki_repo: Path
) -> None:
    add = product.shell("add", "Wick length", "Four millimetres; longer ones soot.")
    codex.service.script += [shell(add), shell(product.shell("query", "soot")), answer()]
    run = codex.run_exec("keep that", cwd=wiki_repo)
    added, found = run.requests[-1].outputs()
    assert "exit=0" in added, added
    assert "exit=0" in found, found
    assert "wick-length" in found

    following = codex.run_exec("hello", cwd=wiki_repo)
    assert told(following.requests[0], "Wick length") == [1]


def test_a_read_only_agent_can_search_and_changes_no_file(
    codex: CodexHome, product: Product, wiki_repo: Path
) -> None:
    product.settle(codex)
    codex.variables["OMX_WIKI_BACKGROUND"] = "0"
    before = _files(wiki_repo)
    codex.service.script += [shell(product.shell("query", "whale")), answer()]
    run = codex.run_exec("look it up", cwd=wiki_repo, sandbox="read-only")
    [found] = run.requests[-1].outputs()
    assert "exit=0" in found, found
    assert "whale-oil-burns-brightest" in found
    assert _files(wiki_repo) == before


def test_a_read_only_agent_that_adds_gets_one_clear_line(
    codex: CodexHome, product: Product, wiki_repo: Path
) -> None:
    codex.service.script += [shell(product.shell("add", "Wick", "Four millimetres.")), answer()]
    run = codex.run_exec("keep that", cwd=wiki_repo, sandbox="read-only")
    [said] = run.requests[-1].outputs()
    assert "exit=4" in said, said
    assert said.count("wiki:") == 1
    assert "Traceback" not in said


def test_codex_goes_on_undisturbed_when_the_package_and_then_its_environment_are_gone(
    codex: CodexHome, wheel: Path, repo: Path, ground: Path
) -> None:
    doomed = install(wheel, ground / "venv")
    doomed.run(codex, "setup", "--trust")
    doomed.run(codex, "add", _TITLE, _TEXT)
    exit_codes = ground / "exit-codes"
    launcher = hook_command(codex)
    append_hook(codex, "Stop", f"{launcher}; code=$?; echo $code >> {exit_codes}; exit $code")
    trusting = ["--dangerously-bypass-hook-trust"]

    present = codex.run_exec("hello", cwd=repo, options=trusting)
    doomed.uninstall()
    uninstalled = codex.run_exec("hello", cwd=repo, options=trusting)
    shutil.rmtree(doomed.folder)
    deleted = codex.run_exec("hello", cwd=repo, options=trusting)

    assert all(_ends_well(run) for run in (present, uninstalled, deleted))
    assert [len(run.requests) for run in (present, uninstalled, deleted)] == [1, 1, 1]
    assert [told(run.requests[0], _TITLE) for run in (present, uninstalled, deleted)] == [[1], [], []]
    assert exit_codes.read_text(encoding="utf-8").split() == ["0", "0", "0"]


def test_subdirectories_and_linked_worktrees_share_the_main_checkouts_wiki(
    codex: CodexHome, wiki_repo: Path, git: Callable[..., str]
) -> None:
    inner = wiki_repo / "src" / "wick"
    inner.mkdir(parents=True)
    worktree = wiki_repo.parent / "elsewhere"
    git(wiki_repo, "worktree", "add", "-q", str(worktree))
    for place in (inner, worktree):
        run = codex.run_exec("hello", cwd=place)
        assert told(run.requests[0], _TITLE) == [1], place
    assert not (worktree / ".omx").exists()


def test_a_repository_without_a_wiki_is_left_alone(
    codex: CodexHome, wiki_repo: Path, ground: Path, git: Callable[..., str]
) -> None:
    other = ground / "other"
    other.mkdir()
    git(other, "init", "-q")
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    run = codex.run_exec("hello", cwd=other)
    assert _ends_well(run)
    assert told(run.requests[0], "wiki query") == []
    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before
    assert told(codex.run_exec("hello", cwd=wiki_repo).requests[0], _TITLE) == [1]


def test_a_session_makes_git_ignore_a_wiki_without_touching_a_tracked_file(
    codex: CodexHome, wiki_repo: Path, ground: Path, git: Callable[..., str]
) -> None:
    fresh = ground / "fresh"
    git(wiki_repo, "clone", "-q", str(wiki_repo), str(fresh))
    (fresh / ".omx" / "wiki").mkdir(parents=True)
    (fresh / ".omx" / "wiki" / "wick.md").write_text("# Wick\n\nFour millimetres.\n", encoding="utf-8")
    assert ".omx" in git(fresh, "status", "--porcelain")
    codex.run_exec("hello", cwd=fresh)
    git(fresh, "check-ignore", "-q", ".omx")
    assert git(fresh, "status", "--porcelain") == ""
