"""Real processes that read and write the index at once, or die while they do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.wiki_of_pages import Wiki

TESTS = Path(__file__).parents[1]
READERS = 8


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(TESTS.parent / "wiki"), str(TESTS)])
    return subprocess.Popen(
        [sys.executable, str(TESTS / "search" / script), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_eight_readers_are_right_while_another_process_refreshes(wiki: Wiki) -> None:
    for page in range(5):
        wiki.write(f"churn-{page}", "turbine\n")
    wiki.refresh()
    readers = [start("reader.py", wiki.project.root) for _ in range(READERS)]
    writer = start("refresher.py", wiki.project.root, "25")
    assert writer.communicate(timeout=120) == ("".join(f"{number}\n" for number in range(1, 26)), "")
    outcomes = [reader.communicate("", timeout=120) for reader in readers]
    assert [error for _, error in outcomes] == [""] * READERS
    assert all(int(times) >= 5 for times, _ in outcomes)
    assert len(wiki.found("round25")) == 5


def test_a_refresh_killed_at_any_moment_loses_nothing(wiki: Wiki) -> None:
    first = start("dying_refresher.py", wiki.project.root, "1000000")
    assert first.communicate(timeout=60) == ("done\n", "")
    wiki.write("turbine", "turbine\n")
    for moment in range(1, 1000, 4):
        dying = start("dying_refresher.py", wiki.project.root, str(moment))
        output, error = dying.communicate(timeout=60)
        assert error == ""
        assert wiki.found("backoff exponential") == ["retry-policy"]
        assert wiki.found("turbine") == ["turbine"]
        if dying.returncode == 0:
            break
        assert output == ""
    assert moment > 20
    assert output == "done\n"
    assert wiki.search("turbine").behind == 0
    assert len(list(wiki.index.iterdir())) == 3  # the pointer and two generations


def test_two_refreshes_at_once_leave_a_good_index(wiki: Wiki) -> None:
    writers = [start("refresher.py", wiki.project.root, "8") for _ in range(2)]
    for writer in writers:
        _, error = writer.communicate(timeout=120)
        assert error == ""
    assert len(wiki.found("round8")) == 5
    wiki.refresh()
    assert wiki.search("turbine").behind == 0
