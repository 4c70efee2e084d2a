from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.foreign_files import tree
from hosts.setting_up import set_up, uninstall
from hosts.toml_documents import documents
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import launcher, notify_chain, setup, trust_config
from omx_wiki.hosts.event_hooks import EventHooks
from omx_wiki.hosts.notify import Notify
from omx_wiki.hosts.plan import Plan, SetupOptions, apply
from omx_wiki.hosts.registry import HOSTS
from omx_wiki.hosts.trust import TrustRecord
from omx_wiki.hosts.xcodex import Xcodex
from omx_wiki.project import Project, find_project, state_home

if TYPE_CHECKING:
    from collections.abc import Callable

    Editor = tuple[Callable[[bytes | None], bytes], Callable[[bytes], bytes | None]]

_NAMES = ("xcodex", "event-hooks", "notify")
_TRUST = TrustRecord("/h/hooks.json:stop:0:0", "sha256:" + "a" * 64)


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def config() -> Path:
    folder = Path(os.environ["CODEX_HOME"])
    folder.mkdir()
    return folder / "config.toml"


def _setup(project: Project, *hosts: str, trust: bool = False) -> Plan:
    return set_up(project, "user", *hosts, trust=trust)


def _editors(*, is_fork: bool) -> tuple[Editor, ...]:
    """Return everything of ours that can share one file, as functions that put it in and take it out."""
    host = EventHooks() if is_fork else Xcodex()
    path = "/launchers/bin/wiki-hook"
    return (
        (
            lambda old: trust_config.config_trust(old, [_TRUST]),
            lambda new: trust_config.remove_trust(new, [_TRUST.key]),
        ),
        (lambda old: host.install(old, "config.toml"), lambda new: host.remove(new, "config.toml")),
        (lambda old: notify_chain.install(old, [path, "--dialect", "notify"]), notify_chain.remove),
    )


@given(
    st.booleans().flatmap(
        lambda is_fork: st.tuples(
            st.none() | documents((EventHooks if is_fork else Xcodex).events[:3], words=not is_fork),
            st.permutations(_editors(is_fork=is_fork)),
            st.permutations(range(3)),
        )
    )
)
@settings(max_examples=400)
def test_hosts_that_share_a_file_come_and_go_in_any_order(
    case: tuple[bytes | None, list[Editor], list[int]],
) -> None:
    old, editors, order = case
    content = old
    for install, _ in editors:
        content = install(content)
    for index in order:
        assert content is not None
        content = editors[index][1](content)

    assert content == old


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("before", [None, b"", b"# mine", b'notify = ["a"]\r\n[hooks.state]\r\n'])
def test_setting_up_writes_what_the_host_reads_and_uninstalling_restores_it(
    project: Project, config: Path, tmp_path: Path, name: str, before: bytes | None
) -> None:
    if before is not None:
        config.write_bytes(before)
    files = tree(tmp_path)
    host = HOSTS[name]

    plan = _setup(project, name)

    state = host.state(project)
    assert state.files == (str(config),)
    assert state.missing == ()
    assert state.trusted is None
    assert state.is_enabled
    assert any(message.endswith(f"go into {config}.") for message in plan.messages)
    assert not setup.plan_setup(project, SetupOptions(hosts=(name,))).is_change
    assert f"leave {config}." in " ".join(uninstall(project).messages)
    assert host.state(project).files == ()
    shutil.rmtree(state_home())
    assert tree(tmp_path) == files


@pytest.mark.parametrize("hosts", list(itertools.permutations(["codex", "xcodex", "notify"])))
def test_all_hosts_of_one_file_are_set_up_and_removed_in_one_plan(
    project: Project, config: Path, tmp_path: Path, hosts: tuple[str, ...]
) -> None:
    config.write_bytes(b'model = "x"\nnotify = ["say"]\n\n[tui]')
    files = tree(tmp_path)

    _setup(project, *hosts, trust=True)

    written = tomllib.loads(config.read_text())
    ours = [launcher.launcher_path(), "--dialect"]
    assert written["notify"] == [*ours, "notify", "--then", "say"]
    assert written["hooks"]["session_end"] == [[*ours, "xcodex"]]
    assert len(written["hooks"]["state"]) == 5
    assert not setup.plan_setup(project, SetupOptions(trust=True, hosts=hosts)).is_change
    uninstall(project)
    shutil.rmtree(state_home())
    assert tree(tmp_path) == files


def test_two_hosts_that_need_one_name_in_two_forms_are_refused(project: Project, config: Path) -> None:
    _setup(project, "xcodex")
    before = config.read_bytes()

    with pytest.raises(RefusedError, match=r"hooks\.agent_turn_complete is not an array of strings"):
        _setup(project, "event-hooks")

    assert config.read_bytes() == before


