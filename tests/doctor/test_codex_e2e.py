"""What the real codex says of our hooks, asked as `wiki doctor` asks it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from omx_wiki.doctor.checkup import examine, is_well
from omx_wiki.doctor.codex_program import codex_version, listed_hooks
from omx_wiki.hosts import launcher
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup
from omx_wiki.project import Project

# Read before the sealed home and path hide them.
_CODEX = os.environ.get("OMX_WIKI_TEST_CODEX") or shutil.which("codex")
_NODE = shutil.which("node")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(_CODEX is None, reason="no codex on PATH nor in OMX_WIKI_TEST_CODEX"),
]


@pytest.fixture
def config(home: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the real codex's settings, in a folder of its own."""
    assert _CODEX
    (programs / "codex").symlink_to(_CODEX)
    if _NODE:
        (programs / "node").symlink_to(_NODE)
        (programs / "env").symlink_to("/usr/bin/env")
    monkeypatch.delenv("CODEX_HOME")
    (home / ".codex").mkdir()
    return home / ".codex" / "config.toml"


def problems(project: Project) -> list[str]:
    return [found.text for found in examine(project) if found.area == "codex" and found.level == "error"]


def test_codex_is_asked_for_its_trust(project: Project, config: Path) -> None:
    assert codex_version()
    apply(plan_setup(project, SetupOptions()))
    (text,) = problems(project)
    assert text.startswith("Codex does not trust our hooks (PreCompact, SessionEnd, SessionStart")

    apply(plan_setup(project, SetupOptions(trust=True)))
    findings = examine(project)
    assert is_well(findings)
    assert any(found.text == "trusted, as Codex itself says" for found in findings)
    listed = listed_hooks(project.root)
    assert listed
    assert {hook["command"] for hook in listed.hooks} == {launcher.hook_command()}
    assert config.exists()


def test_codex_that_cannot_read_its_settings_says_so(project: Project, config: Path) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    config.write_text(f"model = 3\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
    assert any(text.startswith("Codex says: ") and "config.toml:1:9" in text for text in problems(project))


def test_asking_leaves_no_folder_behind(project: Project, config: Path) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    assert listed_hooks(project.root)
    scratch = config.parent / ".tmp"
    assert not scratch.exists() or not any(path.is_dir() for path in scratch.iterdir())
