"""Prompts that call the wiki, in real Codex sessions with the installed product."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.codex_home import CODEX
from e2e.product import told
from e2e.tmux import Terminal, has_tmux
from e2e.turns import answer, join, shell, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.codex_home import CodexHome
    from e2e.product import Product

pytestmark = pytest.mark.e2e

_PASSAGE = "whale oil, colza and paraffin"
_HIT = "(whale-oil-burns-brightest) .omx/wiki/whale-oil-burns-brightest.md:"


@pytest.fixture
def wiki_repo(codex: CodexHome, product: Product, repo: Path) -> Path:
    """Return the repository, set up and trusted, with one page."""
    product.run(codex, "setup", "--trust")
    product.run(codex, "add", "Whale oil burns brightest", f"The lantern was tried with {_PASSAGE}.")
    return repo


@pytest.mark.parametrize("prompt", ["wiki query paraffin", "$wiki paraffin"])
def test_a_query_in_a_prompt_comes_with_its_hits(codex: CodexHome, wiki_repo: Path, prompt: str) -> None:
    run = codex.run_exec(prompt, cwd=wiki_repo)
    assert run.code == 0
    [request] = run.requests
    assert told(request, _HIT) == [1]
    assert next(text for text in request.texts("developer") if _HIT in text).endswith("</project_wiki>")
    assert prompt in request.texts("user")


def test_prose_about_the_wiki_comes_with_nothing(codex: CodexHome, wiki_repo: Path) -> None:
    run = codex.run_exec("Does the wiki query paraffin work? Use $wiki.", cwd=wiki_repo)
    assert run.code == 0
    [request] = run.requests
    assert told(request, _HIT) == []
    assert told(request, "The project's wiki on") == []
    assert told(request, "<project_wiki>") == [1]  # the start-up context alone


def test_every_prompt_of_a_session_may_ask(codex: CodexHome, wiki_repo: Path) -> None:
    first = codex.run_exec("hello", cwd=wiki_repo)
    second = codex.run_exec("wiki query colza", cwd=wiki_repo, resume=first.thread_id)
    assert told(first.requests[0], _HIT) == []
    assert told(second.requests[0], _HIT) == [1]


def test_the_command_for_adding_is_one_that_a_sandboxed_agent_can_run(
    codex: CodexHome, product: Product, wiki_repo: Path
) -> None:
    run = codex.run_exec("wiki add Wick length: it's 4 mm; $(touch pwned)", cwd=wiki_repo)
    [text] = [text for text in run.requests[0].texts("developer") if "Nothing is written yet" in text]
    assert "wick-length" not in product.run(codex, "list")
    [command] = [line for line in text.splitlines() if " add -- " in line]
    assert command.startswith(str(product.wiki))

    codex.service.script += [shell(f'{command}; echo "exit=$?"'), answer()]
    added = codex.run_exec("go on", cwd=wiki_repo, resume=run.thread_id)
    assert "exit=0" in added.requests[-1].outputs()[-1]
    assert "it's 4 mm; $(touch pwned)" in product.run(codex, "show", "wick-length", "--raw")
    assert not (wiki_repo / "pwned").exists()


def test_a_subagents_task_is_not_answered(codex: CodexHome, wiki_repo: Path) -> None:
    task = "wiki query paraffin"
    codex.service.script += [spawn(task), join(), answer("found"), answer()]
    run = codex.run_exec("hello", cwd=wiki_repo)
    [child] = [request for request in run.requests if request.texts("user")[-1] == task]
    assert told(child, _HIT) == []


def test_a_repository_without_a_wiki_is_not_answered(codex: CodexHome, wiki_repo: Path, ground: Path) -> None:
    other = ground / "other"
    other.mkdir()
    run = codex.run_exec("wiki query paraffin", cwd=other, options=["--skip-git-repo-check"])
    assert run.code == 0
    assert wiki_repo.exists()
    assert told(run.requests[0], "<project_wiki>") == []


def test_an_older_installation_answers_after_the_next_setup(
    codex: CodexHome, product: Product, wiki_repo: Path
) -> None:
    file = codex.path / "hooks.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["hooks"]["UserPromptSubmit"]
    file.write_text(json.dumps(document), encoding="utf-8")
    assert "wiki setup adds UserPromptSubmit" in product.run(codex, "status")
    before = codex.run_exec("wiki query paraffin", cwd=wiki_repo)
    assert told(before.requests[0], _HIT) == []

    product.run(codex, "setup", "--trust")
    after = codex.run_exec("wiki query paraffin", cwd=wiki_repo)
    assert told(after.requests[0], _HIT) == [1]
    assert {hook["trustStatus"] for hook in codex.hooks_list(wiki_repo)["hooks"]} == {"trusted"}


def test_hooks_of_a_project_answer_too(codex: CodexHome, product: Product, repo: Path) -> None:
    product.run(codex, "setup", "--scope", "project", "--trust")
    product.run(codex, "add", "Whale oil burns brightest", f"The lantern was tried with {_PASSAGE}.")
    run = codex.run_exec("wiki query paraffin", cwd=repo)
    assert told(run.requests[0], _HIT) == [1]


@pytest.mark.skipif(not has_tmux(), reason="no tmux")
def test_a_prompt_in_the_terminal_is_answered(codex: CodexHome, wiki_repo: Path, ground: Path) -> None:
    codex.service.script += [answer("First answer."), answer("Second answer.")]
    with Terminal(ground / "tmux", [CODEX, "--no-alt-screen"], wiki_repo, codex.environ) as terminal:
        terminal.wait_for("Ask Codex")
        terminal.type("hello about the wiki query")
        terminal.wait_for("First answer.")
        terminal.type("wiki query paraffin")
        terminal.wait_for("Second answer.")
        terminal.type("/quit")
        terminal.wait_for_exit()
    assert [told(request, _HIT) for request in codex.service.requests] == [[], [1]]
