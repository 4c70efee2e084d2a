"""Run the console transcripts in this folder and compare every line and exit code.

A transcript holds `$ command` lines (`3$` expects exit code 3), then what is printed; lines on standard error
begin with `2>`. Run with UPDATE_TRANSCRIPTS=1 to accept what is printed now.
"""

from __future__ import annotations

import compileall
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRANSCRIPTS = sorted(Path(__file__).parent.glob("*.console"))
_COMMAND = re.compile(r"^(\d*)\$ (.*)$")
_PROGRAM = "from omx_wiki_cli.entry import main; main()"
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"20\d\d-\d\d-\d\d"), "<date>"),
    (re.compile(r'"score": [\d.]+'), '"score": <score>'),
    (re.compile(r"lantern-[0-9a-f]{16}"), "lantern-<key>"),
)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a folder of programs for `PATH=$BARE`: git, and no coding agent."""
    folder = tmp_path / "bare"
    folder.mkdir()
    for name in ("git", "sh", "cat"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


@functools.cache
def compiled() -> bool:
    """Compile what the commands run, as an installation does; the doctor would offer it."""
    return all(compileall.compile_dir(ROOT / folder, quiet=2) for folder in ("wiki", "cli"))


@pytest.fixture
def console(
    repository: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], tuple[int, list[str]]]:
    """Return a function that runs a command line and returns its exit code and normalised lines."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "wiki"), str(ROOT / "cli")]))
    assert compiled()
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("BARE", str(bare))

    def run(line: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            ["bash", "-c", f'wiki() {{ {shlex.quote(sys.executable)} -c "{_PROGRAM}" "$@"; }}; {line}'],
            cwd=repository,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        lines = done.stdout.decode().splitlines()
        lines += [f"2>{talk}" for talk in done.stderr.decode().splitlines()]
        return done.returncode, [_settle(text, repository) for text in lines]

    return run


def _settle(text: str, repository: Path) -> str:
    text = text.replace(str(repository), "<repo>").replace(str(repository.parent), "<tmp>")
    for pattern, stands_for in _VARYING:
        text = pattern.sub(stands_for, text)
    return text


def _steps(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    code, command, expected = 0, "", list[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := _COMMAND.match(line):
            if command:
                yield code, command, expected
            code, command, expected = int(found[1] or 0), found[2], []
        elif command:
            expected.append(line)
    yield code, command, expected


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, console: Callable[[str], tuple[int, list[str]]]) -> None:
    written: list[str] = []
    for code, command, expected in _steps(path):
        seen_code, seen = console(command)
        written += [f"{seen_code or ''}$ {command}", *seen]
        if not os.environ.get("UPDATE_TRANSCRIPTS"):
            while expected and not expected[-1]:
                expected.pop()
            assert (command, seen_code, seen) == (command, code, expected)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text("\n".join(written) + "\n", encoding="utf-8")


def test_the_readme_shows_what_a_query_prints(console: Callable[[str], tuple[int, list[str]]]) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition("$ wiki add")[2].split("```")[0]
    added, asked, *_ = (f"$ wiki add{shown}").split("\n$ ")
    console("mkdir -p .omx/wiki")
    assert console(added.splitlines()[0].removeprefix("$ "))[0] == 0
    command, *expected = asked.splitlines()
    assert [line.removeprefix("2>") for line in console(command)[1]] == expected


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 4
