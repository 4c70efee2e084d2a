"""Hooks and workers as processes that are killed at any moment: no session is lost, none is told twice."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import omx_wiki
from journal.rollouts import VARIED, place_rollout, rollout_path, rollout_text, session_id, session_pages
from omx_wiki.hook import spawn
from omx_wiki.pages.lock import locked, try_locked
from omx_wiki.pending import pending_work
from omx_wiki.project import find_project

PACKAGE_ROOT = str(Path(omx_wiki.__file__).parents[1])
HOOK = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import omx_wiki; del sys.path[0]; "
    "from omx_wiki.hook.main import main; main()"
)
DEADLINE = 60.0  # seconds; a guard against a hang
POLL = 0.001


@pytest.fixture
def wiki(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a wiki; hooks start no worker there unless the test allows it."""
    (repository / ".omx" / "wiki").mkdir(parents=True)
    (repository / ".gitignore").write_text(".omx/\n", encoding="utf-8")
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    return repository


def start_hook(event: str, root: Path, transcript: Path) -> subprocess.Popen[bytes]:
    """Start a hook and hand it its event."""
    told = {
        "hook_event_name": event,
        "session_id": transcript.stem[-36:],
        "transcript_path": str(transcript),
        "cwd": str(root),
    }
    if event == "SessionStart":
        told["source"] = "startup"
    pipe = subprocess.PIPE
    words = [sys.executable, "-I", "-S", "-c", HOOK, PACKAGE_ROOT, "--wiki", "/opt/wiki"]
    hook = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe)
    assert hook.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        hook.stdin.write(json.dumps(told).encode())
        hook.stdin.close()
    hook.stdin = None
    return hook


def is_contract_output(said: bytes) -> bool:
    """Whether a hook said nothing, or one answer with a start-up context."""
    return not said or "hookSpecificOutput" in json.loads(said)


def report(event: str, root: Path, transcript: Path) -> None:
    """Run a hook to its end."""
    with start_hook(event, root, transcript) as hook:
        said, complained = hook.communicate(timeout=DEADLINE)
    assert (hook.returncode, complained) == (0, b"")
    assert is_contract_output(said)


def start_worker(root: Path) -> subprocess.Popen[bytes]:
    """Start a worker as hooks do, but within reach."""
    words = [sys.executable, "-I", "-c", spawn._WORKER, PACKAGE_ROOT, str(root)]
    return subprocess.Popen(words)


def finish_work(root: Path) -> None:
    """Run a worker to its end."""
    with start_worker(root) as process:
        assert process.wait(timeout=DEADLINE) == 0
    assert pending_work(find_project(str(root))) == 0


def kill_when(process: subprocess.Popen[bytes], seen: Callable[[], bool]) -> None:
    """Kill a process as soon as a state is seen, unless it ends before."""
    with process:
        while not seen() and process.poll() is None:
            time.sleep(POLL)
        process.kill()


