"""Whatever stands in the files of hosts: every check ends in findings, and none is a mistake of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omx_wiki.doctor import checkup, hosts
from omx_wiki.doctor.checkup import examine, is_well
from omx_wiki.doctor.finding import Finding
from omx_wiki.doctor.hosts import check_host, host_states
from omx_wiki.doctor.traces import check_hooks_file, check_traces
from omx_wiki.hosts import claude, launcher
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup
from omx_wiki.hosts.trust import codex_home
from omx_wiki.project import Project

pytestmark = pytest.mark.usefixtures("no_background")

OURS = {"type": "command", "command": launcher.hook_command(), "timeout": 3}
NAMES = ["hooks", "Stop", "SessionEnd", "Foo", "matcher", "command", "type", "state", "disableAllHooks"]
TOML = (
    b"[hooks]\n[hooks]\n",
    b"hooks = 3\nnotify = {",
    b'[hooks.state]\nx = 1\n"y" = { trusted_hash = 3 }\n',
    b"features = 3\nplugins = []\n",
    b'projects = { "/" = 1 }\nfeatures = { hooks = [] }\n',
    b'notify = ["a", 3]\n[notify]\n[history]\nsession_start_command = 3\n',
)


def json_values() -> st.SearchStrategy[object]:
    """Return any JSON, mostly of the words that mean something in a file of hooks."""
    return st.recursive(
        st.sampled_from([None, True, 1, 1.5, "x", OURS, {"hooks": [OURS]}]),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
        ),
        max_leaves=12,
    )


def hooks_files() -> st.SearchStrategy[object]:
    events = st.dictionaries(st.sampled_from(["Stop", "SessionEnd", "Foo"]), json_values(), max_size=3)
    ours = {"SessionStart": [{"hooks": [OURS]}]}
    return st.builds(lambda hooks: {"hooks": ours | hooks}, events) | json_values()


def write(path: str, content: bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


def look(project: Project) -> list[Finding]:
    """Return what the checks of hosts say; nothing is caught on the way."""
    states = host_states(project)
    found = [one for state in states for one in check_host(project, state)]
    return [*found, *check_traces(project, states)]


def test_what_stands_under_unknown_events_is_passed_over(project: Project) -> None:
    path = f"{codex_home()}/hooks.json"
    write(path, json.dumps({"hooks": {"Stop": [{"hooks": [OURS]}], "Foo": [1], "Bar": 2}}).encode())
    apply(plan_setup(project, SetupOptions(trust=True)))
    assert [found.level for found in check_hooks_file(path)] == []
    assert is_well(examine(project))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(json_values() | hooks_files(), json_values() | hooks_files())
def test_any_json_in_a_file_of_hooks_is_survived(project: Project, hooks: object, own: object) -> None:
    write(f"{codex_home()}/hooks.json", json.dumps(hooks).encode())
    write(f"{project.root}/.codex/hooks.json", json.dumps(own).encode())
    write(f"{claude.claude_home()}/settings.json", json.dumps(hooks).encode())
    write(f"{project.root}/.claude/settings.json", json.dumps(own).encode())
    assert all(isinstance(found, Finding) for found in look(project))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary() | st.lists(st.sampled_from(TOML), max_size=4).map(b"\n".join), st.binary())
def test_any_bytes_in_a_file_of_hosts_are_survived(project: Project, config: bytes, other: bytes) -> None:
    apply(plan_setup(project, SetupOptions()))
    write(f"{codex_home()}/config.toml", config)
    write(f"{project.root}/.codex/hooks.json", other)
    write(f"{claude.claude_home()}/settings.json", other)
    assert all(isinstance(found, Finding) for found in look(project))


@pytest.mark.parametrize("name", ["check_git", "check_index", "check_pages"])
def test_a_mistake_in_one_check_hides_no_other(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(checkup, name, _fail)
    found = examine(project)
    (told,) = [row for row in found if "could not be looked at" in row.text]
    assert (told.level, "KeyError" in told.text) == ("error", True)
    assert {row.area for row in found} >= {"program", "settings", "private"}


def test_a_mistake_in_one_host_hides_no_other(
    project: Project, monkeypatch: pytest.MonkeyPatch, codex: Callable[[str], None]
) -> None:
    codex("exit 1")
    monkeypatch.setattr(claude.Claude, "state", _fail)
    monkeypatch.setitem(hosts._SPECIAL, "codex", _fail)
    found = examine(project)
    told = [row.area for row in found if "could not be looked at" in row.text]
    assert told == ["claude", "codex"]


def _fail(*_arguments: object) -> list[Finding]:
    raise KeyError("a mistake")
