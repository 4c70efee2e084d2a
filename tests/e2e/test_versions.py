"""The installed product in Codex programs of several versions, among the hooks of somebody else."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from e2e import codex_versions, foreign_config
from e2e.codex_home import DEADLINE
from e2e.codex_versions import ASKS_FOR_TRUST, HOOKS_ARE_ON, PROGRAMS, TELLS_THE_END, version_of
from e2e.conftest import give_up
from e2e.product import told
from e2e.session_pages import meta, pages_of, section
from e2e.turns import answer, shell
from omx_wiki.hook.spool import INBOX

if TYPE_CHECKING:
    from e2e.codex_home import CodexHome, Run
    from e2e.product import Product

pytestmark = pytest.mark.e2e

_TITLE = "Whale oil burns brightest"
_HIT = "(whale-oil-burns-brightest) .omx/wiki/whale-oil-burns-brightest.md:"
_WORK = (shell("echo burnt-$((40 + 2)); exit 3"), answer("The wick is trimmed."))


@pytest.fixture(params=PROGRAMS, ids=codex_versions.title)
def codex(codex: CodexHome, request: pytest.FixtureRequest) -> CodexHome:
    """Return a sealed home for one program; one that needs the flag for hooks has it."""
    if not request.param:
        give_up(codex_versions.ABSENT)
    codex.program = request.param
    if version_of(codex.program) < HOOKS_ARE_ON:
        _replace(codex.config, "hooks = true", "codex_hooks = true")
    return codex


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def owned(codex: CodexHome) -> dict[Path, bytes]:
    """Return the owner's files in Codex's folder, as they are before setup."""
    return foreign_config.write(codex)


@pytest.fixture
def ready(owned: dict[Path, bytes], codex: CodexHome, product: Product, repo: Path) -> Path:
    """Return the repository, set up and trusted, with one page."""
    assert owned
    product.run(codex, "setup", "--trust")
    product.run(codex, "add", _TITLE, "The lantern was tried with whale oil, colza and paraffin.")
    return repo


def _plainly(codex: CodexHome, prompt: str, repo: Path) -> str:
    """Run `codex exec` as a person does and return what it says of its hooks and its work."""
    words = [codex.program, "exec", "--sandbox", "workspace-write", prompt]
    done = subprocess.run(
        words,
        cwd=repo,
        env=codex.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def _ends_well(run: Run) -> bool:
    return run.code == 0 and [event["type"] for event in run.events][-1] == "turn.completed"


def _noted(codex: CodexHome) -> list[str]:
    return sorted(foreign_config.told_to(codex.ground).read_text(encoding="utf-8").split())


def test_a_session_is_told_once_and_leaves_its_page(codex: CodexHome, product: Product, ready: Path) -> None:
    codex.service.script += _WORK
    run = codex.run_exec("Trim the wick", cwd=ready)
    assert _ends_well(run)
    assert [told(request, _TITLE) for request in run.requests] == [[1], [1]]
    product.settle(codex)

    [(session, page)] = pages_of(ready).items()
    assert session == run.thread_id
    assert "Trim the wick" in section(page, "Asked")
    assert "exit 3: burnt-42" in section(page, "Ran")
    assert "The wick is trimmed." in section(page, "Last message")
    assert meta(page)["cli_version"] == ".".join(map(str, version_of(codex.program)))
    facts = json.loads(product.run(codex, "log", "show", "last", "--json"))
    assert [prompt["text"] for prompt in facts["prompts"]] == ["Trim the wick"]
    assert [command["exit"] for command in facts["commands"]] == [3]
    assert facts["bad_lines"] == 0


def test_every_event_of_the_version_arrives_and_the_next_session_makes_up_for_lost_work(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    product.settle(codex)
    codex.variables["OMX_WIKI_BACKGROUND"] = "0"
    codex.service.script += _WORK
    first = codex.run_exec("Trim the wick", cwd=ready)
    ends = ["SessionEnd"] if version_of(codex.program) >= TELLS_THE_END else []
    assert _noted(codex) == sorted(["SessionStart", "Stop", *ends])
    [inbox] = (codex.ground / "home").rglob(INBOX)
    records = [json.loads(path.read_bytes()) for path in sorted(inbox.glob("*.json"))]
    assert {record["session_id"] for record in records} == {first.thread_id}
    assert [record["event"] for record in records] == [
        "session-start",
        "turn-end",
        *["session-end" for _ in ends],
    ]

    del codex.variables["OMX_WIKI_BACKGROUND"]
    second = codex.run_exec("Light it", cwd=ready)
    product.settle(codex)
    assert set(pages_of(ready)) == {first.thread_id, second.thread_id}


def test_a_query_is_answered_and_no_hook_fails(codex: CodexHome, product: Product, ready: Path) -> None:
    said = _plainly(codex, "wiki query paraffin", ready)
    product.settle(codex)
    assert "fail" not in said.lower(), said
    [request] = codex.service.requests
    assert told(request, _HIT) == [1]
    assert told(request, _TITLE) == [1, 1]
    if version_of(codex.program) >= HOOKS_ARE_ON:  # an older one speaks of failures only
        for event, count in (("SessionStart", 2), ("UserPromptSubmit", 1), ("Stop", 2)):
            assert said.count(f"hook: {event} Completed") == count, said


def test_the_doctor_knows_the_version_and_finds_nothing_wrong(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    programs = codex.ground / "bin"
    programs.mkdir()
    (programs / "codex").symlink_to(codex.program)
    codex.variables["PATH"] = f"{programs}{os.pathsep}{codex.environ['PATH']}"
    product.settle(codex)
    found = json.loads(product.run(codex, "doctor", "--json", cwd=ready))["findings"]
    assert [each for each in found if each["level"] in ("warning", "error")] == []
    name = f"Codex {'.'.join(map(str, version_of(codex.program)))}"
    assert any(each["text"].startswith(name) for each in found), found


def _touched(codex: CodexHome, owned: dict[Path, bytes]) -> set[Path]:
    """Return the files in Codex's folder that are not as they were."""
    now = foreign_config.files(codex)
    return {path for path in owned.keys() | now.keys() if owned.get(path) != now.get(path)}


