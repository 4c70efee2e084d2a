"""`wiki context`: what the next session is told, and why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omx_wiki.project import find_project
from omx_wiki.worker import work

ROOT = Path(__file__).parents[2]
Git = Callable[..., str]


pytestmark = pytest.mark.usefixtures("no_background")


@pytest.fixture
def wiki(repository: Path) -> Path:
    store = repository / ".omx" / "wiki"
    store.mkdir(parents=True)
    for name, text in {
        "retry-policy": "Four attempts.",
        "cache-age": "Ten minutes, see `README.md`.",
    }.items():
        (store / f"{name}.md").write_text(f"# The {name}\n\n{text}\n", encoding="utf-8")
    return repository


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    start = "from omx_wiki_cli.entry import main; main()"
    paths = os.pathsep.join([str(ROOT / "wiki"), str(ROOT / "cli")])
    return subprocess.run(
        [sys.executable, "-c", start, "context", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        timeout=60,
        check=False,
    )


def text_of(folder: Path, *words: str) -> str:
    done = run(folder, *words)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def document(folder: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text_of(folder, "--json", *words))
    return found


def test_it_prints_what_the_hook_would(wiki: Path) -> None:
    printed = text_of(wiki)
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from omx_wiki.hook.main import main; main()"
    command = printed.partition("Search before exploring: ")[2].partition(" query WORDS")[0]
    event = {"hook_event_name": "SessionStart", "source": "startup", "session_id": "a", "cwd": str(wiki)}
    words = [sys.executable, "-I", "-S", "-c", start, str(ROOT / "wiki"), "--wiki", command]
    assert work(find_project(str(wiki)))
    done = subprocess.run(words, input=json.dumps(event).encode(), capture_output=True, check=True)
    told = json.loads(done.stdout)["hookSpecificOutput"]["additionalContext"]
    assert told + "\n" == text_of(wiki) == printed


def test_nothing_is_written(wiki: Path) -> None:
    text_of(wiki)
    assert not os.path.exists(find_project(str(wiki)).state)


def test_a_branch_can_be_named(wiki: Path) -> None:
    found = document(wiki, "--branch", "fix/cache-age")
    assert found["branch"] == "fix/cache-age"
    assert next(item["page"] for item in found["items"] if item["section"] == "pages") == "cache-age"
    assert "branch main: 2 pages" in text_of(wiki)


def test_json_tells_sizes_and_reasons(wiki: Path) -> None:
    found = document(wiki)
    assert found["bytes"] == len(found["context"].encode())
    assert found["tokens"] == -(-found["bytes"] // 4)
    for item in found["items"]:
        assert set(item) == {"section", "page", "why", "bytes", "included", "left_out"}
        assert item["why"]
        assert item["included"] == bool(item["bytes"]) == (not item["left_out"])


def test_explain_tells_why_lines_are_in_and_others_out(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = wiki / ".omx" / "wiki"
    for number in range(40):
        (store / f"page-{number}.md").write_text(f"# Page {number}\n\n{'A fact. ' * 9}\n", encoding="utf-8")
    monkeypatch.setenv("OMX_WIKI_BUDGET", "1500")
    shown = text_of(wiki, "--branch", "fix/cache-age", "--explain")
    assert "why: branch word cache" in shown
    included, _, left = shown.partition("left out:")
    assert "(cache-age)" in included
    assert "no room" in left


@pytest.mark.parametrize(
    ("source", "words"),
    [("compact", "continue the current task"), ("resume", "This project has a wiki"), ("fork", "has a wiki")],
)
def test_other_sources_are_short(wiki: Path, source: str, words: str) -> None:
    shown = text_of(wiki, "--source", source)
    assert words in shown
    assert len(shown.encode()) <= 481


def test_an_empty_wiki_says_so(repository: Path) -> None:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    done = run(repository)
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"told nothing" in done.stderr


def test_a_context_that_is_turned_off_is_told_so(wiki: Path) -> None:
    (wiki / ".omx" / "wiki.toml").write_text("[context]\nenabled = false\n", encoding="utf-8")
    done = run(wiki)
    assert b"turned off" in done.stderr
    assert b"(retry-policy)" in done.stdout
