"""What is private: folders, inbox, index, log, settings, and traces of others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctor.snapshots import snapshot
from omx_wiki.doctor.environment import check_environment
from omx_wiki.doctor.finding import Finding
from omx_wiki.doctor.hook_log import check_log, read_logs
from omx_wiki.doctor.inbox import age_of, check_inbox, read_inbox
from omx_wiki.doctor.index import check_index
from omx_wiki.doctor.private import check_private
from omx_wiki.doctor.traces import check_hooks_file, check_traces
from omx_wiki.errors import UnavailableError
from omx_wiki.hook import log
from omx_wiki.hosts import hooks_file, launcher
from omx_wiki.hosts.edit import FileEdit, apply
from omx_wiki.hosts.host import HostState
from omx_wiki.pending import mark_path, taken_path
from omx_wiki.project import Project, state_home

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("no_background")


def rows(findings: object) -> list[tuple[str, str]]:
    return [(found.level, found.text) for found in findings]  # type: ignore[attr-defined]  # an iterable


def spool(state: Path, name: str, data: str, age: float = 0) -> None:
    inbox = state / "inbox"
    inbox.mkdir(mode=0o700, exist_ok=True)
    (inbox / name).write_text(data, encoding="utf-8")
    os.utime(inbox / name, (time.time() - age,) * 2)


_HOLD = """
import sys
from omx_wiki.pages.lock import try_locked
with try_locked(sys.argv[1]) as is_ours:
    print(is_ours, flush=True)
    sys.stdin.read()
