from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from omx_wiki.errors import UnavailableError
from omx_wiki.pages.lock import locked, try_locked
from omx_wiki.pages.store import Store
from omx_wiki.project import Project

if TYPE_CHECKING:
    from pathlib import Path

_WRITER = """
import sys
from omx_wiki.pages.draft import Draft
from omx_wiki.pages.store import Store
from omx_wiki.project import Project
root, name, count = sys.argv[1:]
store = Store(Project(root, root, ""))
for number in range(int(count)):
    text = f"Section {name}-{number}-end." + " filler" * 2000
    store.add(Draft("Shared title", text, (f"tag-{name}-{number}",)))
    print(f"{name}-{number}", flush=True)
"""


def start_writer(root: Path, name: str, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _WRITER, str(root), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_eight_processes_adding_to_one_title_lose_nothing(tmp_path: Path) -> None:
    writers = [start_writer(tmp_path, str(number), 5) for number in range(8)]
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * 8
    page = Store(Project(str(tmp_path), str(tmp_path), "")).read("shared-title")
    expected = {f"{name}-{number}" for name in range(8) for number in range(5)}
    assert {f"tag-{key}" for key in expected} == set(page.tags)
    assert all(page.body.count(f"Section {key}-end.") == 1 for key in expected)
    assert page.problems == ()


def test_killed_writers_leave_whole_pages_and_no_lock(tmp_path: Path) -> None:
    store = Store(Project(str(tmp_path), str(tmp_path), ""))
    acknowledged: set[str] = set()
    for round_ in range(4):
        writers = [start_writer(tmp_path, f"{round_}x{number}", 1000) for number in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            acknowledged |= {writer.stdout.readline().strip() for _ in range(2)}
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            acknowledged |= set(writer.communicate()[0].split())
        page = store.read("shared-title")
        assert page.problems == ()
        assert page.body.endswith("filler\n")
        assert page.meta["schemaVersion"] == "1"
        assert all(f"Section {key}-end." in page.body for key in acknowledged)
        assert {f"tag-{key}" for key in acknowledged} <= set(page.tags)
    store.write_index()
    assert sorted(os.listdir(store.project.store)) == [".lock", "index.md", "shared-title.md"]


def test_a_held_lock_makes_the_next_writer_give_up_in_time(tmp_path: Path) -> None:
    with (
        locked(str(tmp_path)),
        pytest.raises(UnavailableError, match="another process"),
        locked(str(tmp_path), 0),
    ):
        pass
    with locked(str(tmp_path), 0):
        assert (tmp_path / ".lock").exists()


def test_a_lock_is_tried_without_waiting(tmp_path: Path) -> None:
    path = str(tmp_path / "worker.lock")
    with try_locked(path) as first, try_locked(path) as second:
        assert (first, second) == (True, False)
    with try_locked(path) as again:
        assert again
