"""Fixtures of the tests that drive the real Codex program."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from e2e import omx as omx_program
from e2e.codex_home import ABSENT, CODEX, DEADLINE, CodexHome
from e2e.mock_responses import MockResponses
from e2e.omx import Omx
from e2e.product import Product, build_wheel, install

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_POLL = 0.02  # seconds between two looks


@pytest.fixture
def ground() -> Iterator[Path]:
    """Return a fresh folder where a sandboxed agent may not write, unlike the temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="omx-wiki-", dir="/var/tmp")).resolve()
    yield folder
    end = time.monotonic() + DEADLINE
    while _is_named_by_a_process(folder) and time.monotonic() < end:  # background work on the repository
        time.sleep(_POLL)
    shutil.rmtree(folder)


def give_up(reason: str) -> NoReturn:
    """Skip the test; fail where every program has to be there."""
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


def _is_named_by_a_process(folder: Path) -> bool:
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True)
    return str(folder) in listing.stdout


@pytest.fixture
def service() -> Iterator[MockResponses]:
    """Return a running model service with an empty script."""
    with MockResponses() as running:
        yield running


@pytest.fixture
def codex(ground: Path, service: MockResponses, git: Callable[..., str]) -> CodexHome:
    """Return a sealed Codex with one trusted repository, `lantern`; skip where Codex is absent."""
    if not CODEX:
        give_up(ABSENT)
    repo = ground / "lantern"
    repo.mkdir()
    git(repo, "init", "-q", "-b", "main")
    (repo / "README.md").write_text("# Lantern\n", encoding="utf-8")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "Start")
    home = CodexHome(ground, service, projects=[repo])
    home.prepare()
    return home


@pytest.fixture
def repo(codex: CodexHome) -> Path:
    """Return the repository that Codex works in."""
    return codex.projects[0]


@pytest.fixture
def omx(codex: CodexHome) -> Omx:
    """Return the real OMX for the user of `codex`; skip where it is absent."""
    if not omx_program.PROGRAM:
        give_up(omx_program.ABSENT)
    return Omx(codex)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Product:
    """Return the product as installed from its wheel, shared by all tests."""
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv")


@pytest.fixture
def product(codex: CodexHome, installed: Product) -> Product:  # noqa: ARG001  (skips before installing)
    """Return the installed product; the test is skipped where Codex is absent."""
    return installed
