"""What the real codex says of our hooks, asked as `wiki doctor` asks it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from doctor.snapshots import snapshot
from omx_wiki.doctor.checkup import examine, is_well
from omx_wiki.doctor.codex_program import codex_version, listed_hooks
from omx_wiki.hosts import launcher
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup, plan_uninstall
from omx_wiki.project import Project, find_project

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
    (home / ".codex" / "installation_id").touch()  # what Codex leaves once it has run
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
    (text,) = problems(project)
    assert text.startswith(f"Codex does not start with {config}: invalid type: integer `3`")


def test_a_home_that_codex_has_not_used_stays_as_it_is(project: Project, config: Path) -> None:
    (config.parent / "installation_id").unlink()
    apply(plan_setup(project, SetupOptions(trust=True)))
    before = snapshot(config.parent)
    found = examine(project)
    assert is_well(found)
    assert any("has not run here yet" in row.text for row in found)
    assert snapshot(config.parent) == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("model = 3\n", id="a number"),
        pytest.param('features = "x"\n', id="a text for a table"),
        pytest.param("[features]\n[features]\n", id="a table twice"),
        pytest.param('notify = "x"\n', id="notify"),
    ],
)
def test_settings_that_stop_codex_are_told_without_hooks_of_ours(
    project: Project, config: Path, text: str
) -> None:
    config.write_text(text, encoding="utf-8")
    found = [row for row in examine(project) if row.area == "codex"]
    assert [row.level for row in found].count("error") == 1
    assert not any("no hook of ours" in row.text for row in found)


@pytest.mark.parametrize("is_used", [True, False])
def test_a_file_beside_the_settings_is_found(project: Project, config: Path, *, is_used: bool) -> None:
    config.write_text('model_instructions_file = "how.md"\n', encoding="utf-8")
    if not is_used:
        (config.parent / "installation_id").unlink()
    (config.parent / "how.md").write_text("Be brief.\n", encoding="utf-8")
    assert problems(project) == []


def test_toml_that_only_codex_reads_is_no_error(project: Project, config: Path) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    newer = "[profiles.x]\ntools = {\n  web_search = true,\n}\n"
    with config.open("a", encoding="utf-8") as file:
        file.write(f"\n{newer}")
    findings = examine(project)
    assert problems(project) == []
    line = config.read_text(encoding="utf-8").splitlines().index("tools = {") + 1
    notes = [row.text for row in findings if "TOML 1.1" in row.text]
    assert [text.split(":")[0] for text in notes] == [f"{config} line {line}"]
    assert any(row.text == "trusted, as Codex itself says" for row in findings)

    apply(plan_uninstall(project))
    findings = examine(project)
    assert problems(project) == []
    assert any(row.text == "Codex has no hook of ours" for row in findings)


def test_hooks_switched_off_in_any_way_are_told(project: Project, config: Path) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    trusted = config.read_text(encoding="utf-8")
    config.write_text(f"features = {{ codex_hooks = false }}\n{trusted}", encoding="utf-8")
    assert problems(project) == ["Codex has hooks switched off, so it runs none of ours"]


def test_a_worktree_is_what_codex_is_asked_about(
    project: Project, config: Path, git: Callable[..., str], tmp_path: Path
) -> None:
    apply(plan_setup(project, SetupOptions("project", trust=True)))
    root = Path(project.root)
    git(root, "commit", "--allow-empty", "-qm", "first")
    git(root, "worktree", "add", "-q", str(tmp_path / "side"))
    folders = [project.root, str(tmp_path / "side")]
    with config.open("a", encoding="utf-8") as file:
        file.writelines(f'\n[projects."{folder}"]\ntrust_level = "trusted"\n' for folder in folders)
    listed = listed_hooks(str(tmp_path / "side"))
    assert listed
    assert listed.hooks == ()  # Codex 0.169 looks for .codex in the worktree alone
    side = problems(find_project(str(tmp_path / "side")))
    assert problems(project) == []
    assert side == [f"Codex lists none of our hooks in the worktree {tmp_path / 'side'}"]


def test_asking_leaves_no_folder_behind(project: Project, config: Path) -> None:
    apply(plan_setup(project, SetupOptions(trust=True)))
    assert listed_hooks(project.root)
    scratch = config.parent / ".tmp"
    assert not scratch.exists() or not any(path.is_dir() for path in scratch.iterdir())
