from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hosts.setting_up import set_up, uninstall
from omx_wiki.hosts import setup, temporary
from omx_wiki.hosts.plan import SetupOptions
from omx_wiki.project import find_project, state_home

if TYPE_CHECKING:
    from collections.abc import Callable


def _dead() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def _aged(path: Path) -> Path:
    long_ago = time.time() - 3600
    os.utime(path, (long_ago, long_ago), follow_symlinks=False)
    return path


def test_what_a_live_process_writes_now_is_not_stale(tmp_path: Path) -> None:
    handle, path = temporary.create(str(tmp_path))
    os.close(handle)

    assert temporary.stale_files(str(tmp_path)) == ()
    assert temporary.stale_files(str(tmp_path / "none")) == ()

    _aged(Path(path))
    assert temporary.stale_files(str(tmp_path)) == (path,)


def test_what_a_dead_process_wrote_is_stale_at_once(tmp_path: Path) -> None:
    file = tmp_path / f".omx-wiki-{_dead()}-abcd_123"
    file.touch()
    (tmp_path / f".omx-wiki-{os.getppid()}-abcd_123").touch()
    (tmp_path / ".omx-wiki-abcd_123").touch()

    assert temporary.stale_files(str(tmp_path)) == (str(file),)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.symlink_to("target"),
        lambda path: path.with_name(".omx-wiki-notes").touch(),
        lambda path: path.with_name(".omx-wiki-abcd_123.bak").touch(),
    ],
)
def test_nothing_of_another_kind_or_name_is_stale(tmp_path: Path, make: Callable[[Path], None]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder / ".omx-wiki-abcd_123")
    for path in folder.iterdir():
        _aged(path)

    assert temporary.stale_files(str(folder)) == ()


@pytest.mark.parametrize("is_setup", [True, False])
def test_leftovers_go_with_the_next_setup_or_uninstallation(
    repository: Path, home: Path, *, is_setup: bool
) -> None:
    project = find_project(str(repository))
    set_up(project, "user", "codex", "claude")
    folders = [home / "codex", home / ".claude", repository, home / "codex" / "skills" / "omx-wiki"]
    folders += [Path(state_home(), name) for name in ("bin", "installs")]
    if is_setup:
        folders.remove(repository)
    left = [folder / f".omx-wiki-{_dead()}-abcd_123" for folder in folders]
    for path in left:
        path.touch()

    if is_setup:
        options = SetupOptions(hosts=("codex", "claude"))
        assert setup.plan_setup(project, options).is_change
        plan = set_up(project, "user", "codex", "claude")
    else:
        plan = uninstall(project)

    assert not any(path.exists() for path in left)
    assert f"Temporary files of an interrupted run are deleted: {len(left)}." in plan.messages
    assert is_setup or not (home / "codex" / "skills" / "omx-wiki").exists()
