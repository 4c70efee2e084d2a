"""Temporary files of runs that were killed are told of and deleted; nothing else is."""

from __future__ import annotations

import os
import time
from pathlib import Path

from omx_wiki.doctor.checkup import mend
from omx_wiki.doctor.leftovers import check_leftovers
from omx_wiki.hosts.claude import claude_home
from omx_wiki.hosts.trust import codex_home
from omx_wiki.project import Project, state_home


def place(path: Path, age: float = 7200) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_what_killed_runs_left_is_deleted_and_the_rest_stays(project: Project) -> None:
    folders = [codex_home(), claude_home(), f"{state_home()}/bin", f"{state_home()}/installs", project.root]
    left = [place(Path(folder, ".omx-wiki-ab_c1234")) for folder in folders]
    left.append(place(Path(project.root, ".codex", ".omx-wiki-123-ab_c1234")))
    kept = [
        place(Path(codex_home(), ".omx-wiki-zzzzzzzz"), age=5),
        place(Path(codex_home(), ".omx-wiki-notes.md")),
        place(Path(codex_home(), "config.toml")),
    ]
    link = Path(codex_home(), ".omx-wiki-linklink")
    link.symlink_to(kept[2])

    (found,) = check_leftovers(project)
    assert found.text.startswith("6 files left")
    assert [done.problem for done in mend([found])] == [""]
    assert [path for path in left if path.exists()] == []
    assert all(path.exists() for path in [*kept, link])
    assert list(check_leftovers(project)) == []
