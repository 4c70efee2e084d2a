from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, skill
from omx_wiki.hosts.hooks_schema import check_shape
from omx_wiki.hosts.plugin import write_plugin
from omx_wiki.project import state_home

_RECORDER = '#!/bin/sh\necho "$0 $*" >>"{0}"\ncat >>"{0}"\nexit {1}\n'


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """Return the plugin's folder in a marketplace that was just written."""
    write_plugin(str(tmp_path / "market"))
    return tmp_path / "market" / "plugins" / "omx-wiki"


def _command(plugin: Path) -> str:
    hooks = json.loads((plugin / "hooks" / "hooks.json").read_bytes())["hooks"]
    return str(hooks["SessionStart"][0]["hooks"][0]["command"])


def _run(plugin: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", _command(plugin)]
    return subprocess.run(command, input='{"event": 1}' * 9000, capture_output=True, text=True, check=False)


def _recorder(path: Path, record: Path, code: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_RECORDER.format(record, code))
    path.chmod(0o700)


def test_every_file_is_written_and_reported(tmp_path: Path) -> None:
    paths = write_plugin(str(tmp_path / "new" / "market"))

    assert sorted(os.path.relpath(path, tmp_path / "new" / "market") for path in paths) == [
        ".agents/plugins/marketplace.json",
        "plugins/omx-wiki/.codex-plugin/plugin.json",
        "plugins/omx-wiki/hooks/hooks.json",
        "plugins/omx-wiki/skills/wiki/SKILL.md",
    ]
    assert all(os.path.isfile(path) for path in paths)


def test_an_empty_folder_is_filled_and_another_one_refused(tmp_path: Path) -> None:
    (tmp_path / "market").mkdir()
    write_plugin(str(tmp_path / "market"))
    (tmp_path / "file").write_text("")

    for name in ("market", "file"):
        with pytest.raises(RefusedError, match="is not an empty folder"):
            write_plugin(str(tmp_path / name))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UnavailableError, match=r"the plugin cannot be written to .*: Not a directory$"):
        write_plugin(str(tmp_path / "file" / "market"))


def test_the_marketplace_leads_to_the_plugin(plugin: Path) -> None:
    market = plugin.parents[1]
    listed = json.loads((market / ".agents" / "plugins" / "marketplace.json").read_bytes())
    manifest = json.loads((plugin / ".codex-plugin" / "plugin.json").read_bytes())

    [entry] = listed["plugins"]
    assert market / entry["source"]["path"] == plugin
    assert (listed["name"], entry["name"], manifest["name"]) == ("omx-wiki",) * 3
    assert {plugin / manifest["hooks"], plugin / manifest["skills"]} == {
        plugin / "hooks" / "hooks.json",
        plugin / "skills",
    }


def test_its_hooks_are_those_that_setup_installs(plugin: Path) -> None:
    hooks = json.loads((plugin / "hooks" / "hooks.json").read_bytes())

    check_shape(hooks, "hooks.json")
    groups = hooks_file.groups_for(_command(plugin))
    assert hooks == {"hooks": {event: [group] for event, group in groups.items()}}


def test_its_skill_is_the_one_that_setup_installs_but_for_the_path(plugin: Path) -> None:
    content = (plugin / "skills" / "wiki" / "SKILL.md").read_bytes()

    assert content == skill.static_text()
    assert skill.skill_text(wiki="wiki").startswith(content)


def test_the_hook_runs_the_program_that_setup_installed(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record"
    launcher = Path(state_home()) / "bin" / "wiki-hook"
    _recorder(launcher, record)
    _recorder(tmp_path / "bin" / "wiki-hook", record)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")

    done = _run(plugin)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first, _, rest = record.read_text().partition("\n")
    assert first == f"{launcher} --dialect codex --plugin"
    assert rest == '{"event": 1}' * 9000


@pytest.mark.parametrize("unset", ["OMX_WIKI_HOME", "XDG_STATE_HOME"])
def test_the_hook_finds_the_private_folder_as_we_do(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unset: str
) -> None:
    monkeypatch.delenv("OMX_WIKI_HOME")
    monkeypatch.delenv(unset, raising=False)
    _recorder(Path(state_home()) / "bin" / "wiki-hook", tmp_path / "record")

    assert _run(plugin).returncode == 0
    assert (tmp_path / "record").read_text().startswith(state_home())


@pytest.mark.parametrize("code", [0, 1, 2, 127])
def test_without_that_it_runs_the_one_on_the_path_and_always_ends_well(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    _recorder(tmp_path / "bin" / "wiki-hook", tmp_path / "record", code)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")

    done = _run(plugin)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (
        (tmp_path / "record").read_text().startswith(f"{tmp_path}/bin/wiki-hook --dialect codex --plugin\n")
    )


def test_without_any_program_it_takes_the_event_and_says_nothing(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    done = _run(plugin)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
