"""The switches of a project, as hooks and the worker read them: at once, prepared or not, never raising."""

from __future__ import annotations

import builtins
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import omx_wiki
from omx_wiki import worker
from omx_wiki.hook.brief import DEFAULT_BUDGET, HARD_CAP
from omx_wiki.hook.spool import INBOX, UNWATCHED
from omx_wiki.hook.switches import (
    DEFAULTS,
    MOST_BUDGET,
    prepare_switches,
    prepared_switches_path,
    switches,
    user_file,
)
from omx_wiki.journal.inbox import spooled as records
from omx_wiki.pages.store import Store
from omx_wiki.pending import pending_work
from omx_wiki.project import Project, ensure_private, find_project, state_home
from omx_wiki.settings import load_settings

PACKAGE_ROOT = str(Path(omx_wiki.__file__).parents[1])
FIXTURES = Path(__file__).parents[1] / "fixtures" / "codex-native"
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import omx_wiki; del sys.path[0]; "
    "from omx_wiki.hook.main import main; main()"
)
REPORT = START.replace(
    "main()", "import os; os._exit = lambda code: print(*sys.modules, file=sys.stderr); main()"
)
_AGES = itertools.count(1_700_000_000)
"""Every file gets a time of its own, long ago."""

OFF = "[capture]\nenabled = false\n"


pytestmark = pytest.mark.usefixtures("no_background")


@pytest.fixture
def wiki(repository: Path) -> Path:
    store = repository / ".omx" / "wiki"
    store.mkdir(parents=True)
    for number in range(60):
        text = f"# Page {number}\n\n{'A fact to know, ' * 20}\n"
        (store / f"page-{number}.md").write_text(text, encoding="utf-8")
    return repository


@pytest.fixture
def project(wiki: Path) -> Project:
    found = find_project(str(wiki))
    assert ensure_private(state_home())
    assert ensure_private(found.state)
    return found


def set_project(root: Path, text: str, *, aged: bool = True) -> Path:
    """Write the project's settings, by default long enough ago to be remembered."""
    return write(root / ".omx" / "wiki.toml", text, aged=aged)


def set_user(text: str) -> Path:
    return write(Path(user_file()), text)


