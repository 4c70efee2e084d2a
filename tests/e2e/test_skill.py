"""The skill as the real Codex reads it, alone and beside another skill of its name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from e2e.turns import answer, shell

if TYPE_CHECKING:
    from e2e.codex_home import CodexHome
    from e2e.omx import Omx
    from e2e.product import Product
    from e2e.turns import Request

pytestmark = pytest.mark.e2e

_COMMAND = re.compile(r"^(\S+) query ", re.MULTILINE)


def _served(request: Request) -> list[str]:
    """Return the paths of the skills whose whole text was sent."""
    texts = [text for text in request.texts("user") if text.startswith("<skill>")]
    return [text.partition("<path>")[2].partition("</path>")[0] for text in texts]


def _listed(request: Request) -> list[str]:
    """Return the names of the wikis among the skills that Codex tells the model of."""
    lines = "\n".join(request.texts("developer")).splitlines()
    return [line.split(":")[0].removeprefix("- ") for line in lines if re.match(r"- (\S*:)?\S*wiki: ", line)]


@pytest.fixture
def skill(codex: CodexHome) -> Path:
    """Return where the skill lies in the user's Codex."""
    return codex.path / "skills" / "omx-wiki" / "SKILL.md"


def _rival(codex: CodexHome) -> Path:
    path = codex.path / "skills" / "wiki" / "SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\nname: wiki\ndescription: Another one.\n---\n", encoding="utf-8")
    return path


def test_a_prompt_that_names_it_comes_with_all_of_it(
    codex: CodexHome, product: Product, repo: Path, skill: Path
) -> None:
    product.run(codex, "setup", "--trust")

    [plain] = codex.run_exec("hello", cwd=repo).requests
    assert _listed(plain) == ["wiki"]
    assert "Query it BEFORE exploring" in "\n".join(plain.texts("developer"))
    assert _served(plain) == []

    for prompt in ("$wiki paraffin", "Look into $wiki first"):
        [request] = codex.run_exec(prompt, cwd=repo).requests
        assert _served(request) == [str(skill)]
        assert any(skill.read_text(encoding="utf-8") in text for text in request.texts("user"))


@pytest.mark.parametrize("sandbox", ["read-only", "workspace-write"])
def test_the_commands_it_shows_work_as_they_stand(
    codex: CodexHome, product: Product, repo: Path, sandbox: str
) -> None:
    product.run(codex, "setup", "--trust")
    product.run(codex, "add", "Whale oil burns brightest", "The lantern was tried with paraffin.")
    [request] = codex.run_exec("$wiki", cwd=repo).requests
    [text] = [text for text in request.texts("user") if text.startswith("<skill>")]
    found = _COMMAND.search(text)
    assert found
    assert shlex.split(found[1]) == [str(product.wiki)]
    example = text.partition("--file - <<'EOF'\n")
    command = example[0].rpartition("\n")[2] + example[1] + example[2].partition("\nEOF")[0] + "\nEOF"

    codex.service.script += [shell(f"{found[1]} query paraffin"), shell(command), answer()]
    run = codex.run_exec("Do it", cwd=repo, sandbox=sandbox)

    query, add = run.requests[-1].outputs()[-2:]
    assert "whale-oil-burns-brightest" in query
    assert ("created why-retries-stop-after-four" in add) == (sandbox == "workspace-write")


def test_one_for_a_project_is_served_in_it(codex: CodexHome, product: Product, repo: Path) -> None:
    product.run(codex, "setup", "--scope", "project", "--trust")

    [request] = codex.run_exec("$wiki paraffin", cwd=repo).requests

    assert _served(request) == [str(repo / ".agents" / "skills" / "omx-wiki" / "SKILL.md")]


def test_another_skill_of_its_name_keeps_its_name_and_both_are_served(
    codex: CodexHome, product: Product, repo: Path, skill: Path
) -> None:
    theirs = _rival(codex)
    product.run(codex, "setup", "--trust")

    for prompt, path in (("$wiki paraffin", theirs), ("$omx-wiki paraffin", skill)):
        [request] = codex.run_exec(prompt, cwd=repo).requests
        assert _served(request) == [str(path)]
        assert sorted(_listed(request)) == ["omx-wiki", "wiki"]


def test_codex_serves_neither_of_two_of_one_name_until_setup_is_run_again(
    codex: CodexHome, product: Product, repo: Path, skill: Path
) -> None:
    product.run(codex, "setup", "--trust")
    theirs = _rival(codex)
    [request] = codex.run_exec("$wiki paraffin", cwd=repo).requests
    assert _served(request) == []

    product.run(codex, "setup")

    [request] = codex.run_exec("$wiki $omx-wiki paraffin", cwd=repo).requests
    assert sorted(_served(request)) == sorted([str(skill), str(theirs)])


def test_uninstalling_takes_it_from_the_model(codex: CodexHome, product: Product, repo: Path) -> None:
    product.run(codex, "setup", "--trust")
    product.run(codex, "uninstall")

    [request] = codex.run_exec("$wiki paraffin", cwd=repo).requests

    assert _listed(request) == _served(request) == []


def test_omx_may_come_and_go_before_or_after_us(
    codex: CodexHome, product: Product, skill: Path, omx: Omx
) -> None:
    theirs = codex.path / "skills" / "wiki" / "SKILL.md"
    product.run(codex, "setup", "--trust")
    ours = skill.read_bytes()

    omx.setup()
    assert skill.read_bytes() == ours
    product.run(codex, "setup", "--trust")
    assert b"name: omx-wiki" in skill.read_bytes()
    assert b"[OMX]" in theirs.read_bytes()
    omx.setup(force=True)
    assert b"name: omx-wiki" in skill.read_bytes()

    omx.run("uninstall")
    assert not theirs.exists()
    product.run(codex, "setup", "--trust")
    assert skill.read_bytes() == ours
    product.run(codex, "uninstall")
    assert not skill.exists()