"""


@contextmanager
def worker_at_work(state: Path) -> Iterator[None]:
    """Let another process hold the lock of the worker."""
    command = [sys.executable, "-c", _HOLD, str(state / "worker.lock")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "wiki")}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        yield
        process.communicate()


def test_folders_of_ours_alone_are_fine(project: Project, state: Path) -> None:
    assert state.is_dir()
    (found,) = check_private(project)
    assert (found.level, found.facts["backups"]) == ("ok", 0)


def test_a_home_that_cannot_be_created_is_told(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "file" / "deep" / "home"))
    (found,) = check_private(project)
    assert (found.level, "cannot be created" in found.text) == ("error", True)


def test_a_home_that_is_not_there_is_not_to_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_HOME", str(tmp_path / "none"))
    monkeypatch.setattr(
        "omx_wiki.hosts.edit.ensure_private", lambda _path: False
    )  # as below a foreign folder
    with pytest.raises(UnavailableError, match="none cannot be created"):
        apply([FileEdit(launcher.launcher_path(), None, b"x", "launcher", is_private=True)])


def test_without_private_folders_there_is_nothing_to_say(project: Project) -> None:
    assert [level for level, _ in rows(check_private(project))] == ["ok"]
    assert list(check_inbox(project)) == []


@pytest.mark.parametrize("name", ["", "inbox"])
def test_a_folder_open_to_others_is_closed(project: Project, state: Path, name: str) -> None:
    path = state / name
    path.mkdir(exist_ok=True)
    path.chmod(0o755)
    found = next(found for found in check_private(project) if found.level == "error")
    assert found.text.startswith(f"{path} is open to others (mode 755)")
    assert found.fix
    found.fix.apply()
    assert [level for level, _ in rows(check_private(project))] == ["ok"]


def test_a_link_in_place_of_a_folder_is_left_alone(project: Project, state: Path, tmp_path: Path) -> None:
    (state / "index").symlink_to(tmp_path)
    found = next(found for found in check_private(project) if found.level == "error")
    assert (found.fix, "is no folder" in found.text) == (None, True)


def test_a_folder_of_another_user_is_left_alone(
    project: Project, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = state.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    found = [found for found in check_private(project) if found.level == "error"]
    assert found
    assert all(row.fix is None and "another user" in row.text for row in found)


def test_records_that_wait_are_told_with_their_age(project: Project, state: Path) -> None:
    spool(state, "1.json", "{}", age=4000)
    spool(state, "2.json", "{}")
    before = snapshot(state)
    (found,) = check_inbox(project)
    assert (found.level, found.text.split(",")[:2]) == (
        "warning",
        ["2 events for the journal", " the oldest 1 hour old"],
    )
    assert snapshot(state) == before


def test_fresh_records_are_no_trouble(project: Project, state: Path) -> None:
    spool(state, "1.json", "{}")
    assert [level for level, _ in rows(check_inbox(project))] == ["ok"]


def test_records_wait_while_the_journal_is_off(project: Project, state: Path, store: Path) -> None:
    store.parent.joinpath("wiki.toml").write_text("[capture]\nenabled = false\n", encoding="utf-8")
    spool(state, "1.json", "{}", age=4000)
    ((level, text),) = rows(check_inbox(project))
    assert level == "note"
    assert "until the journal is on" in text


def test_broken_records_are_counted_and_not_removed(project: Project, state: Path, store: Path) -> None:
    assert store.is_dir()
    spool(state, "1.json", '{"event": ', age=10)
    spool(state, ".torn", "x", age=4000)
    spool(state, ".being-written", "x")
    before = snapshot(state)
    found = next(found for found in check_inbox(project) if found.level == "note")
    assert found.text == "2 broken records of hooks that were killed"
    assert snapshot(state) == before
    assert found.fix
    found.fix.apply()
    assert rows(check_inbox(project)) == [("ok", "nothing waits for the journal")]


def test_a_killed_worker_is_told_from_one_at_work(project: Project, state: Path) -> None:
    Path(taken_path(project)).touch()
    assert ("note", "a worker ended before its work was done; the next one does it") in rows(
        check_inbox(project)
    )
    spool(state, "1.json", "{}", age=4000)
    with worker_at_work(state):
        ((level, text),) = rows(check_inbox(project))
    assert level == "ok"
    assert text.startswith("a worker is at 1 event")


def test_work_that_is_asked_for_is_fine(project: Project, state: Path) -> None:
    assert state.is_dir()
    Path(mark_path(project)).touch()
    assert {level for level, _ in rows(check_inbox(project))} == {"ok"}


@given(st.lists(st.tuples(st.sampled_from(["1.json", "2.json", ".x", "y"]), st.binary(max_size=20))))
def test_any_inbox_is_counted(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("inbox")
    folder.chmod(0o700)
    for name, data in files:
        (folder / name).write_bytes(data)
    waiting = read_inbox(str(folder), time.time() + 5000)
    assert waiting.records + waiting.torn == len({name for name, _ in files if name.endswith(".json")})
    assert (waiting.oldest > 0) == (waiting.records > 0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 seconds"), (61, "1 minute"), (7300, "2 hours"), (200_000, "2 days")]
)
def test_ages_are_told_in_their_greatest_unit(seconds: float, text: str) -> None:
    assert age_of(seconds) == text


def test_an_index_that_is_behind_is_brought_up_to_date(project: Project, store: Path) -> None:
    (store / "a.md").write_text("# A\n\nText.\n", encoding="utf-8")
    (found,) = check_index(project)
    assert (found.level, dict(found.facts)) == ("note", {"pages": 0, "behind": 1})
    assert found.fix
    found.fix.apply()
    assert rows(check_index(project)) == [("ok", "1 page, all as they are")]


def test_the_last_run_and_failure_are_told(project: Project, state: Path) -> None:
    assert rows(check_log(project)) == []
    log.append(str(state), "codex-native session-start startup 120 bytes")
    log.append(str(state), "xcodex-v1 turn-end 0 bytes")
    log.append(str(state), "user-prompt 2 pages, 120 bytes")
    log.append(state_home(), "failed: ValueError('x') [codex]")
    logged = read_logs(project)
    assert {dialect: run.text for dialect, run in logged.runs.items()} == {
        "codex-native": "user-prompt 2 pages, 120 bytes",
        "xcodex-v1": "xcodex-v1 turn-end 0 bytes",
    }
    assert [level for level, _ in rows(check_log(project))] == ["ok", "warning"]
    log.append(str(state), "spool: OSError() [xcodex-v2]")
    log.append(str(state), "worker failed: OSError()")
    told = [text.partition(" failed")[0] for level, text in rows(check_log(project)) if level == "warning"]
    assert told == ["something", "codex", "xcodex-v2"]
    with (state / "hook.log").open("a", encoding="utf-8") as file:
        file.write("2999-01-01T00:00:00Z turn-end 0 bytes\n")
    assert {level for level, _ in rows(check_log(project))} == {"ok", "note"}


def test_an_old_failure_is_forgotten(project: Project, state: Path) -> None:
    (state / "hook.log").write_text("2020-01-01T00:00:00Z worker failed: x\n", encoding="utf-8")
    assert rows(check_log(project)) == []


@given(st.binary())
def test_any_log_is_read(project: Project, data: bytes) -> None:
    state = Path(project.state)
    state.mkdir(parents=True, exist_ok=True)
    for folder in (state, state.parent):
        folder.chmod(0o700)
    (state / "hook.log").write_bytes(data)
    assert all(isinstance(found, Finding) for found in check_log(project))


def test_switches_are_told_of(project: Project, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMX_WIKI_BACKGROUND")
    assert [level for level, _ in rows(check_environment(project))] == ["ok"]
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    settings = store.parent / "wiki.toml"
    settings.write_text("[capture]\nenabled = false\n[context]\nenabled = false\n", encoding="utf-8")
    assert [level for level, _ in rows(check_environment(project))] == [
        "warning",
        "note",
        "note",
        "warning",
        "ok",
    ]


@pytest.mark.parametrize(("name", "text"), [("wiki.off", ""), ("wiki.toml", "enabled = false\n")])
def test_hooks_that_are_off_here_are_a_warning(
    project: Project, store: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.delenv("OMX_WIKI_BACKGROUND")
    (store.parent / name).write_text(text, encoding="utf-8")
    assert [level for level, _ in rows(check_environment(project))] == ["warning", "ok"]


def test_mistakes_in_the_settings_are_warnings(project: Project, store: Path) -> None:
    (store.parent / "wiki.toml").write_text("[context]\nbudget = 1\n", encoding="utf-8")
    found = list(check_environment(project))
    assert found[0].level == "warning"
    assert "context.budget" in found[0].text
    assert not any(row.text == "no mistakes in the settings" for row in found)


def test_shared_pages_and_old_files_are_told_of(project: Project, state: Path) -> None:
    Path(project.shared_store).mkdir()
    Path(project.shared_store, "a.md").write_text("# A\n", encoding="utf-8")
    (state / "summary").write_text("x", encoding="utf-8")
    found = list(check_traces(project, ()))
    assert rows(found) == [
        ("ok", "omx_wiki/ has 1 page, which are read and left as they are"),
        ("note", "files of an earlier version: summary"),
    ]
    assert found[1].fix
    found[1].fix.apply()
    assert len(rows(check_traces(project, ()))) == 1


def hooks(tmp_path: Path, *groups: object) -> str:
    path = tmp_path / "hooks.json"
    path.write_text(json.dumps({"hooks": {"Stop": list(groups)}}), encoding="utf-8")
    return str(path)


def group(command: str) -> dict[str, object]:
    return {"hooks": [{"type": "command", "command": command}]}


def test_one_group_of_ours_needs_no_word(tmp_path: Path) -> None:
    assert rows(check_hooks_file(hooks(tmp_path, group(launcher.hook_command())))) == []


def test_groups_of_others_and_inert_ones_do_no_harm(tmp_path: Path) -> None:
    omx = group('"/usr/bin/node" "/opt/omx/dist/scripts/codex-native-hook.js"')
    path = hooks(tmp_path, omx, hooks_file.INERT_GROUP, group(launcher.hook_command()))
    assert [level for level, _ in rows(check_hooks_file(path))] == ["ok", "ok"]


def test_the_launcher_of_another_private_folder_is_a_warning(tmp_path: Path) -> None:
    path = hooks(tmp_path, group("/other/bin/wiki-hook --dialect codex"), group(launcher.hook_command()))
    found = rows(check_hooks_file(path))
    assert [level for level, _ in found] == ["warning", "warning"]
    assert "/other/bin/wiki-hook" in found[0][1]
    assert "twice for Stop" in found[1][1]


def test_a_file_that_codex_rejects_is_an_error(project: Project, tmp_path: Path) -> None:
    path = Path(hooks(tmp_path, group(launcher.hook_command())))
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "version": 1}), encoding="utf-8")
    state = HostState("codex", is_present=True, files=(str(path),))
    assert [found.level for found in check_traces(project, (state,))] == ["ok", "error"]


@given(st.binary())
def test_any_hooks_file_is_survived(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hooks.json").write_bytes(data)
    assert all(isinstance(found, Finding) for found in check_hooks_file(str(tmp_path / "hooks.json")))
