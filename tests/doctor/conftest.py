"""A path with git and nothing else on it, so that no codex of the developer is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from omx_wiki.project import Project, find_project

_NEEDED = ("git", "sh", "cat")


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on the path."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in _NEEDED:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def codex(programs: Path) -> Callable[[str], None]:
    """Return a function that puts a `codex` on the path: a shell script with the text it is given."""

    def install(text: str) -> None:
        (programs / "codex").write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / "codex").chmod(0o755)

    return install


@pytest.fixture
def project(repository: Path) -> Project:
    return find_project(str(repository))


@pytest.fixture
def store(project: Project) -> Path:
    """Return the store of a wiki without pages."""
    path = Path(project.store)
    path.mkdir(parents=True)
    return path


@pytest.fixture
def state(project: Project) -> Path:
    """Return the private folder of the project."""
    path = Path(project.state)
    path.mkdir(parents=True, mode=0o700)
    for folder in (path, path.parent):
        folder.chmod(0o700)
    return path
