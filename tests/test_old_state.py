"""What earlier versions left in the private state goes; what is in use stays."""

from __future__ import annotations

import os
from pathlib import Path

from omx_wiki.old_state import remove_old_state
from omx_wiki.project import ensure_private, find_project, state_home


def test_old_summaries_and_the_old_index_are_removed(repository: Path) -> None:
    project = find_project(str(repository))
    state = Path(project.state)
    for folder in (state_home(), str(state), str(state / "index")):
        assert ensure_private(folder)
    for shelf in ("pages", "sessions", "1a2b3c"):
        (state / "index" / shelf).mkdir()
        (state / "index" / shelf / "current").write_text("1", encoding="utf-8")
    for name in ("summary", "summary-pages", "offers.jsonl", "index/current"):
        (state / name).write_text("", encoding="utf-8")
    outside = repository / "outside"
    outside.mkdir()
    (state / "index" / "link").symlink_to(outside)
    remove_old_state(project)
    remove_old_state(project)
    assert sorted(os.listdir(state)) == ["index", "offers.jsonl"]
    assert sorted(os.listdir(state / "index")) == ["pages", "sessions"]
    assert (state / "index" / "pages" / "current").exists()
    assert outside.exists()


def test_a_project_without_state_has_nothing_to_remove(repository: Path) -> None:
    remove_old_state(find_project(str(repository)))
