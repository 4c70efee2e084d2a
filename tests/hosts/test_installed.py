"""Which of our hooks are there, as `wiki status` tells it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from omx_wiki.hosts import setup
from omx_wiki.hosts.hooks_file import EVENTS
from omx_wiki.hosts.installed import installed_events, missing_events
from omx_wiki.hosts.plan import Scope, SetupOptions, apply
from omx_wiki.project import Project, find_project

_ALL = [hook.event for hook in EVENTS]


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


def test_without_setup_no_hook_is_there(project: Project) -> None:
    assert installed_events(project) == {"user": [], "project": []}
    assert missing_events(project) == _ALL


@pytest.mark.parametrize("scope", ["user", "project"])
def test_hooks_are_found_where_setup_put_them(project: Project, scope: Scope) -> None:
    apply(setup.plan_setup(project, SetupOptions(scope)))
    assert installed_events(project) == {"user": [], "project": [], scope: _ALL}
    assert missing_events(project) == []


def test_an_older_installation_lacks_the_newer_hook(project: Project) -> None:
    apply(setup.plan_setup(project, SetupOptions()))
    path = Path(os.environ["CODEX_HOME"], "hooks.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["hooks"]["UserPromptSubmit"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert missing_events(project) == ["UserPromptSubmit"]
    apply(setup.plan_setup(project, SetupOptions()))
    assert missing_events(project) == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"hooks": 3}'])
def test_a_file_that_cannot_be_understood_has_no_hook_of_ours(project: Project, content: bytes) -> None:
    folder = Path(os.environ["CODEX_HOME"])
    folder.mkdir()
    (folder / "hooks.json").write_bytes(content)
    assert installed_events(project)["user"] == []


def test_a_folder_in_the_place_of_the_file_has_no_hook_of_ours(project: Project) -> None:
    Path(os.environ["CODEX_HOME"], "hooks.json").mkdir(parents=True)
    assert installed_events(project)["user"] == []
