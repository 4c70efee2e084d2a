from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from hosts.foreign_files import tree
from hosts.setting_up import set_up, uninstall
from omx_wiki.hosts import launcher, setup
from omx_wiki.hosts.edit import MAX_BYTES
from omx_wiki.hosts.installs import recorded
from omx_wiki.hosts.plan import apply
from omx_wiki.project import Project, find_project, state_home
from omx_wiki_cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable

_HOSTS = ("codex", "claude", "event-hooks", "notify")


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def codex(home: Path) -> Path:
    folder = home / "codex"
    folder.mkdir()
    (folder / "config.toml").write_text('model = "m"\n')
    (folder / "hooks.json").write_text('{"hooks": {}}')
    return folder


@pytest.mark.parametrize("killed", ["setup", "uninstall"])
def test_another_uninstallation_restores_everything_after_a_kill_at_any_step(
    tmp_path: Path, killed: str
) -> None:
    program = Path(__file__).with_name("killed.py")
    words = [sys.executable, str(program), str(tmp_path / "ground"), killed]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    *wrong, steps = done.stdout.splitlines()
    assert wrong == []
    assert int(steps.split()[0]) > len(_HOSTS)


def test_trust_that_was_left_behind_without_its_hooks_is_found(project: Project, codex: Path) -> None:
    before = tree(codex)
    set_up(project, trust=True)
    (codex / "hooks.json").write_text('{"hooks": {}}')

    uninstall(project)

    assert tree(codex) == before


def test_trust_of_another_place_stays(project: Project, codex: Path, tmp_path: Path) -> None:
    set_up(project, trust=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "hooks.json").write_bytes((codex / "hooks.json").read_bytes())
    config = codex / "config.toml"
    config.write_text(config.read_text().replace(str(codex), str(elsewhere)))
    before = config.read_bytes()

    uninstall(project)

    assert config.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("home/codex/hooks.json", b"// mine"),
        ("home/.claude/settings.json", b"// mine"),
        ("home/codex/config.toml", b"\nbroken =\n"),
        ("home/codex/config.toml", b"#" * MAX_BYTES),
    ],
)
def test_one_bad_file_is_named_and_left_and_every_other_is_restored(
    project: Project, codex: Path, tmp_path: Path, name: str, damage: bytes
) -> None:
    before = tree(codex)
    set_up(project, "user", *_HOSTS)
    bad = tmp_path / name
    with_ours = bad.read_bytes()
    bad.write_bytes(with_ours + damage)

    plan = uninstall(project)

    assert list(plan.problems) == [str(bad)]
    assert "repair it and run wiki uninstall again" in plan.problems[str(bad)]
    assert bad.read_bytes() == with_ours + damage
    assert [record.file for record in recorded("hooks")] == [str(bad)]
    assert os.path.exists(launcher.launcher_path())
    assert not os.path.exists(os.path.join(project.root, ".gitignore"))

    bad.write_bytes(with_ours)
    assert not uninstall(project).problems
    assert tree(codex) == before
    assert not recorded("hooks")
    assert not os.path.exists(launcher.launcher_path())


def test_a_broken_file_with_trust_in_it_is_named_and_cleaned_later(project: Project, codex: Path) -> None:
    before = tree(codex)
    set_up(project, trust=True)
    config = codex / "config.toml"
    whole = config.read_bytes()
    config.write_bytes(whole + b"broken =\n")

    assert list(uninstall(project).problems) == [str(config)]
    config.write_bytes(whole)

    assert not uninstall(project).problems
    assert tree(codex) == before


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)


def _binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize("make", [_fifo, _folder, _huge, _binary])
@pytest.mark.parametrize("name", ["config.toml", "hooks.json"])
def test_bad_files_without_anything_of_ours_never_matter(
    project: Project, home: Path, name: str, make: Callable[[Path], None]
) -> None:
    (home / "codex").mkdir()
    set_up(project, "user", "claude")
    make(home / "codex" / name)

    plan = uninstall(project)

    assert not plan.problems
    assert not (home / ".claude" / "settings.json").exists()
    assert not os.path.exists(launcher.launcher_path())


def test_an_unreadable_file_matters_only_with_a_record_of_it(
    project: Project, codex: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = open

    def denied(path: str, *words: object, **named: object) -> object:
        if str(path).startswith(str(codex)):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *words, **named)  # type: ignore[call-overload]  # passed on as it came

    set_up(project, "user", "claude")
    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", denied)
        assert not setup.plan_uninstall(project).problems
    set_up(project, "user", "codex")
    monkeypatch.setattr("builtins.open", denied)
    plan = setup.plan_uninstall(project)

    assert list(plan.problems) == [str(codex / "hooks.json")]
    assert not any(item.path == launcher.launcher_path() for item in plan.edits)


def test_a_folder_that_may_not_be_written_keeps_ours_in_itself_alone(
    project: Project, codex: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(project, "user", *_HOSTS)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != str(codex) and real(path, mode))
    before = tree(codex)

    plan = uninstall(project)

    assert set(plan.problems) == {str(codex / "hooks.json"), str(codex / "config.toml")}
    assert {name: kept for name, kept in tree(codex).items() if "skill" not in name} == {
        name: kept for name, kept in before.items() if "skill" not in name
    }
    assert not (home / ".claude" / "settings.json").exists()
    assert os.path.exists(launcher.launcher_path())


def test_what_could_not_be_taken_out_is_told_with_exit_code_3(project: Project, codex: Path) -> None:
    set_up(project)
    (codex / "hooks.json").write_text(f"{(codex / 'hooks.json').read_text()}// mine")

    result = CliRunner().invoke(cli, ["-C", project.root, "uninstall"])

    assert type(result.exception).__name__ == "RefusedError"
    assert f"something of ours is left in {codex}/hooks.json" in str(result.exception)
    assert "delete by hand the lines that name wiki-hook" in result.output


def test_one_host_leaves_and_the_others_keep_what_they_share(
    project: Project, codex: Path, home: Path
) -> None:
    before = tree(codex)
    set_up(project, "user", "codex", "claude")
    shutil.rmtree(os.path.join(state_home(), "installs"))

    plan = setup.plan_uninstall(project, hosts=["codex"])
    apply(plan)

    assert "What hosts share stays for Claude Code." in plan.messages
    assert tree(codex) == before
    assert b"wiki-hook" in (home / ".claude" / "settings.json").read_bytes()
    assert os.path.exists(launcher.launcher_path())

    apply(setup.plan_uninstall(project, hosts=["claude"]))
    assert not (home / ".claude" / "settings.json").exists()
    assert not os.path.exists(launcher.launcher_path())
