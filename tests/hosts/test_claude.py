from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.foreign_files import FOREIGN_GROUPS, GROUPS, SETTINGS_FILES, tree
from hosts.setting_up import set_up, uninstall
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import hooks_file, json_splice, launcher, setup
from omx_wiki.hosts.claude import SHAPE, Claude
from omx_wiki.hosts.plan import Plan, Scope, SetupOptions, apply
from omx_wiki.project import Project, find_project, state_home
from omx_wiki_cli.main import cli

_OURS = GROUPS["SessionStart"]
_FIXTURES = Path(__file__).parents[1] / "fixtures"
_EVENTS = ("SessionStart", "UserPromptSubmit", "Stop", "PreCompact", "SessionEnd")


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def claude_folder(home: Path) -> Path:
    folder = home / ".claude"
    folder.mkdir()
    return folder


def _setup(project: Project, scope: Scope = "user") -> Plan:
    return set_up(project, scope, "claude")


@given(SETTINGS_FILES)
def test_removing_what_was_installed_restores_every_byte(old: bytes | None) -> None:
    assert hooks_file.remove(hooks_file.install(old, GROUPS, shape=SHAPE).new, shape=SHAPE) == old


@given(SETTINGS_FILES)
def test_installing_adds_our_group_at_the_end_and_nothing_else(old: bytes | None) -> None:
    expected = json.loads(old or b"{}")
    expected.setdefault("hooks", {}).setdefault("SessionStart", []).append(_OURS)

    assert json.loads(hooks_file.install(old, GROUPS, shape=SHAPE).new) == expected


@given(SETTINGS_FILES, FOREIGN_GROUPS)
def test_a_group_after_ours_moves_up_when_we_leave(old: bytes | None, theirs: Any) -> None:
    installed = hooks_file.install(old, GROUPS, shape=SHAPE).new.decode()
    grown = json_splice.append(installed, ("hooks", "SessionStart"), theirs)
    expected = [group for group in json.loads(grown)["hooks"]["SessionStart"] if group != _OURS]

    left = hooks_file.remove(grown.encode(), shape=SHAPE)

    assert left is not None
    assert json.loads(left)["hooks"]["SessionStart"] == expected


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_either_changed_or_refused(content: bytes) -> None:
    with contextlib.suppress(RefusedError):
        new = hooks_file.install(content, GROUPS, shape=SHAPE).new
        assert hooks_file.remove(new, shape=SHAPE) == content


@given(old=SETTINGS_FILES, scope=st.sampled_from(["user", "project"]), linked=st.booleans())
@settings(max_examples=30)
def test_uninstalling_restores_every_file_mode_and_link(
    old: bytes | None,
    scope: Scope,
    linked: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        base = {"user": root / "claude", "project": root / "lantern" / ".claude"}[scope]
        for place in (root / "claude", root / "dotfiles", root / "lantern"):
            place.mkdir()
        if old is not None:
            base.mkdir(exist_ok=True)
            target = root / "dotfiles" / "settings" if linked and scope == "user" else base / "settings.json"
            target.write_bytes(old)
            target.chmod(0o640)
            if target.parent != base:
                (base / "settings.json").symlink_to(target)
        before = tree(root)
        places = {"CLAUDE_CONFIG_DIR": str(root / "claude"), "OMX_WIKI_HOME": str(root / "state")}
        project = Project(str(root / "lantern"), str(root / "lantern"), "")

        with mock.patch.dict(os.environ, places):
            _setup(project, scope)
            assert Claude().state(project).events == _EVENTS
            assert not setup.plan_setup(project, SetupOptions(scope, hosts=("claude",))).is_change
            uninstall(project)
            assert not os.path.exists(launcher.launcher_path())
            assert not os.listdir(os.path.join(state_home(), "installs"))

        shutil.rmtree(root / "state")
        assert tree(root) == before


def test_settings_stay_beside_our_hooks(project: Project, claude_folder: Path) -> None:
    file = claude_folder / "settings.json"
    file.write_text(
        '{\n  "model": "m",\n  "hooks": {"Stop": [{"hooks": [{"type": "http", "url": "u"}]}]}\n}\n'
    )

    plan = _setup(project)

    written = json.loads(file.read_bytes())
    command = f"{launcher.launcher_path()} --dialect claude"
    assert written["model"] == "m"
    assert written["hooks"]["Stop"][0] == {"hooks": [{"type": "http", "url": "u"}]}
    assert written["hooks"]["Stop"][1] == {"hooks": [{"type": "command", "command": command, "timeout": 5}]}
    assert written["hooks"]["SessionStart"][0]["matcher"] == "startup|clear|compact"
    assert f"Hooks for {', '.join(_EVENTS)} go into {file}." in plan.messages
    state = Claude().state(project)
    assert (state.files, state.missing, state.is_enabled, state.trusted) == ((str(file),), (), True, None)
    assert state.skills == (str(claude_folder / "skills" / "wiki" / "SKILL.md"),)
    assert _setup(project).messages == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xef\xbb\xbf{}", "starts with a byte order mark, which JSON forbids"),
        (b'{"model": "m"} // mine', "is not valid JSON: more text follows the value (line 1)"),
        (b"{// mine\n}", "is not valid JSON: Expecting property name"),
        (b"[]", ": the outermost value is not an object"),
        (b'{"hooks": []}', ': "hooks" is not an object'),
        (b'{"hooks": {"Stop": {}}}', ": hooks.Stop is not a list"),
    ],
)
def test_settings_that_cannot_be_understood_stop_everything(
    project: Project, claude_folder: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    file = claude_folder / "settings.json"
    file.write_bytes(content)
    before = tree(tmp_path)

    with pytest.raises(RefusedError) as caught:
        _setup(project)

    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)
    assert caught.value.hint
    assert tree(tmp_path) == before


