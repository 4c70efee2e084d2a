"""Seal every test off from the developer's home, configuration and git settings."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

settings.register_profile(
    "calm", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile(
    "brief", parent=settings.get_profile("calm"), max_examples=20
)  # for a second interpreter
settings.load_profile("calm")  # how long an example takes says nothing about the code on a busy machine

_SEALED = (
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "CODEX_HOME",
    "OMX_WIKI_HOME",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home of its own; nothing of the developer's is reachable by default paths."""
    sealed = tmp_path / "home"
    sealed.mkdir()
    for name in list(os.environ):
        if name.startswith(("GIT_", "CODEX_", "OMX_", "XDG_", "CLAUDE_")):
            monkeypatch.delenv(name)
    for name in _SEALED:
        monkeypatch.setenv(
            name, str(sealed / name.lower().replace("_home", "")) if name != "HOME" else str(sealed)
        )
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(sealed / ".gitconfig"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (sealed / ".gitconfig").write_text(
        "[user]\n\tname = Ada\n\temail = ada@example.invalid\n", encoding="utf-8"
    )
    monkeypatch.setenv("NO_COLOR", "1")
    return sealed


@pytest.fixture
def git() -> Callable[..., str]:
    """Return a function that runs git in a folder and returns its output."""

    def run(folder: Path, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    """Return a git repository with one commit."""
    root = tmp_path / "lantern"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "README.md").write_text("# Lantern\n", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Start")
    return root


@pytest.fixture
def no_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no worker, whatever a hook or a command asks for."""
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
