"""Ask the real codex program what it makes of a `config.toml` that hosts share, or that was broken."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from hosts.test_broken_config import neotoma
from hosts.test_codex_e2e import listed_hooks
from omx_wiki.hosts import setup
from omx_wiki.hosts.broken_config import repair
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.project import find_project

if TYPE_CHECKING:
    from pathlib import Path

# Read before the sealed home hides such variables.
_CODEX = os.environ.get("OMX_WIKI_TEST_CODEX") or shutil.which("codex")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(_CODEX is None, reason="no codex on PATH nor in OMX_WIKI_TEST_CODEX"),
]


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = home / ".codex"
    path.mkdir()
    monkeypatch.setenv("CODEX_HOME", str(path))
    return path


def _starts(folder: Path, content: bytes) -> bool:
    (folder / "config.toml").write_bytes(content)
    assert _CODEX
    done = subprocess.run([_CODEX, "features", "list"], capture_output=True, check=False, cwd=folder)
    return done.returncode == 0


@pytest.mark.parametrize(
    ("before", "is_broken"),
    [
        ("", False),
        ('[history]\npersistence = "none"\n', True),
        ("[history]\nmax_bytes = 3\n", True),
        ('[mcp_servers.docs]\ncommand = "docs"\n', False),
        ('[notify]\ncommand = ["say", "done"]\n', True),
        ('notify = ["say", "done"]\n', True),
    ],
)
def test_codex_starts_with_what_was_repaired(folder: Path, before: str, is_broken: bool) -> None:  # noqa: FBT001  # a parameter of the test
    broken = neotoma(before).encode()

    assert _starts(folder, broken) is not is_broken
    assert _starts(folder, repair(broken))


@pytest.mark.parametrize("content", [b'[notify]\ncommand = ["a"]\n', b'notify = "a"\n'])
def test_codex_starts_once_notify_is_an_array(folder: Path, content: bytes) -> None:
    assert not _starts(folder, content)
    assert _starts(folder, repair(content))


@pytest.mark.parametrize("fork", ["xcodex", "event-hooks"])
@pytest.mark.parametrize(
    "before",
    ["", 'notify = ["true"]', '[hooks.state."/x"]\nenabled = false\n', "hooks.state = {}\n[tui]\n"],
)
def test_codex_takes_the_hooks_of_its_forks_without_a_word(
    repository: Path,
    folder: Path,
    fork: str,
    before: str,
) -> None:
    (folder / "config.toml").write_text(before)
    project = find_project(str(repository))
    plan = setup.plan_setup(project, SetupOptions(hosts=("codex", fork, "notify")))
    apply(plan)

    listed = listed_hooks(project)

    assert len(listed["hooks"]) == 5
    assert (listed["warnings"], listed["errors"]) == ([], [])
    assert not any("defines hooks too" in message for message in plan.messages)
    again = setup.plan_setup(project, SetupOptions(hosts=("codex", fork, "notify")))
    assert not any("defines hooks too" in message for message in again.messages)
