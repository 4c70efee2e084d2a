"""Sessions as lines of text: their width, their times, their colours."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from journal.session_pages import page_text
from omx_wiki.journal.session_rows import SessionRow, read_row
from omx_wiki_cli import session_lines

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 12).astimezone()
_WORDS = st.text(st.characters(codec="utf-8", exclude_characters='"\\\n\r'), max_size=60) | st.sampled_from(
    ["丸めの誤りを直す" * 4, "🛒" * 30, "e\u0301" * 50, ""]
)


def row(**keys: object) -> SessionRow:
    page = page_text(str(keys.pop("title", "Fix the cart")), **keys)  # type: ignore[arg-type]  # keys of any kind
    return read_row(page.encode(), "/x.md", "sessions/2026-01-31-1405-0badcafe")


@given(st.lists(st.tuples(_WORDS, _WORDS, st.integers(0, 10**6)), min_size=1, max_size=4))
def test_every_line_is_whole_and_fits(sessions: list[tuple[str, str, int]]) -> None:
    rows = [row(title=title, branch=f'"{branch}"', files=n, failures=n) for title, branch, n in sessions]
    shown: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(click, "echo", lambda text, **_: shown.append(text))
        session_lines.print_sessions(rows)
    lines = [click.unstyle(line) for line in shown]
    assert len(lines) == len(rows)
    for line in lines:
        assert cell_len(line) <= 100
        assert line.isprintable()
    columns = {cell_len(line.partition("done")[0]) for line in lines}
    assert len(columns) == 1


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(hours=1), "today 11:00"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(hours=37), "2026-02-28"),
        (timedelta(days=-1), "2026-03-03"),
    ],
)
def test_a_start_is_told_as_people_tell_it(ago: timedelta, text: str) -> None:
    assert session_lines.started_text(row(started=(NOW - ago).isoformat()), NOW) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "<1m"), (59, "<1m"), (60, "1m"), (3599, "59m"), (3900, "1h05"), (500_000, "138h")],
)
def test_a_duration_is_short(seconds: int, text: str) -> None:
    assert session_lines.worked_text(seconds) == text


@pytest.fixture
def terminal(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that runs `wiki` on a terminal of its own and returns what that shows."""
    folder = repository / ".omx" / "wiki" / "sessions"
    folder.mkdir(parents=True)
    for path in (ROOT / "tests" / "fixtures" / "sessions").glob("*.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "wiki"), str(ROOT / "cli")]))
    monkeypatch.setenv("TERM", "xterm-256color")

    def run(*words: str) -> str:
        ours, theirs = pty.openpty()
        program = [sys.executable, "-c", "from omx_wiki_cli.main import main; main()", *words]
        with subprocess.Popen(program, cwd=repository, stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            try:
                while part := os.read(ours, 65536):
                    shown += part
            except OSError:  # the other end is closed
                pass
            os.close(ours)
        assert process.returncode == 0
        return shown.decode()

    return run


def test_outcomes_have_colours_on_a_terminal(
    terminal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR")
    shown = terminal("log")
    assert "\x1b[31mleft failing" in shown
    assert "\x1b[32mshipped" in shown
    assert "\x1b[" in terminal("log", "show", "last")


def test_colours_can_be_refused(terminal: Callable[..., str]) -> None:
    assert "\x1b[" not in terminal("log")
    shown = terminal("log", "show", "0badcafe")
    assert "\x1b[3" not in shown
    assert "omx-wiki:begin" not in shown
    assert "We will round half to even" in shown