def test_xcodex_without_a_chosen_folder_has_its_own(
    project: Project, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CODEX_HOME")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert not Xcodex().is_present()

    plan = _setup(project, "xcodex")

    assert Xcodex().is_present()
    path = home / ".xcodex" / "config.toml"
    assert set(tomllib.loads(path.read_text())["hooks"]) == {
        "session_start",
        "session_end",
        "agent_turn_complete",
        "user_prompt_submit",
        "pre_compact",
        "tool_call_finished",
    }
    assert f"xcodex has no folder {home}/.xcodex yet; it will be created." in plan.messages
    assert any("--agents-md" in message for message in plan.messages)
    uninstall(project)
    assert not path.exists()


def test_a_folder_that_xcodex_shares_with_codex_by_a_link_is_one_file(
    project: Project, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CODEX_HOME")
    (home / ".codex").mkdir()
    (home / ".xcodex").symlink_to(home / ".codex")
    (home / ".codex" / "config.toml").write_text("[tui]\n")

    _setup(project, "codex", "xcodex", "notify", trust=True)
    uninstall(project)

    assert (home / ".codex" / "config.toml").read_text() == "[tui]\n"
    assert not os.path.exists(launcher.launcher_path())


def test_hooks_are_found_without_a_record_whatever_the_private_folder_was(
    project: Project, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("[tui]\n")
    _setup(project, "xcodex", "notify")
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "another"))

    uninstall(project)

    assert config.read_text() == "[tui]\n"


def test_a_file_that_only_the_record_knows_is_cleaned(
    project: Project, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _setup(project, "notify")
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "another"))

    uninstall(project)

    assert not config.exists()
    assert not os.path.exists(launcher.launcher_path())


def test_the_launcher_stays_while_a_configuration_runs_it(project: Project, config: Path) -> None:
    _setup(project, "codex", "notify")

    apply(setup.plan_uninstall(project, "project"))

    assert config.exists()
    assert os.path.exists(launcher.launcher_path())


def test_the_launcher_that_another_program_runs_stays(project: Project, config: Path) -> None:
    _setup(project, "notify")
    wrapped = f'notify = ["node", "dispatch.js", "{launcher.launcher_path()}"]\n'
    config.write_text(wrapped)

    again = setup.plan_setup(project, SetupOptions(hosts=("notify",)))
    plan = uninstall(project)

    assert "node runs our launcher as notify already, so nothing is added." in again.messages
    assert Notify().state(project).events == ("agent-turn-complete",)
    assert config.read_text() == wrapped
    assert any(
        message.startswith("The launcher stays: node dispatch.js runs it") for message in plan.messages
    )
    assert os.path.exists(launcher.launcher_path())


def test_a_program_that_names_our_launcher_in_a_file_of_its_own_is_told_of(
    project: Project, config: Path, tmp_path: Path
) -> None:
    _setup(project, "notify")
    (tmp_path / "dispatch.json").write_text(json.dumps({"previous": [launcher.launcher_path()]}))
    wrapped = f'notify = ["node", "dispatch.js", "{tmp_path}/dispatch.json"]\n'
    config.write_text(wrapped)

    messages = uninstall(project).messages

    assert config.read_text() == wrapped
    assert os.path.exists(launcher.launcher_path())
    assert any("run wiki uninstall once more" in message for message in messages)


def test_the_program_of_the_person_is_named_and_goes_on_running(project: Project, config: Path) -> None:
    config.write_text('notify = ["say", "done"]\n')

    messages = _setup(project, "notify").messages

    assert "Your notify program say goes on running, after ours." in messages
    assert "Since Codex 0.145 the hooks Stop and SessionEnd make notify unnecessary." in messages


def test_the_event_hooks_fork_cannot_run_a_launcher_with_a_space_in_its_path(
    project: Project, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "a b"))

    with pytest.raises(RefusedError, match="splits commands at white space") as caught:
        _setup(project, "event-hooks")

    assert "OMX_WIKI_HOME" in caught.value.hint
    assert not config.exists()


def test_nothing_can_run_before_the_persons_program_on_windows(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(RefusedError, match="on Windows nothing can run ours before it"):
        Notify().install(b'notify = ["say"]\n', str(config))

    assert b"wiki-hook.cmd" in Notify().install(b"", str(config))


@pytest.mark.parametrize("name", _NAMES)
def test_a_project_cannot_have_these_hooks_for_itself(project: Project, name: str) -> None:
    with pytest.raises(RefusedError, match="for all projects at once"):
        setup.plan_setup(project, SetupOptions("project", hosts=(name,)))


def test_only_hooks_of_its_form_show_that_the_event_hooks_fork_is_here(config: Path) -> None:
    assert not EventHooks().is_present()
    config.write_text('[hooks]\nagent_turn_complete = [["x"]]\nsession_started = []\n')
    assert not EventHooks().is_present()
    config.write_text('[hooks]\nsession_started = ["say hello"]\n')
    assert EventHooks().is_present()
    config.write_text("broken")
    assert not EventHooks().is_present()


def test_notify_is_offered_only_where_it_is_in_use(project: Project, config: Path) -> None:
    config.write_text('notify = ["say"]\n')
    assert not Notify().is_present()
    _setup(project, "notify")
    assert Notify().is_present()
    config.write_text("broken")
    assert not Notify().is_present()


def test_a_broken_configuration_stops_an_uninstall_only_where_it_runs_our_launcher(
    project: Project, config: Path
) -> None:
    config.write_text("broken =\n")
    uninstall(project)
    config.write_text('broken =\nnotify = ["/x/bin/wiki-hook", "--dialect", "notify"]\n')

    plan = uninstall(project)

    assert "repair it and run wiki uninstall again" in plan.problems[str(config)]
    (problem,) = Notify().state(project).problems
    assert problem.startswith(f"{config} is not TOML")


@pytest.mark.parametrize("name", _NAMES)
def test_a_name_that_a_configuration_cannot_hold_is_refused(
    project: Project, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "a\nb"))

    with pytest.raises(RefusedError, match="cannot hold"):
        HOSTS[name].plan_setup(project, SetupOptions(), Plan())

    assert not config.exists()