def after(seconds: float) -> Callable[[], bool]:
    """Return the state that comes after some time."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def next_session(root: Path) -> None:
    """Start one more session, in which nothing happens, and run the worker."""
    session = session_id(999)
    path = rollout_path(session)
    path.write_bytes(rollout_text("codex-0.169", root, session).partition(b"\n")[0] + b"\n")
    report("SessionStart", root, path)
    finish_work(root)


def clean_pages(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes]:
    """Return the pages that an undisturbed run makes of the same transcripts, from an empty state."""
    sessions = root / ".omx" / "wiki" / "sessions"
    with monkeypatch.context() as patch:
        patch.setenv("OMX_WIKI_HOME", str(tmp_path / "clean-state"))
        if sessions.exists():
            sessions.rename(tmp_path / "aside")
        finish_work(root)
        pages = session_pages(root)
        shutil.rmtree(sessions, ignore_errors=True)
        if (tmp_path / "aside").exists():
            (tmp_path / "aside").rename(sessions)
    return pages


def state_of(root: Path) -> Path:
    return Path(find_project(str(root)).state)


def grow(path: Path, whole: bytes, share: float) -> None:
    """Let a transcript grow to a share of what it will be, to any byte."""
    size = path.stat().st_size if path.exists() else 0
    with path.open("ab") as file:
        file.write(whole[size : max(size, int(len(whole) * share))])


@pytest.mark.parametrize("seed", range(4))
def test_kills_at_random_moments_lose_and_double_nothing(
    wiki: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    numbers = range(3)
    fixtures = chance.sample(VARIED, len(numbers))
    wholes = {rollout_path(session_id(n)): rollout_text(fixtures[n], wiki, session_id(n)) for n in numbers}
    for step in range(1, 5):
        for path, whole in wholes.items():
            grow(path, whole, chance.uniform(step - 1, step) / 4 if step < 4 else 1)
            hook = start_hook(chance.choice(["Stop", "PreCompact", "SessionEnd"]), wiki, path)
            kill_when(hook, after(chance.uniform(0, 0.06)))
        kill_when(start_worker(wiki), after(chance.uniform(0, 0.6)))
    next_session(wiki)
    pages = session_pages(wiki)
    assert len(pages) == len(wholes)
    assert pages == clean_pages(wiki, monkeypatch, tmp_path)


def _states(root: Path) -> dict[str, Callable[[], bool]]:
    """Return what can be seen from outside while a worker goes through its work."""
    state, store = state_of(root), root / ".omx" / "wiki"
    return {
        "lock": (state / "worker.lock").exists,
        "work taken": (state / "dirty.taken").exists,
        "facts kept": lambda: any((state / "sessions").glob("*.json")),
        "first page": lambda: any((store / "sessions").glob("*.md")),
        "three pages": lambda: len(list((store / "sessions").glob("*.md"))) >= 3,
        "ledger saved": (state / "sessions.json").exists,
        "inbox emptied": lambda: not any((state / "inbox").glob("*.json")),
    }


@pytest.mark.parametrize(
    "moment",
    ["lock", "work taken", "facts kept", "first page", "three pages", "ledger saved", "inbox emptied"],
)
def test_a_worker_killed_in_the_middle_is_made_good_by_the_next(
    wiki: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moment: str
) -> None:
    paths = [place_rollout(name, wiki, number) for number, name in enumerate(VARIED)]
    for path in paths:
        report("SessionEnd", wiki, path)
    kill_when(start_worker(wiki), _states(wiki)[moment])
    next_session(wiki)
    pages = session_pages(wiki)
    assert len(pages) == len(paths)
    assert pages == clean_pages(wiki, monkeypatch, tmp_path)


def test_a_hook_killed_while_it_writes_leaves_nothing_that_disturbs(wiki: Path) -> None:
    path = place_rollout("patch", wiki, 1)
    report("Stop", wiki, path)
    inbox = state_of(wiki) / "inbox"
    (inbox / ".00000000000000000001-1").write_bytes(b'{"event":"turn-e')
    (inbox / "00000000000000000002-1.json").write_bytes(b'{"event":"turn-e')
    finish_work(wiki)
    assert len(session_pages(wiki)) == 1
    assert not list(inbox.glob("*.json"))


def test_eight_sessions_that_end_at_once_leave_eight_pages(
    wiki: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = [place_rollout(name, wiki, number) for number, name in enumerate(VARIED)]
    hooks = [start_hook("SessionEnd", wiki, path) for path in paths]
    for hook in hooks:
        said, complained = hook.communicate(timeout=DEADLINE)
        assert is_contract_output(said)
        assert not complained
    workers = [start_worker(wiki) for _ in paths]
    assert [process.wait(timeout=DEADLINE) for process in workers] == [0] * len(workers)
    assert pending_work(find_project(str(wiki))) == 0
    pages = session_pages(wiki)
    assert len(pages) == len(paths) == 8
    assert pages == clean_pages(wiki, monkeypatch, tmp_path)


def wait_for_rest(root: Path) -> None:
    """Return when the workers that hooks started are through."""
    project = find_project(str(root))
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if not pending_work(project):  # a lock taken while work waits would turn the worker away
            with try_locked(str(state_of(root) / "worker.lock")) as is_free:
                if is_free and not pending_work(project):
                    return
        time.sleep(POLL)
    raise AssertionError("background work does not end")


def test_hooks_that_end_at_once_start_the_work_themselves(
    wiki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "1")
    paths = [place_rollout(name, wiki, number) for number, name in enumerate(VARIED)]
    hooks = [start_hook("SessionEnd", wiki, path) for path in paths]
    for hook in hooks:
        said, complained = hook.communicate(timeout=DEADLINE)
        assert is_contract_output(said)
        assert not complained
    wait_for_rest(wiki)
    assert len(session_pages(wiki)) == 8


def test_a_hook_does_not_wait_for_the_work_it_starts(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "1")
    path = place_rollout("patch", wiki, 1)
    with locked(str(wiki / ".omx" / "wiki")):
        report("Stop", wiki, path)
        assert session_pages(wiki) == {}
    wait_for_rest(wiki)
    assert len(session_pages(wiki)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_losing_the_state_in_between_loses_and_doubles_no_page(
    wiki: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    fixtures = chance.sample(VARIED, 3)
    wholes = {
        rollout_path(session_id(n)): rollout_text(name, wiki, session_id(n))
        for n, name in enumerate(fixtures)
    }
    for share in (0.4, 0.7, 1.0):
        for path, whole in wholes.items():
            grow(path, whole, share)
            report("Stop", wiki, path)
        kill_when(start_worker(wiki), after(chance.uniform(0.1, 0.6)))
        shutil.rmtree(state_of(wiki))
    next_session(wiki)
    pages = session_pages(wiki)
    assert len(pages) == 3
    assert pages == clean_pages(wiki, monkeypatch, tmp_path)


def test_losing_the_state_under_a_running_worker_is_made_good(wiki: Path) -> None:
    paths = [place_rollout(name, wiki, number) for number, name in enumerate(VARIED)]
    for path in paths:
        report("Stop", wiki, path)
    with start_worker(wiki) as process:
        while not _states(wiki)["first page"]() and process.poll() is None:
            time.sleep(POLL)
        shutil.rmtree(state_of(wiki), ignore_errors=True)
        process.wait(timeout=DEADLINE)
    next_session(wiki)
    assert len(session_pages(wiki)) == len(paths)


@pytest.mark.parametrize("seed", range(3))
def test_notes_survive_kills(wiki: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = rollout_path(session_id(1))
    whole = rollout_text("failing-then-passing", wiki, session_id(1))
    grow(path, whole, 0.6)
    report("Stop", wiki, path)
    finish_work(wiki)
    [page] = (wiki / ".omx" / "wiki" / "sessions").glob("*.md")
    note = f"\n## Notes\n\nRead this {seed} times.\n".encode()
    with page.open("ab") as file:
        file.write(note)
    for share in (0.7, 0.8, 0.9, 1.0):
        grow(path, whole, share)
        report("SessionEnd", wiki, path)
        kill_when(start_worker(wiki), after(chance.uniform(0.1, 0.5)))
        assert page.read_bytes().endswith(note)
    next_session(wiki)
    [data] = session_pages(wiki).values()
    assert data.endswith(note)
    assert data.count(note) == 1