def write(path: Path, text: str, *, aged: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if aged:
        age = next(_AGES)
        os.utime(path, (age, age))
    return path


def in_force(project: Project) -> dict[str, Any]:
    found = switches(project)
    return {name: getattr(found, name) for name in found.__slots__}


def run(
    event: str, folder: Path, prelude: str = START, **facts: str | None
) -> subprocess.CompletedProcess[bytes]:
    told = json.loads((FIXTURES / f"{event}.json").read_text(encoding="utf-8"))
    told |= {"cwd": str(folder), "transcript_path": str(folder / "rollout.jsonl")}
    told["session_id"] = f"session-{next(_AGES)}"  # a session is told once
    told |= facts
    command = [sys.executable, "-I", "-S", "-c", prelude, PACKAGE_ROOT, "--wiki", "/opt/wiki"]
    return subprocess.run(
        command, input=json.dumps(told).encode(), capture_output=True, timeout=60, check=False
    )


def context(folder: Path) -> str:
    done = run("SessionStart.startup", folder)
    assert (done.returncode, done.stderr) == (0, b"")
    if not done.stdout:
        return ""
    answer: str = json.loads(done.stdout)["hookSpecificOutput"]["additionalContext"]
    return answer


def spooled(project: Project) -> list[str]:
    inbox = os.path.join(project.state, INBOX)
    return sorted(os.listdir(inbox)) if os.path.isdir(inbox) else []


def test_the_defaults_hold_without_any_file(project: Project) -> None:
    assert in_force(project) == {
        "enabled": True,
        "capture": True,
        "context": True,
        "budget": DEFAULT_BUDGET,
        "sections": DEFAULTS["context.sections"],
        "pins": (),
    }
    assert MOST_BUDGET == HARD_CAP
    prepare_switches(project)
    assert not os.path.exists(prepared_switches_path(project))


def test_the_project_wins_over_the_user_and_the_environment_over_both(
    wiki: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_user("[context]\nbudget = 1000\npins = ['a']\n")
    set_project(wiki, "[context]\nbudget = 2000\n")
    assert (switches(project).budget, switches(project).pins) == (2000, ("a",))
    monkeypatch.setenv("OMX_WIKI_BUDGET", "3000")
    assert switches(project).budget == 3000
    for nonsense in ("", "399", "9201", "x", "1e3", "+500", "٤٠٠٠", "9" * 5000, "-4800", " 4800"):
        monkeypatch.setenv("OMX_WIKI_BUDGET", nonsense)
        assert switches(project).budget == 2000


def test_a_prepared_copy_is_used_while_the_files_are_as_they_were(
    wiki: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_project(wiki, OFF)
    prepare_switches(project)
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        assert name != "omx_wiki.hook.settings_file"
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert not switches(project).capture


@pytest.mark.parametrize("is_prepared", [True, False])
def test_every_change_takes_effect_at_once(wiki: Path, project: Project, *, is_prepared: bool) -> None:
    def check(*, capture: bool) -> None:
        assert switches(project).capture is capture
        if is_prepared:
            prepare_switches(project)

    check(capture=True)
    path = set_project(wiki, OFF)
    check(capture=False)
    set_project(wiki, OFF.replace("false", "true "))
    check(capture=True)
    set_project(wiki, OFF)
    check(capture=False)
    path.unlink()
    check(capture=True)
    set_user(OFF)
    check(capture=False)
    os.environ["OMX_WIKI_CONFIG"] = str(wiki / "none.toml")
    try:
        check(capture=True)
    finally:
        del os.environ["OMX_WIKI_CONFIG"]
    check(capture=False)


def test_a_file_that_may_still_change_unnoticed_is_not_remembered(wiki: Path, project: Project) -> None:
    path = set_project(wiki, OFF, aged=False)
    before = path.stat()
    assert not switches(project).capture
    path.write_text(OFF.replace("false", "true "), encoding="utf-8")
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert switches(project).capture


def test_a_copy_others_could_write_is_not_used(wiki: Path, project: Project) -> None:
    set_project(wiki, OFF)
    prepare_switches(project)
    copy = Path(prepared_switches_path(project))
    assert copy.exists()
    copy.write_bytes(copy.read_bytes().replace(b"capture.enabled", b"context.enabled"))
    assert switches(project).capture
    os.chmod(project.state, 0o755)
    assert not switches(project).capture


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\xe3", b"(\x01\x00\x00\x00N"])
def test_a_damaged_copy_is_not_used(wiki: Path, project: Project, damage: bytes) -> None:
    set_project(wiki, OFF)
    Path(prepared_switches_path(project)).write_bytes(damage)
    assert not switches(project).capture
    assert Path(prepared_switches_path(project)).read_bytes() != damage


def test_a_read_only_state_costs_only_the_copy(wiki: Path, project: Project) -> None:
    set_project(wiki, OFF)
    os.mkdir(prepared_switches_path(project))  # nothing can replace it
    prepare_switches(project)
    assert not switches(project).capture


@given(st.binary(max_size=200) | st.sampled_from([b"enabled = false", b"[context]\nbudget=1", b"context=1"]))
@settings(max_examples=60)
def test_hooks_and_the_config_command_never_disagree(project: Project, data: bytes) -> None:
    path = set_project(Path(project.root), "")
    path.write_bytes(data)
    for _ in range(2):
        found, loaded = switches(project), load_settings(project).settings
        assert (found.enabled, found.budget) == (loaded.enabled, loaded.context.budget)
        assert found.context == (loaded.enabled and loaded.context.enabled)
        assert found.capture == (loaded.enabled and loaded.capture.enabled)
        assert (found.sections, found.pins) == (loaded.context.sections, loaded.context.pins)
        os.utime(path, (1_600_000_000 + len(data), 1_600_000_000 + len(data)))


def switch_off(wiki: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match how:
        case "environment":
            monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
        case "file":
            (wiki / ".omx" / "wiki.off").touch()
        case "dangling link":
            (wiki / ".omx" / "wiki.off").symlink_to("nowhere")
        case "project":
            set_project(wiki, "enabled = false\n")
        case _:
            set_user("enabled = false\n")


@pytest.mark.parametrize("how", ["environment", "file", "dangling link", "project", "user"])
@pytest.mark.parametrize(
    "event", ["SessionStart.startup", "SessionStart.fork", "Stop", "PreCompact", "SessionEnd"]
)
def test_a_hook_that_is_switched_off_leaves_nothing_but_a_note_not_to_look(
    wiki: Path, project: Project, how: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(wiki, how, monkeypatch)
    exclude = wiki / ".git" / "info" / "exclude"
    before = exclude.read_bytes() if exclude.exists() else b""
    done = run(event, wiki)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (exclude.read_bytes() if exclude.exists() else b"") == before
    assert [record.event for record in records(project)] == [UNWATCHED]


@pytest.mark.parametrize("how", ["environment", "file", "dangling link", "project", "user"])
@pytest.mark.parametrize("event", ["PostToolUse", "SubagentStop"])
def test_a_hook_that_is_switched_off_does_nothing_at_other_events(
    wiki: Path, project: Project, how: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(wiki, how, monkeypatch)
    before = sorted(os.listdir(project.state))
    done = run(event, wiki, prompt="wiki query lamp")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert spooled(project) == []
    assert set(os.listdir(project.state)) - set(before) <= {"switches"}


@pytest.mark.parametrize("prompt", ["wiki query lamp", "Light the lamp"])
def test_a_prompt_of_a_session_that_is_switched_off_is_noted_and_not_answered(
    wiki: Path, project: Project, prompt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    done = run("UserPromptSubmit", wiki, prompt=prompt)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert [record.event for record in records(project)] == [UNWATCHED]
    assert b"lamp" not in b"".join(path.read_bytes() for path in Path(project.state, INBOX).iterdir())


def test_a_session_that_is_switched_off_leaves_one_note_however_long_it_lasts(
    wiki: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    session, transcript = "0badcafe-0000-7000-8000-000000000001", str(wiki / "rollout.jsonl")
    for event in ("SessionStart.startup", "Stop", "Stop", "PreCompact", "Stop", "SessionEnd"):
        assert run(event, wiki, session_id=session).returncode == 0
    [name] = spooled(project)
    note = json.loads(Path(project.state, INBOX, name).read_text(encoding="utf-8"))
    del note["received"]
    told = {"dialect": "claude", "cwd": str(wiki), "parent": 0, "transcript_path": transcript}
    assert note == {"event": UNWATCHED, "session_id": session, **told}


def test_an_ephemeral_session_that_is_switched_off_leaves_no_note(
    wiki: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    assert run("Stop", wiki, transcript_path=None).returncode == 0
    assert spooled(project) == []


def test_before_setup_a_hook_leaves_no_note(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    assert run("Stop", repository).returncode == 0
    assert not os.path.exists(find_project(str(repository)).state)


def test_a_hook_works_again_once_the_kill_switch_is_gone(wiki: Path) -> None:
    (wiki / ".omx" / "wiki.off").touch()
    assert context(wiki) == ""
    (wiki / ".omx" / "wiki.off").unlink()
    assert "60 pages" in context(wiki)


def test_the_project_may_switch_on_what_the_user_switched_off(wiki: Path) -> None:
    set_user("enabled = false\n")
    set_project(wiki, "enabled = true\n")
    assert "60 pages" in context(wiki)


def test_without_capture_a_session_has_its_context_and_leaves_no_event(wiki: Path, project: Project) -> None:
    set_project(wiki, OFF)
    assert "60 pages" in context(wiki)
    for event in ("Stop", "SessionEnd"):
        assert run(event, wiki).stdout == b""
    assert [record.event for record in records(project)] == [UNWATCHED] * 3
    set_project(wiki, "")
    run("Stop", wiki)
    assert sorted(record.event for record in records(project)) == ["turn-end", *[UNWATCHED] * 3]


def test_without_context_a_session_is_still_recorded(wiki: Path, project: Project) -> None:
    set_project(wiki, "[context]\nenabled = false\n")
    assert context(wiki) == ""
    assert len(spooled(project)) == 1


def test_the_budget_bounds_the_context(wiki: Path) -> None:
    sizes = [len(context(wiki).encode())]
    for budget in (1000, 9200):
        set_project(wiki, f"[context]\nbudget = {budget}\n")
        sizes.append(len(context(wiki).encode()))
    usual, small, large = sizes
    assert small <= 1000 < usual <= DEFAULT_BUDGET
    assert usual < large <= 9200


@pytest.mark.parametrize(
    "text", ["enabled = ", "enabled = 'false'", "\x00", "[context]\nbudget = 1", "[" * 999]
)
def test_settings_that_are_wrong_change_nothing(wiki: Path, text: str) -> None:
    usual = context(wiki)
    set_project(wiki, text)
    assert context(wiki) == usual


def test_a_fifo_for_settings_does_not_make_a_hook_wait(wiki: Path) -> None:
    os.mkfifo(wiki / ".omx" / "wiki.toml")
    os.makedirs(os.path.dirname(user_file()))
    os.mkfifo(user_file())
    assert "60 pages" in context(wiki)


def test_a_hook_reads_a_changed_file_once(wiki: Path) -> None:
    context(wiki)
    set_project(wiki, "[context]\nbudget = 1000\n")
    first, second = (run("SessionStart.startup", wiki, REPORT) for _ in range(2))
    assert first.stdout == second.stdout
    assert b"tomllib" in first.stderr
    loaded = {name.partition(".")[0] for name in second.stderr.decode().split()}
    assert not {"tomllib", "re", "typing"} & loaded


def test_the_worker_prepares_the_switches(wiki: Path, project: Project) -> None:
    set_project(wiki, OFF)
    assert worker.work(project)
    assert os.path.exists(prepared_switches_path(project))


def test_without_capture_nothing_is_journalled_and_nothing_is_lost(
    wiki: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    journalled: list[Store] = []

    def journal(store: Store) -> int:
        journalled.append(store)
        for name in spooled(project):
            os.unlink(os.path.join(project.state, INBOX, name))
        return 0

    monkeypatch.setattr(worker, "update_journal", journal)
    run("Stop", wiki)
    set_project(wiki, OFF)
    assert worker.work(project)
    assert worker.catch_up(project)
    assert journalled == []
    assert pending_work(project) == 0
    assert len(spooled(project)) == 1
    set_project(wiki, "")
    assert pending_work(project) == 1
    assert worker.work(project)
    assert len(journalled) == 1


def test_hooks_that_read_a_changing_file_together_leave_one_whole_copy(wiki: Path, project: Project) -> None:
    set_project(wiki, OFF)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from omx_wiki.hook.switches import switches; "
        "from omx_wiki.project import find_project; "
        "project = find_project(sys.argv[2]); sys.exit(any(switches(project).capture for _ in range(200)))"
    )
    command = [sys.executable, "-c", program, PACKAGE_ROOT, str(wiki)]
    running = [subprocess.Popen(command) for _ in range(4)]
    for number in range(50):
        os.utime(wiki / ".omx" / "wiki.toml", (1_650_000_000 + number, 1_650_000_000 + number))
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert sorted(name for name in os.listdir(project.state) if name.startswith("switches")) == ["switches"]
