"""The plugin in the real Codex: installed from its folder, run, and removed by Codex's own commands."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from e2e.codex_home import CODEX, DEADLINE
from e2e.product import told

if TYPE_CHECKING:
    from e2e.codex_home import CodexHome
    from e2e.product import Product

pytestmark = pytest.mark.e2e

_NAME = "omx-wiki@omx-wiki"
_TITLE = "Whale oil burns brightest"
_TRUSTING = ("--dangerously-bypass-hook-trust",)
_WRITE = "import sys; from omx_wiki.hosts.plugin import write_plugin; write_plugin(sys.argv[1])"


def _plugin(codex: CodexHome, *words: str) -> str:
    done = subprocess.run(
        [CODEX, "plugin", *words],
        env=codex.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def with_plugin(codex: CodexHome, product: Product, ground: Path) -> CodexHome:
    """Return a Codex that has the plugin, as the installed product wrote it."""
    market = str(ground / "market")
    subprocess.run([product.folder / "bin" / "python", "-c", _WRITE, market], env=codex.environ, check=True)
    _plugin(codex, "marketplace", "add", market)
    _plugin(codex, "add", _NAME)
    return codex


@pytest.fixture
def wiki_repo(with_plugin: CodexHome, product: Product, repo: Path) -> Path:
    """Return the repository with one page, never set up, and the product's programs on the path."""
    (repo / ".omx" / "wiki").mkdir(parents=True)
    product.run(with_plugin, "add", _TITLE, "The lantern was tried with paraffin.")
    product.settle(with_plugin)
    with_plugin.variables["PATH"] = f"{product.folder / 'bin'}{os.pathsep}{with_plugin.environ['PATH']}"
    return repo


def test_codex_lists_its_hooks_without_a_complaint(with_plugin: CodexHome, repo: Path) -> None:
    assert "installed, enabled" in _plugin(with_plugin, "list")

    listed = with_plugin.hooks_list(repo)

    assert (listed["warnings"], listed["errors"]) == ([], [])
    assert {(hook["eventName"], hook["source"], hook["trustStatus"]) for hook in listed["hooks"]} == {
        (event, "plugin", "untrusted")
        for event in ("sessionStart", "userPromptSubmit", "stop", "preCompact", "sessionEnd")
    }


def test_a_session_with_nothing_but_the_plugin_is_told_and_offered_the_skill(
    with_plugin: CodexHome, product: Product, wiki_repo: Path
) -> None:
    [request] = with_plugin.run_exec("$omx-wiki:wiki paraffin", cwd=wiki_repo, options=_TRUSTING).requests

    assert told(request, _TITLE) == [1, 1]  # at the start, and in answer to the prompt
    assert any(text.startswith("- omx-wiki:wiki: ") for text in _lines(request.texts("developer")))
    [skill] = [text for text in request.texts("user") if text.startswith("<skill>")]
    assert "\nwiki query WORDS" in skill
    assert str(product.folder) not in skill
    product.settle(with_plugin)


def test_untrusted_it_does_nothing(with_plugin: CodexHome, wiki_repo: Path) -> None:
    [request] = with_plugin.run_exec("hello", cwd=wiki_repo).requests

    assert told(request, _TITLE) == []


def test_without_the_program_it_does_nothing(with_plugin: CodexHome, wiki_repo: Path) -> None:
    folders = with_plugin.environ["PATH"].split(os.pathsep)
    without = [folder for folder in folders if not Path(folder, "wiki-hook").exists()]
    with_plugin.variables["PATH"] = os.pathsep.join(without)

    run = with_plugin.run_exec("hello", cwd=wiki_repo, options=_TRUSTING)

    assert (run.code, told(run.requests[0], _TITLE)) == (0, [])
    assert {event["type"] for event in run.events} & {"error", "turn.failed"} == set()


def test_the_skill_of_setup_is_served_beside_it(with_plugin: CodexHome, product: Product, repo: Path) -> None:
    product.run(with_plugin, "setup", "--trust")

    [request] = with_plugin.run_exec("$wiki paraffin", cwd=repo).requests

    [skill] = [text for text in request.texts("user") if text.startswith("<skill>")]
    assert f"{product.wiki} query WORDS" in skill


def test_codex_removes_it_and_the_folder_stays(with_plugin: CodexHome, repo: Path, ground: Path) -> None:
    _plugin(with_plugin, "remove", _NAME)
    _plugin(with_plugin, "marketplace", "remove", "omx-wiki")

    assert with_plugin.hooks_list(repo)["hooks"] == []
    assert "omx-wiki" not in with_plugin.config.read_text(encoding="utf-8").replace(str(ground), "")
    assert (ground / "market" / "plugins").is_dir()


def _lines(texts: list[str]) -> list[str]:
    return [line for text in texts for line in text.splitlines()]
