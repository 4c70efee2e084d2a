"""Deleting pages, which happens only when a person asks for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from omx_wiki.errors import RefusedError
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, find_project, state_home
from omx_wiki.purge import count_pages, purge
from omx_wiki.worker import work

pytestmark = pytest.mark.usefixtures("no_background")


@pytest.fixture
def project(repository: Path) -> Project:
    project = find_project(str(repository))
    os.makedirs(project.store)
    Path(project.store, "page.md").write_text("# A page\n", encoding="utf-8")
    Path(project.root, ".omx", "wiki.toml").write_text("", encoding="utf-8")
    assert Store(project).scan()
    work(project)
    return project


def test_nothing_of_the_wiki_is_left(project: Project) -> None:
    assert count_pages(project) == 2  # index.md is one

    gone = purge(project)

    assert set(gone) == {project.store, os.path.join(project.root, ".omx", "wiki.toml"), project.state}
    assert not os.path.lexists(os.path.join(project.root, ".omx"))
    assert not os.path.lexists(state_home())
    assert purge(project) == ()


def test_what_others_keep_stays(project: Project, tmp_path: Path) -> None:
    other = Path(project.root, ".omx", "state.json")
    other.write_text("{}", encoding="utf-8")
    shared = Path(project.root, "omx_wiki")
    shared.mkdir()
    (shared / "page.md").write_text("# Shared\n", encoding="utf-8")
    backups = Path(state_home(), "backups")
    backups.mkdir(mode=0o700)
    (backups / "hooks.json").write_text("{}", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text("# Elsewhere\n", encoding="utf-8")
    Path(project.store, "link.md").symlink_to(elsewhere)

    purge(project)

    assert [path.exists() for path in (other, shared / "page.md", backups / "hooks.json", elsewhere)] == [
        True
    ] * 4


def test_another_project_keeps_its_state(project: Project) -> None:
    neighbour = Path(state_home(), "neighbour-0011")
    neighbour.mkdir(mode=0o700)
    Path(state_home(), "hook.log").write_text("a line\n", encoding="utf-8")

    purge(project)

    assert neighbour.is_dir()
    assert Path(state_home(), "hook.log").is_file()


def test_a_store_that_leads_outside_is_not_deleted(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page.md").write_text("# Theirs\n", encoding="utf-8")
    (repository / ".omx").mkdir()
    (repository / ".omx" / "wiki").symlink_to(outside)

    with pytest.raises(RefusedError, match="outside the project"):
        purge(find_project(str(repository)))

    assert (outside / "page.md").is_file()
