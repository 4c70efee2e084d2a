"""The settings of a project: what is in force, where it came from, and what is wrong with the files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hook.switches import DEFAULTS, SECTIONS, user_file
from omx_wiki.project import Project, find_project
from omx_wiki.settings import Problem, Settings, load_settings, write_template


@pytest.fixture
def project(repository: Path) -> Project:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    return find_project(str(repository))


def set_project(project: Project, text: str) -> str:
    return write(Path(project.root) / ".omx" / "wiki.toml", text)


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_files_every_value_is_the_default(project: Project) -> None:
    loaded = load_settings(project)
    assert loaded.settings == Settings()
    assert loaded.values == DEFAULTS
    assert loaded.sources == dict.fromkeys(DEFAULTS, "default")
    assert loaded.problems == ()
    assert loaded.settings.context.budget == 4800
    assert loaded.settings.context.sections == SECTIONS


def test_each_value_tells_where_it_came_from(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    user = write(
        Path(user_file()), "enabled = true\n\n[context]\npins = ['a']\nbudget = 500\nenabled = false\n"
    )
    own = set_project(project, "context = {enabled = true, budget = 600}\ncapture.enabled = false\n")
    monkeypatch.setenv("OMX_WIKI_BUDGET", "700")
    loaded = load_settings(project)
    assert loaded.sources == {
        "enabled": f"user: {user}:1",
        "context.enabled": f"project: {own}:1",
        "context.budget": "environment: OMX_WIKI_BUDGET",
        "context.sections": "default",
        "context.pins": f"user: {user}:4",
        "capture.enabled": f"project: {own}:2",
    }
    context, capture = loaded.settings.context, loaded.settings.capture
    assert (context.enabled, context.budget, context.pins, capture.enabled) == (True, 700, ("a",), False)
    assert loaded.problems == ()


def test_the_kill_switches_win(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    set_project(project, "enabled = true\n")
    off = write(Path(project.root) / ".omx" / "wiki.off", "")
    assert load_settings(project).sources["enabled"] == f"project: {off}"
    assert not load_settings(project).settings.enabled
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    assert load_settings(project).sources["enabled"] == "environment: OMX_WIKI_DISABLE"


def test_problems_name_file_and_line_and_the_lower_level_holds(project: Project) -> None:
    user = write(Path(user_file()), "[context]\nbudget = 500\ncolour = 'red'\n")
    own = set_project(project, "[context]\npins = [\n  '../x',\n]\n# note\nbudget = 50\n[else]\n")
    loaded = load_settings(project)
    assert loaded.settings.context.budget == 500
    assert [str(problem) for problem in loaded.problems] == [
        f"{user}:3: context.colour: there is no such setting",
        f"{own}:2: context.pins: must be a list of page names, without '../x'",
        f"{own}:6: context.budget: must be a number of bytes from 400 to 9200, not 50",
        f"{own}:7: else: there is no such setting",
    ]
    assert loaded.problems[0] == Problem(user, 3, "context.colour", "there is no such setting")


def test_a_syntax_error_names_its_line_and_ignores_that_file_alone(project: Project) -> None:
    write(Path(user_file()), "[context]\nbudget = 500\n")
    own = set_project(project, "enabled = false\nbudget =\n")
    loaded = load_settings(project)
    assert [str(problem) for problem in loaded.problems] == [f"{own}:2: Invalid value: the file is ignored"]
    assert loaded.settings.enabled
    assert loaded.settings.context.budget == 500


def test_a_problem_of_a_whole_file_has_no_line(project: Project) -> None:
    own = Path(project.root) / ".omx" / "wiki.toml"
    os.mkfifo(own)
    assert [str(problem) for problem in load_settings(project).problems] == [
        f"{own}: no regular file: it is ignored"
    ]


def test_a_budget_of_the_environment_that_is_not_allowed_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_BUDGET", "lots")
    loaded = load_settings(project)
    assert loaded.settings.context.budget == 4800
    assert [str(problem) for problem in loaded.problems] == [
        "OMX_WIKI_BUDGET: context.budget: must be a number of bytes from 400 to 9200, not 'lots'"
    ]


def test_a_long_list_of_problems_is_cut(project: Project) -> None:
    set_project(project, "".join(f"key{number} = 1\n" for number in range(500)))
    problems = load_settings(project).problems
    assert [problem.line for problem in problems] == [*range(1, 51), 0]
    assert problems[-1].message == "450 more problems"


def test_where_the_users_file_lies(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMX_WIKI_CONFIG", "~/mine.toml")
    assert user_file() == str(home / "mine.toml")
    monkeypatch.setenv("OMX_WIKI_CONFIG", "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "xdg"))
    assert user_file() == str(home / "xdg" / "omx-wiki" / "config.toml")
    for nowhere in ("", "relative"):
        monkeypatch.setenv("XDG_CONFIG_HOME", nowhere)
        assert user_file() == str(home / ".config" / "omx-wiki" / "config.toml")


def test_a_linked_worktree_shares_the_settings_of_its_main_checkout(
    project: Project, git: Any, tmp_path: Path
) -> None:
    set_project(project, "enabled = false\n")
    git(Path(project.root), "worktree", "add", "-q", str(tmp_path / "tree"))
    assert not load_settings(find_project(str(tmp_path / "tree"))).settings.enabled


@given(st.binary(max_size=300))
def test_any_file_loads(project: Project, data: bytes) -> None:
    path = Path(project.root) / ".omx" / "wiki.toml"
    path.write_bytes(data)
    loaded = load_settings(project)
    assert loaded.values.keys() == loaded.sources.keys() == DEFAULTS.keys()
    assert all(problem.path == str(path) for problem in loaded.problems)


def test_the_template_is_written_once_and_changes_nothing(project: Project) -> None:
    path = write_template(project)
    assert load_settings(project).settings == Settings()
    assert load_settings(project).problems == ()
    before = Path(path).read_bytes()
    with pytest.raises(RefusedError, match="exists already"):
        write_template(project)
    assert Path(path).read_bytes() == before


def test_the_template_replaces_no_dangling_link(project: Project) -> None:
    path = Path(project.root) / ".omx" / "wiki.toml"
    path.symlink_to("nowhere")
    with pytest.raises(RefusedError):
        write_template(project)
    assert path.is_symlink()


def test_the_template_needs_a_wiki_inside_of_the_project(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no wiki"):
        write_template(find_project(str(repository)))
    (tmp_path / "elsewhere" / "wiki").mkdir(parents=True)
    (repository / ".omx").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="outside"):
        write_template(find_project(str(repository)))
    assert sorted(os.listdir(tmp_path / "elsewhere")) == ["wiki"]
