from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from hosts.setting_up import set_up, uninstall
from omx_wiki.hosts import launcher
from omx_wiki.hosts.notify_dispatch import is_wrapped
from omx_wiki.project import Project, find_project

if TYPE_CHECKING:
    from pathlib import Path

_CHAIN = ["/x/bin/wiki-hook", "--dialect", "notify"]


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def codex(home: Path) -> Path:
    folder = home / "codex"
    (folder / ".omx").mkdir(parents=True)
    return folder


def _take_over(codex: Path, previous: list[str], *, names_file: bool = True) -> str:
    """Put a dispatcher where `notify` is, as Oh My Codex does; return the line that it wrote."""
    file = codex / ".omx" / "notify-dispatch.json"
    command = ["node", "/omx/notify-dispatcher.js", *(["--metadata", str(file)] if names_file else [])]
    kept = {
        "managedBy": "oh-my-codex",
        "version": 1,
        "previousNotify": previous,
        "dispatcherNotify": command,
    }
    file.write_text(json.dumps(kept, indent=2), encoding="utf-8")
    line = f"notify = {json.dumps(command)}\n"
    (codex / "config.toml").write_text(line, encoding="utf-8")
    return line


def _notify_of(codex: Path) -> list[str]:
    line = (codex / "config.toml").read_text(encoding="utf-8")
    words: list[str] = json.loads(line.removeprefix("notify = "))
    return words


@pytest.mark.parametrize("names_file", [True, False])
def test_the_persons_program_runs_behind_a_dispatcher_until_both_are_gone(
    project: Project, codex: Path, tmp_path: Path, *, names_file: bool
) -> None:
    told, config = tmp_path / "told", codex / "config.toml"
    mine = tmp_path / "mine"
    mine.write_text(f'#!/bin/sh\necho "$1" >> {told}\n')
    mine.chmod(0o700)
    config.write_text(f"notify = {json.dumps([str(mine)])}\n")
    before = config.read_bytes()
    set_up(project, "user", "notify")
    ours, chain = config.read_bytes(), _notify_of(codex)
    line = _take_over(codex, chain, names_file=names_file)

    plan = uninstall(project)
    assert config.read_text() == line
    assert any("omx uninstall" in message for message in plan.messages)
    subprocess.run([*chain, "{}"], check=True)
    assert told.read_text() == "{}\n"

    config.write_bytes(ours)
    uninstall(project)
    assert config.read_bytes() == before
    assert not os.path.exists(launcher.launcher_path())


@pytest.mark.parametrize("names_file", [True, False])
def test_a_dispatcher_that_has_our_launcher_behind_it_is_not_wrapped(
    project: Project, codex: Path, *, names_file: bool
) -> None:
    line = _take_over(codex, [launcher.launcher_path(), "--dialect", "notify"], names_file=names_file)

    plan = set_up(project, "user", "notify")

    assert (codex / "config.toml").read_text() == line
    assert "node runs our launcher as notify already, so nothing is added." in plan.messages


def test_what_a_dispatcher_left_behind_keeps_no_launcher(project: Project, codex: Path) -> None:
    set_up(project, "user", "notify")
    _take_over(codex, _CHAIN)
    (codex / "config.toml").write_text('notify = ["another"]\n')

    uninstall(project)

    assert not os.path.exists(launcher.launcher_path())


def test_a_broken_configuration_beside_a_dispatchers_file_keeps_the_launcher(
    project: Project, codex: Path
) -> None:
    set_up(project, "user", "claude")
    _take_over(codex, _CHAIN)
    (codex / "config.toml").write_text("broken =\n")

    plan = uninstall(project)

    assert os.path.exists(launcher.launcher_path())
    assert any("notify-dispatch.json runs it" in message for message in plan.messages)


def test_a_file_is_found_in_a_shell_command_and_behind_an_equals_sign(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"previous": _CHAIN}))

    assert is_wrapped(["sh", "-c", f"node run.js --metadata '{file}'"])
    assert is_wrapped(["node", "run.js", f"--metadata={file}"])
    assert not is_wrapped(["node", "run.js", f"--metadata={tmp_path}/other.json"])