def _uninstall(codex: CodexHome, product: Product, owned: dict[Path, bytes]) -> None:
    """Uninstall and see that the owner's files are as they were; what Codex itself added may stay."""
    product.run(codex, "uninstall")
    now = foreign_config.files(codex)
    assert {path: now.get(path) for path in owned} == owned


def test_uninstalling_gives_back_every_byte_and_the_owners_hooks_run_on(
    codex: CodexHome, product: Product, repo: Path
) -> None:
    owned = foreign_config.write(codex, newline="\r\n")
    product.run(codex, "setup", "--trust")
    skill = codex.path / "skills" / "omx-wiki" / "SKILL.md"
    assert _touched(codex, owned) == {codex.config, codex.path / "hooks.json", skill}
    product.run(codex, "add", _TITLE, "The lantern was tried with whale oil.")
    run = codex.run_exec("hello", cwd=repo)
    assert _ends_well(run)
    assert told(run.requests[0], _TITLE) == [1]
    product.settle(codex)

    _uninstall(codex, product, owned)
    assert not skill.parent.exists()
    foreign_config.told_to(codex.ground).unlink()
    gone = codex.run_exec("hello", cwd=repo)
    assert _ends_well(gone)
    assert told(gone.requests[0], _TITLE) == []
    assert "SessionStart" in _noted(codex)


def test_without_trust_or_with_hooks_switched_off_a_session_goes_on_undisturbed(
    codex: CodexHome, product: Product, repo: Path
) -> None:
    foreign_config.write(codex)
    product.run(codex, "setup")
    product.run(codex, "add", _TITLE, "The lantern was tried with whale oil.")
    is_gated = version_of(codex.program) >= ASKS_FOR_TRUST
    untrusted = codex.run_exec("hello", cwd=repo)
    assert _ends_well(untrusted)
    assert told(untrusted.requests[0], _TITLE) == ([] if is_gated else [1])

    product.run(codex, "uninstall")
    current = f"{'codex_' * (version_of(codex.program) < HOOKS_ARE_ON)}hooks = true"
    _replace(codex.config, current, "hooks = false" if is_gated else "codex_hooks = false")
    owned = {path: path.read_bytes() for path in (codex.config, codex.path / "hooks.json")}
    product.run(codex, "setup", "--trust")
    off = codex.run_exec("hello", cwd=repo)
    assert _ends_well(off)
    assert told(off.requests[0], _TITLE) == []
    _uninstall(codex, product, owned)
