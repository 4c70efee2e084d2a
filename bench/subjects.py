"""What is measured: omx-wiki as installed, and oh-my-codex (OMX) beside it, each on the same pages."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from corpus import Corpus

_CHECKOUT = Path(__file__).resolve().parents[1]
_WORK = (
    "import sys; from omx_wiki.project import find_project; from omx_wiki.worker import work; "
    "work(find_project(sys.argv[1]))"
)
_STATE = "import sys; from omx_wiki.project import find_project; print(find_project(sys.argv[1]).state)"
_NOTE = "The queue drains oldest first, so a slow consumer delays the newest message most. " * 3
_QUERIES = 40
_STOP_SIZE = 1_000
_PROSE = "Why is the consumer of the queue slow? The wiki query above may help. " * 8
_ASKED = "slow consumer of the queue"
_BARS = {"hook": 3.0, "prompt": 1.6, 100: 12.0, 1_000: 12.0, 10_000: 25.0, "add": 20.0}
_BUILD_ROUNDS = {100: 5, 1_000: 3, 10_000: 1}


def sealed_environ(home: Path) -> dict[str, str]:
    """Return an environment whose homes lie below `home`, without the developer's settings."""
    hidden = ("CODEX_", "OPENAI_", "OMX_", "XDG_", "GIT_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    (home / ".codex").mkdir(parents=True)
    return kept | {"HOME": str(home), "CODEX_HOME": str(home / ".codex"), "NO_COLOR": "1"}


def make_repository(folder: Path) -> Path:
    """Create an empty git repository."""
    folder.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def payload(event: str, cwd: Path, prompt: str = "") -> bytes:
    """Return what Codex 0.169 sends a hook at `event`; `prompt` is for UserPromptSubmit."""
    told: dict[str, object] = {
        "session_id": "01a1f9ba-37af-71e1-85f5-97a80e04f4cb",
        "transcript_path": str(cwd / "rollout.jsonl"),
        "cwd": str(cwd),
        "hook_event_name": event,
        "model": "gpt-5.5",
        "permission_mode": "default",
    }
    extra: dict[str, dict[str, object]] = {
        "SessionStart": {"source": "startup"},
        "UserPromptSubmit": {"turn_id": "1", "prompt": prompt},
        "Stop": {"turn_id": "1", "stop_hook_active": False},
        "SessionEnd": {"reason": "other"},
    }
    return json.dumps(told | extra[event]).encode()


_SESSION = """\
---
title: "Session {number}"
tags: [session, codex]
category: session-log
id: "019f1111-0000-7000-8000-{number:012}"
started: 2026-01-{day:02}T12:00:00Z
ended: 2026-01-{day:02}T12:30:00Z
branch: main
outcome: done
---

# Session {number}
"""


class OmxWiki:
    """omx-wiki in a virtual environment: `venv` if given, else one made now from this checkout."""

    def __init__(self, ground: Path, venv: Path | None = None) -> None:
        self._ground = ground
        self._environ = sealed_environ(ground / "home")
        self._venv = venv or _install(ground / "venv")
        self.python = str(self._venv / "bin" / "python")
        self._wiki = str(self._venv / "bin" / "wiki")

    def bare(self) -> Case:
        """Return the unit of the table: the interpreter that does nothing."""
        command = [self.python, "-I", "-S", "-c", "pass"]
        return Case("P: python -I -S -c pass", lambda _: command, self._ground, self._environ, speaks=False)

    def cases(self, corpus: Corpus, size: int) -> Iterator[Case]:
        """Make a repository of `size` pages and yield what is measured on it."""
        repo = make_repository(self._ground / f"ours-{size}")
        self._run(repo, self._wiki, "setup")
        corpus.write(repo / ".omx" / "wiki", size)
        self._run(repo, self.python, "-I", "-c", _WORK, str(repo))
        yield from self._hooks(repo, size)
        if size:
            yield from self._commands(corpus, repo, size)

    def _hooks(self, repo: Path, size: int) -> Iterator[Case]:
        hooks = json.loads((self._ground / "home/.codex/hooks.json").read_text(encoding="utf-8"))["hooks"]
        installed = hooks["SessionStart"][-1]["hooks"][0]["command"]
        start = payload("SessionStart", repo)
        state = Path(self._run(repo, self.python, "-I", "-c", _STATE, str(repo)).strip())

        def begin() -> None:
            (state / "offers.jsonl").unlink(missing_ok=True)  # a session is told once

        def forget() -> None:
            shutil.rmtree(state / "context", ignore_errors=True)
            begin()

        case = partial(
            Case,
            cwd=repo,
            environ=self._environ,
            stdin=start,
            before=begin,
            speaks=size > 0,
            bar=_BARS["hook"],
        )
        shell, direct = ["sh", "-c", installed], _without_launcher(installed)
        yield case(f"SessionStart hook, {size:,} pages", lambda _: shell)
        yield case(f"SessionStart hook without launcher, {size:,} pages", lambda _: direct)
        yield case(f"SessionStart hook, {size:,} pages, unprepared", lambda _: shell, before=forget)
        if size == _STOP_SIZE:
            for event in ("Stop", "SessionEnd"):
                told = payload(event, repo)
                yield case(f"{event} hook, {size:,} pages", lambda _: shell, stdin=told, speaks=False)
            yield from self._prompts(repo, shell, size)
            yield self._log(repo)

    def _prompts(self, repo: Path, hook: list[str], size: int) -> Iterator[Case]:
        """Return the hook for a prompt that is none of the wiki's, and for one that asks it."""
        prose = payload("UserPromptSubmit", repo, _PROSE)
        asking = payload("UserPromptSubmit", repo, f"wiki query {_ASKED}")
        case = partial(Case, cwd=repo, environ=self._environ)
        yield case(
            f"UserPromptSubmit hook, prose, {size:,} pages",
            lambda _: hook,
            stdin=prose,
            speaks=False,
            bar=_BARS["prompt"],
        )
        yield case(
            f"UserPromptSubmit hook, wiki query, {size:,} pages",
            lambda _: hook,
            stdin=asking,
            bar=_BARS[size],
        )

    def _log(self, repo: Path) -> Case:
        """Return the listing of a thousand sessions."""
        folder = repo / ".omx" / "wiki" / "sessions"
        folder.mkdir(exist_ok=True)
        for number in range(1000):
            page = folder / f"2026-01-{number % 28 + 1:02}-1200-{number:08}.md"
            page.write_text(_SESSION.format(number=number, day=number % 28 + 1), encoding="utf-8")
        return Case("wiki log, 1,000 sessions", lambda _: [self._wiki, "log"], repo, self._environ)

    def _commands(self, corpus: Corpus, repo: Path, size: int) -> Iterator[Case]:
        queries = corpus.queries(repo / ".omx" / "wiki", _QUERIES)
        case = partial(Case, cwd=repo, environ=self._environ)

        def query(number: int) -> list[str]:
            return [self._wiki, "query", "--json", "-n", "5", *queries[number % _QUERIES].split()]

        def add(number: int) -> list[str]:
            return [self._wiki, "add", f"Benchmark note {number}", _NOTE]

        yield case(f"wiki query, {size:,} pages", query, bar=_BARS[size])
        yield case(f"wiki add, {size:,} pages", add, bar=_BARS["add"])
        state = Path(self._run(repo, self.python, "-I", "-c", _STATE, str(repo)).strip())
        yield case(
            f"index build, {size:,} pages",
            lambda _: [self.python, "-I", "-c", _WORK, str(repo)],
            before=lambda: shutil.rmtree(state / "index"),
            speaks=False,
            rounds=_BUILD_ROUNDS[size],
        )

    def _run(self, cwd: Path, *words: str) -> str:
        done = subprocess.run(words, cwd=cwd, env=self._environ, check=True, capture_output=True, text=True)
        return done.stdout


class Omx:
    """OMX, installed by npm into `package`."""

    def __init__(self, ground: Path, package: Path) -> None:
        self._ground = ground
        self._environ = sealed_environ(ground / "omx-home")
        self._program = ["node", str(package / "dist" / "cli" / "omx.js"), "wiki"]
        self._hook = ["node", str(package / "dist" / "scripts" / "codex-native-hook.js")]

    def bare(self) -> Case:
        """Return the interpreter of OMX that does nothing."""
        return Case("node -e 0", lambda _: ["node", "-e", "0"], self._ground, self._environ, speaks=False)

    def cases(self, corpus: Corpus, size: int) -> Iterator[Case]:
        """Make a repository of `size` pages in OMX' store and yield what is measured on it."""
        repo = make_repository(self._ground / f"omx-{size}")
        folder = repo / "omx_wiki"
        corpus.write(folder, size)
        case = partial(Case, cwd=repo, environ=self._environ)
        if size:
            subprocess.run(
                [*self._program, "refresh"], cwd=repo, env=self._environ, check=True, capture_output=True
            )
            queries = corpus.queries(folder, _QUERIES)
            yield case(
                f"OMX wiki query, {size:,} pages",
                lambda number: self._wiki("query", {"query": queries[number % _QUERIES], "limit": 5}),
            )
            yield case(
                f"OMX wiki add, {size:,} pages",
                lambda number: self._wiki("add", {"title": f"Benchmark note {number}", "content": _NOTE}),
            )
        yield case(
            f"OMX SessionStart hook, {size:,} pages",
            lambda _: self._hook,
            stdin=payload("SessionStart", repo),
        )

    def _wiki(self, verb: str, arguments: Mapping[str, object]) -> list[str]:
        return [*self._program, verb, "--input", json.dumps(arguments), "--json"]


def _install(folder: Path) -> Path:
    """Install this checkout, as users would, into a new virtual environment."""
    _quietly([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = str(folder / "bin" / "python")
    _quietly([sys.executable, "-m", "pip", "--python", python, "install", "-q", str(_CHECKOUT)])
    return folder


def _quietly(words: Sequence[str]) -> None:
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(words)}\n{done.stdout}{done.stderr}")


def _without_launcher(command: str) -> list[str]:
    """Return the interpreter's command line that the installed launcher would run."""
    launcher, *arguments = shlex.split(command)
    text = Path(launcher).read_text(encoding="utf-8")
    line = re.search(r"^\s*(.* -I -S .*?)$", text, re.MULTILINE)
    assert line, f"no interpreter in {launcher}"
    words = [word for word in shlex.split(line[1]) if not re.match(r"\d?>|exec$", word)]
    place = words.index("$@")
    return [*words[:place], *arguments, *words[place + 1 :]]
