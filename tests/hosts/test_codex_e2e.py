"""Ask the real codex program what it makes of our files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from omx_wiki.errors import RefusedError
from omx_wiki.hosts import hooks_file, launcher, setup
from omx_wiki.hosts.hooks_file import Place
from omx_wiki.hosts.plan import Scope, SetupOptions, apply
from omx_wiki.hosts.trust import trust_records
from omx_wiki.project import Project, find_project

if TYPE_CHECKING:
    from pathlib import Path

# Read before the sealed home hides such variables.
_CODEX = os.environ.get("OMX_WIKI_TEST_CODEX") or shutil.which("codex")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(_CODEX is None, reason="no codex on PATH nor in OMX_WIKI_TEST_CODEX"),
]

_FOREIGN = {"matcher": "startup", "hooks": [{"type": "command", "command": "true", "timeout": 7}]}


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def codex_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CODEX_HOME")
    folder = home / ".codex"
    folder.mkdir()
    return folder


def listed_hooks(project: Project, edits: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return what `hooks/list` says about a project, after config edits if any."""
    requests: list[dict[str, Any]] = [
        {
            "id": 1,
            "method": "initialize",
            "params": {
                "clientInfo": {"name": "omx-wiki-test", "title": "test", "version": "1"},
                "capabilities": {"experimentalApi": True},
            },
        },
        {"method": "initialized"},
    ]
    if edits:
        params = {"edits": edits, "reloadUserConfig": True}
        requests.append({"id": 2, "method": "config/batchWrite", "params": params})
    requests.append({"id": 3, "method": "hooks/list", "params": {"cwds": [project.root]}})
    assert _CODEX
    with subprocess.Popen(
        [_CODEX, "app-server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=project.root,
        text=True,
    ) as server:
        assert server.stdin
        assert server.stdout
        answer: dict[str, Any] = {}
        for request in requests:
            server.stdin.write(f"{json.dumps(request)}\n")
            server.stdin.flush()
            while "id" in request and answer.get("id") != request["id"]:
                answer = json.loads(server.stdout.readline())
        server.stdin.close()
    found = answer["result"]["data"][0]
    assert isinstance(found, dict)
    return found


def _trust(listed: dict[str, Any]) -> dict[str, str]:
    return {hook["command"]: hook["trustStatus"] for hook in listed["hooks"]}


def _trust_all(project: Project) -> None:
    """Trust every listed hook, as Codex's own dialog does."""
    state = {hook["key"]: {"trusted_hash": hook["currentHash"]} for hook in listed_hooks(project)["hooks"]}
    listed_hooks(project, [{"keyPath": "hooks.state", "value": state, "mergeStrategy": "upsert"}])


def _assert_clean(listed: dict[str, Any]) -> None:
    assert (listed["warnings"], listed["errors"]) == ([], [])


@pytest.mark.parametrize("scope", ["user", "project"])
def test_codex_lists_and_trusts_our_hook(project: Project, codex_folder: Path, scope: Scope) -> None:
    config = codex_folder / "config.toml"
    config.write_bytes(f'[projects."{project.root}"]\r\ntrust_level = "trusted"'.encode())
    apply(setup.plan_setup(project, SetupOptions(scope)))
    assert _trust(listed_hooks(project)) == {launcher.hook_command(): "untrusted"}

    apply(setup.plan_setup(project, SetupOptions(scope, trust=True)))

    listed = listed_hooks(project)
    _assert_clean(listed)
    assert _trust(listed) == {launcher.hook_command(): "trusted"}
    rows = [
        (hook["eventName"], hook["matcher"], hook["timeoutSec"], hook["source"]) for hook in listed["hooks"]
    ]
    assert sorted(rows) == [
        ("preCompact", None, 5, scope),
        ("sessionEnd", None, 3, scope),
        ("sessionStart", "startup|clear|compact", 5, scope),
        ("stop", None, 5, scope),
        ("userPromptSubmit", None, 3, scope),
    ]


@pytest.mark.parametrize("chosen", ["explicit", "symlinked"])
def test_trust_keys_follow_codex_when_its_folder_is_chosen_or_linked(
    project: Project, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    if chosen == "explicit":
        monkeypatch.setenv("CODEX_HOME", str(tmp_path / "link"))
    else:
        monkeypatch.delenv("CODEX_HOME")
        (home / ".codex").symlink_to(tmp_path / "real")

    apply(setup.plan_setup(project, SetupOptions(trust=True)))

    assert _trust(listed_hooks(project)) == {launcher.hook_command(): "trusted"}


def test_foreign_hooks_stay_trusted_through_install_and_uninstall(
    project: Project, codex_folder: Path
) -> None:
    file = codex_folder / "hooks.json"
    before, after = _FOREIGN, {"hooks": [{"type": "command", "command": "date", "timeout": 7}]}
    file.write_text(json.dumps({"hooks": {"SessionStart": [before]}}, indent=2))
    _trust_all(project)

    apply(setup.plan_setup(project, SetupOptions(trust=True)))
    listed = listed_hooks(project)
    _assert_clean(listed)
    assert _trust(listed) == {"true": "trusted", launcher.hook_command(): "trusted"}

    content = json.loads(file.read_bytes())
    content["hooks"]["SessionStart"].append(after)
    file.write_text(json.dumps(content, indent=2))
    _trust_all(project)
    apply(setup.plan_uninstall(project))

    listed = listed_hooks(project)
    _assert_clean(listed)
    assert _trust(listed) == {"true": "trusted", "date": "trusted"}
    assert hooks_file.INERT_GROUP in json.loads(file.read_bytes())["hooks"]["SessionStart"]

    apply(setup.plan_setup(project, SetupOptions(trust=True)))
    assert set(_trust(listed_hooks(project)).values()) == {"trusted"}


def test_trust_given_in_codex_itself_goes_with_our_hook(project: Project, codex_folder: Path) -> None:
    apply(setup.plan_setup(project, SetupOptions()))
    _trust_all(project)
    assert setup.plan_setup(project, SetupOptions()).messages == []

    apply(setup.plan_uninstall(project))

    assert (codex_folder / "config.toml").read_text() == "[hooks.state]\n"


_HANDLER_KEYS: dict[str, dict[str, Any]] = {
    "SessionStart": {"timeout": 0, "additionalContextLimit": 0, "async": True},
    "UserPromptSubmit": {"statusMessage": ""},
    "Stop": {"timeout": 5, "commandWindows": "x"},
    "PreCompact": {"timeout": 5, "later": [1]},
    "SessionEnd": {"timeout": 9, "additionalContextLimit": 7},
    "Interrupt": {},
    "PreToolUse": {"additionalContextLimit": 7},
}
_GROUPS: dict[str, dict[str, Any]] = {
    event: {"matcher": "m|x", "hooks": [{"type": "command", "command": f"true {event} é"} | more]}
    for event, more in _HANDLER_KEYS.items()
}


def test_keys_and_hashes_equal_those_that_codex_lists(project: Project, codex_folder: Path) -> None:
    file = codex_folder / "hooks.json"
    file.write_text(json.dumps({"hooks": {event: [group] for event, group in _GROUPS.items()}}))
    places = [
        Place(event, 0, 0, group["matcher"], group["hooks"][0], is_followed=False)
        for event, group in _GROUPS.items()
    ]

    listed = {hook["key"]: hook["currentHash"] for hook in listed_hooks(project)["hooks"]}

    assert dict(trust_records(str(file), places)) == listed


@pytest.mark.parametrize(
    ("content", "accepted"),
    [
        (b'{"hooks":{"Stop":[{"hooks":[]}, {"matcher": null}, {"note": 1}]},"description":"d"}', True),
        (b'{"hooks":{"Later":3}}', True),
        (b"{}", True),
        (b"", False),
        (b"\xef\xbb\xbf{}", False),
        (b'{"x":1}', False),
        (b'{"hooks":{},"hooks":{}}', False),
        (b'{"hooks":{"Stop":null}}', False),
        (b'{"hooks":{"Stop":[{"hooks":[{"type":"command"}]}]}}', False),
    ],
)
def test_a_file_is_refused_exactly_when_codex_rejects_it(
    project: Project,
    codex_folder: Path,
    content: bytes,
    accepted: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    (codex_folder / "hooks.json").write_bytes(content)
    try:
        hooks_file.install(content, hooks_file.groups_for("x"))
        taken = True
    except RefusedError:
        taken = False

    assert (taken, not listed_hooks(project)["warnings"]) == (accepted, accepted)


def test_an_installed_hook_runs_its_launcher(project: Project, codex_folder: Path) -> None:
    apply(setup.plan_setup(project, SetupOptions()))
    (group,) = json.loads((codex_folder / "hooks.json").read_bytes())["hooks"]["SessionStart"]

    done = subprocess.run(
        ["sh", "-c", group["hooks"][0]["command"]],
        input="{}",
        cwd=project.root,
        text=True,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