@pytest.mark.parametrize("content", [b"{} // mine", b"\xff", b"[]", b'{"hooks": 3}'])
def test_the_state_of_settings_that_cannot_be_understood_is_told(
    project: Project, claude_folder: Path, content: bytes
) -> None:
    (claude_folder / "settings.json").write_bytes(content)

    state = Claude().state(project)

    assert (state.files, state.events) == ((), ())


def test_settings_without_our_hooks_are_not_even_understood_at_removal(
    project: Project, claude_folder: Path
) -> None:
    (claude_folder / "settings.json").write_bytes(b"{} // mine")

    uninstall(project)

    assert (claude_folder / "settings.json").read_bytes() == b"{} // mine"


def test_hooks_that_are_switched_off_are_mentioned(project: Project, claude_folder: Path) -> None:
    file = claude_folder / "settings.json"
    file.write_text('{"disableAllHooks": true}')

    plan = _setup(project)

    assert f"Hooks are switched off in {file}: remove disableAllHooks there." in plan.messages
    state = Claude().state(project)
    assert not state.is_enabled
    assert state.problems == (f"disableAllHooks is set in {file}",)


@pytest.mark.parametrize("name", [".claude", "settings.json"])
def test_a_symlink_in_the_repository_cannot_redirect_a_write(
    project: Project, tmp_path: Path, name: str
) -> None:
    (tmp_path / "outside").mkdir()
    place = Path(project.root, ".claude")
    if name != ".claude":
        place.mkdir()
        place = place / name
    place.symlink_to(tmp_path / "outside" / name)
    before = tree(tmp_path)

    with pytest.raises(RefusedError, match="leads outside the project"):
        _setup(project, "project")

    assert tree(tmp_path) == before
    uninstall(project)


def test_claude_is_present_by_its_folder_or_its_program(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not Claude().is_present()
    (home / ".claude").mkdir()
    assert Claude().is_present()
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "elsewhere"))
    assert not Claude().is_present()
    (tmp_path / "claude").write_text("")
    (tmp_path / "claude").chmod(0o700)
    assert Claude().is_present()


def test_codex_and_claude_are_set_up_side_by_side(project: Project, claude_folder: Path) -> None:
    plan = setup.plan_setup(project, SetupOptions(hosts=("codex", "claude")))
    apply(plan)

    hooks = json.loads(Path(os.environ["CODEX_HOME"], "hooks.json").read_bytes())["hooks"]
    assert hooks["Stop"][0]["hooks"][0]["command"].endswith("--dialect codex")
    hooks = json.loads((claude_folder / "settings.json").read_bytes())["hooks"]
    assert hooks["Stop"][0]["hooks"][0]["command"].endswith("--dialect claude")
    uninstall(project)
    assert list(claude_folder.iterdir()) == []
    assert not os.path.exists(launcher.launcher_path())


@pytest.mark.usefixtures("no_background")
def test_the_installed_hooks_tell_answer_and_journal(
    project: Project, claude_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _setup(project)
    Path(project.store, "whale-oil.md").write_text(
        "# Whale oil\n\nParaffin burns brighter.\n", encoding="utf-8"
    )
    transcript = claude_folder / "session.jsonl"
    content = (_FIXTURES / "transcripts" / "claude.jsonl").read_text(encoding="utf-8")
    transcript.write_text(re.sub(r'"cwd":"[^"]*"', f'"cwd":"{project.root}"', content), encoding="utf-8")

    def run(event: str, **facts: str) -> str:
        [group] = json.loads((claude_folder / "settings.json").read_bytes())["hooks"][event]
        payload = {
            "session_id": "c1a0de00-0000-4000-8000-000000000001",
            "transcript_path": str(transcript),
            "cwd": project.root,
            "hook_event_name": event,
        }
        done = subprocess.run(
            ["sh", "-c", group["hooks"][0]["command"]],
            input=json.dumps(payload | facts),
            capture_output=True,
            text=True,
            check=True,
        )
        return str(json.loads(done.stdout)["hookSpecificOutput"]["additionalContext"]) if done.stdout else ""

    assert "Paraffin burns brighter." in run("SessionStart", source="startup")
    assert "whale-oil" in run("UserPromptSubmit", prompt="wiki query paraffin")
    assert run("Stop") == run("PreCompact", trigger="auto") == run("SessionEnd", reason="other") == ""
    monkeypatch.chdir(project.root)
    shown = CliRunner().invoke(cli, ["log", "--json"])
    assert [session["title"] for session in json.loads(shown.output)["sessions"]] == ["Fix the lamp test"]


def test_a_home_that_is_a_project_is_cleaned_once(home: Path) -> None:
    project = Project(str(home), str(home), "")
    _setup(project)

    uninstall(project)

    assert not (home / ".claude" / "settings.json").exists()
