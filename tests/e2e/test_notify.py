"""Codex's `notify` leads to the journal and on to the program that the person has there."""

from __future__ import annotations

import json
import time
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from e2e.codex_home import CODEX, DEADLINE
from e2e.session_pages import meta, pages_of, section
from e2e.tmux import Terminal, has_tmux
from e2e.turns import answer, shell

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.codex_home import CodexHome
    from e2e.product import Product

pytestmark = pytest.mark.e2e

_POLL = 0.05  # seconds between two looks
_WORK = (shell("echo burnt-$((40 + 2)); exit 3"), answer("The wick is trimmed."))


_PROGRAM = """\
#!/bin/sh
for last; do :; done
here=$(dirname "$0")
printf %s "$last" > "$here/part$$"
echo $# "$1" > "$here/told on/words$$"
mv "$here/part$$" "$here/told on/$$.json"
"""


@pytest.fixture
def told_on(codex: CodexHome, product: Product, repo: Path) -> Path:
    """Set up hooks and `notify`, where a program of the person is; return the folder of what that is told."""
    assert repo.is_dir()
    folder = codex.ground / "told on"
    folder.mkdir()
    program = codex.ground / "my program"
    program.write_text(_PROGRAM, encoding="utf-8")
    program.chmod(0o700)
    config = codex.config.read_text(encoding="utf-8")
    codex.config.write_text(f"notify = {json.dumps([str(program), '--mine'])}\n{config}", encoding="utf-8")
    product.run(codex, "setup", "--trust", "--host", "codex", "--host", "notify")
    assert "--then" in tomllib.loads(codex.config.read_text(encoding="utf-8"))["notify"]
    return folder


def _switch_hooks_off(codex: CodexHome) -> None:
    config = codex.config.read_text(encoding="utf-8")
    assert "\nhooks = true\n" in config
    codex.config.write_text(config.replace("\nhooks = true\n", "\nhooks = false\n"), encoding="utf-8")


def _passed_on(folder: Path, count: int) -> list[dict[str, Any]]:
    """Return what the person's program was told, once it was told `count` times."""
    end = time.monotonic() + DEADLINE
    while len(found := sorted(folder.glob("*.json"))) < count:
        assert time.monotonic() < end, f"{len(found)} of {count}"
        time.sleep(_POLL)
    assert {path.read_text(encoding="utf-8") for path in folder.glob("words*")} == {"2 --mine\n"}
    return [json.loads(path.read_bytes()) for path in found]


@pytest.mark.parametrize("hooks", ["on", "off"])
def test_a_session_makes_one_page_and_the_persons_program_is_told(
    codex: CodexHome, product: Product, repo: Path, told_on: Path, hooks: str
) -> None:
    if hooks == "off":
        _switch_hooks_off(codex)
    codex.service.script += _WORK
    run = codex.run_exec("Trim the wick", cwd=repo)
    assert run.code == 0
    [told] = _passed_on(told_on, 1)
    assert (told["type"], told["thread-id"]) == ("agent-turn-complete", run.thread_id)
    assert told["input-messages"] == ["Trim the wick"]
    assert told["last-assistant-message"] == "The wick is trimmed."

    product.settle(codex)
    [(session, page)] = pages_of(repo).items()
    assert session == run.thread_id
    assert "Trim the wick" in section(page, "Asked")
    assert "exit 3: burnt-42" in section(page, "Ran")
    assert "The wick is trimmed." in section(page, "Last message")
    assert (meta(page)["prompts"], meta(page)["commands"]) == ("1", "1")


@pytest.mark.parametrize("hooks", ["on", "off"])
def test_a_session_that_goes_on_keeps_its_one_page(
    codex: CodexHome, product: Product, repo: Path, told_on: Path, hooks: str
) -> None:
    if hooks == "off":
        _switch_hooks_off(codex)
    first = codex.run_exec("Trim the wick", cwd=repo)
    _passed_on(told_on, 1)
    product.settle(codex)
    codex.run_exec("Light it", cwd=repo, resume=first.thread_id)
    assert ["Trim the wick", "Light it"] in [told["input-messages"] for told in _passed_on(told_on, 2)]
    product.settle(codex)
    [(session, page)] = pages_of(repo).items()
    assert session == first.thread_id
    assert meta(page)["prompts"] == "2"
    assert "Light it" in section(page, "Asked")


@pytest.mark.skipif(not has_tmux(), reason="no tmux")
def test_the_hidden_turn_for_a_title_makes_no_page(
    codex: CodexHome, product: Product, repo: Path, told_on: Path
) -> None:
    _switch_hooks_off(codex)
    codex.service.script += [answer("First answer.")]
    with Terminal(codex.ground / "tmux", [CODEX, "--no-alt-screen"], repo, codex.environ) as terminal:
        terminal.wait_for("Ask Codex")
        terminal.type("Trim the wick")
        terminal.wait_for("First answer.")
        told = _passed_on(told_on, 2)
        terminal.type("/quit")
        terminal.wait_for_exit()
    assert len({event["thread-id"] for event in told}) == 2
    product.settle(codex)
    [page] = pages_of(repo).values()
    assert "Trim the wick" in section(page, "Asked")
