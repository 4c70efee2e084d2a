"""Sessions that went on while the journal was off: nothing of them, nor of their sub-agents, is kept."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from journal.rollouts import place_rollout, rollout_path, rollout_text, session_id, session_pages
from omx_wiki.hook.events import HookEvent
from omx_wiki.hook.spool import write_record, write_unwatched
from omx_wiki.journal.backfill import Backfill, Backfilled, codex_transcripts
from omx_wiki.journal.journal import FAILURES, update_journal
from omx_wiki.journal.ledger import Ledger, load_facts
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, find_project, state_home
from omx_wiki_cli.main import cli

MAIN, CHILD, GRANDCHILD = map(session_id, (1, 2, 3))


@pytest.fixture
def store(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the store of a repository that is set up; nothing works in the background."""
    (repository / ".omx" / "wiki").mkdir(parents=True)
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    project = find_project(str(repository))
    assert ensure_private(state_home())
    assert ensure_private(project.state)
    return Store(project)


def pages(store: Store) -> dict[str, bytes]:
    return session_pages(Path(store.project.root))


def place(store: Store, number: int, **meta: object) -> Path:
    """Write the rollout of session `number`; `meta` goes into its header."""
    path = place_rollout("left-failing", store.project.root, number)
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    document = json.loads(header)
    document["payload"] |= meta
    path.write_text(f"{json.dumps(document)}\n{rest}", encoding="utf-8")
    return path


def place_child(store: Store, number: int, parent: str, **meta: str) -> Path:
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}}
    return place(store, number, **{**meta, "source": spawn})


def note(store: Store, path: Path, session: str = MAIN) -> None:
    """Leave what a hook leaves that is switched off."""
    write_unwatched(store.project, HookEvent(session_id=session, transcript_path=str(path)))


def report(store: Store, path: Path, session: str = MAIN) -> None:
    """Leave what a hook leaves that is switched on."""
    facts = {"event": "turn-end", "session_id": session, "transcript_path": str(path)}
    write_record(store.project, HookEvent(**facts), store.project.root)


def assert_nothing_is_kept(store: Store) -> None:
    assert pages(store) == {}
    assert Ledger(store.project).sessions == {}
    assert json.loads(Path(store.project.state, FAILURES).read_text(encoding="utf-8")) == []
    assert not Path(store.project.state, "sessions").exists()


def fill(store: Store, *named: Path) -> list[Backfilled]:
    transcripts = codex_transcripts(map(str, named or (os.environ["CODEX_HOME"],)))
    with Backfill(store, transcripts, named=map(str, named)) as batch:
        return list(batch)


def test_the_session_of_these_tests_would_leave_a_page_and_a_failure(store: Store) -> None:
    place(store, 1)
    place_child(store, 2, MAIN)
    assert update_journal(store) == 2
    assert len(pages(store)) == 1
    assert set(Ledger(store.project).sessions) == {MAIN, CHILD}
    assert Path(store.project.state, FAILURES).read_text(encoding="utf-8") != "[]"


@pytest.mark.parametrize("is_reported", [False, True])
def test_a_session_once_unwatched_stays_out(store: Store, *, is_reported: bool) -> None:
    path = place(store, 1)
    report(store, path)
    note(store, path)
    update_journal(store)
    for _ in range(2):
        with path.open("ab") as file:
            file.write(b"\n")
        if is_reported:
            report(store, path)
        assert update_journal(store) == 0
        assert_nothing_is_kept(store)


@pytest.mark.parametrize(
    "meta", [{}, {"parent_thread_id": MAIN}, {"session_id": MAIN}, {"session_id": CHILD}], ids=str
)
@pytest.mark.parametrize("is_there_at_once", [False, True])
def test_the_sub_agents_of_an_unwatched_session_stay_out(
    store: Store, meta: dict[str, str], *, is_there_at_once: bool
) -> None:
    note(store, place(store, 1))
    if not is_there_at_once:
        update_journal(store)
    child = place_child(store, 2, MAIN, **meta)
    update_journal(store)
    report(store, child, CHILD)
    assert update_journal(store) == 0
    assert_nothing_is_kept(store)


@pytest.mark.parametrize("is_child_there", [False, True])
def test_a_sub_agent_of_a_sub_agent_stays_out(store: Store, *, is_child_there: bool) -> None:
    note(store, place(store, 1))
    if is_child_there:
        place_child(store, 2, MAIN, session_id=MAIN)
    place_child(store, 3, CHILD, session_id=MAIN)
    update_journal(store)
    assert_nothing_is_kept(store)


def test_a_sub_agent_that_only_names_one_left_out_before_stays_out(store: Store) -> None:
    note(store, place(store, 1))
    place_child(store, 2, MAIN)
    update_journal(store)
    place_child(store, 3, CHILD)
    update_journal(store)
    assert_nothing_is_kept(store)


def test_internal_work_for_an_unwatched_session_stays_out(store: Store) -> None:
    note(store, place(store, 1))
    place(store, 2, source={"internal": "title"}, parent_thread_id=MAIN)
    update_journal(store)
    assert_nothing_is_kept(store)


def test_another_session_and_a_fork_made_while_the_journal_is_on_are_journalled(store: Store) -> None:
    note(store, place(store, 1))
    place(store, 2, forked_from_id=MAIN)
    place(store, 3)
    update_journal(store)
    assert set(Ledger(store.project).sessions) == {CHILD, GRANDCHILD}
    assert len(pages(store)) == 2


def test_a_known_session_keeps_the_page_it_had_when_the_journal_was_turned_off(store: Store) -> None:
    path = rollout_path(MAIN)
    whole = rollout_text("resumed", store.project.root, MAIN)
    half = whole.index(b"\n", len(whole) // 2) + 1
    path.write_bytes(whole[:half])
    update_journal(store)
    before, facts = pages(store), load_facts(store.project, MAIN)
    assert len(before) == 1
    path.write_bytes(whole)
    note(store, path)
    place_child(store, 2, MAIN)
    report(store, path)
    for _ in range(2):
        assert update_journal(store) == 0
        assert pages(store) == before
        assert load_facts(store.project, MAIN) == facts
        report(store, path)
    assert set(Ledger(store.project).sessions) == {MAIN}


def test_a_session_is_known_under_every_file_it_has(store: Store) -> None:
    note(store, place(store, 1))
    update_journal(store)
    later = rollout_path(MAIN, day=datetime.now(UTC) - timedelta(days=1))
    later.write_bytes(rollout_text("left-failing", store.project.root, MAIN))
    report(store, later)
    update_journal(store)
    assert_nothing_is_kept(store)


@pytest.mark.parametrize("origin", ["", GRANDCHILD])
def test_a_rollout_without_its_header_is_known_by_its_name(store: Store, origin: str) -> None:
    """The next header, if any, is that of the session it was forked from."""
    path = place(store, 1)
    note(store, path)
    update_journal(store)
    header, _, rest = path.read_bytes().partition(b"\n")
    second = header.replace(MAIN.encode(), origin.encode()) + b"\n" if origin else b""
    path.write_bytes(header[: len(header) // 2] + b"\n" + second + rest)
    report(store, path)
    update_journal(store)
    assert_nothing_is_kept(store)


def test_filling_in_the_past_skips_what_was_left_out(store: Store) -> None:
    note(store, place(store, 1))
    place_child(store, 2, MAIN)
    place(store, 4)
    update_journal(store)
    rows = {Path(row.path).name[-41:-6]: row for row in fill(store)}
    outcomes = {session: row.outcome for session, row in rows.items()}
    left_out = [MAIN[1:], CHILD[1:]]
    assert outcomes == {**dict.fromkeys(left_out, "skipped"), session_id(4)[1:]: "unchanged"}
    assert all("journal was off" in rows[session].reason for session in left_out)
    assert len(pages(store)) == 1


def test_a_file_that_is_named_is_taken_in_and_nothing_after_it(store: Store) -> None:
    path = place(store, 1)
    child = place_child(store, 2, MAIN)
    note(store, path)
    update_journal(store)
    assert [row.outcome for row in fill(store, path.parent)] == ["skipped", "skipped"]
    assert [row.outcome for row in fill(store, path)] == ["recorded"]
    before = pages(store)
    assert len(before) == 1
    with path.open("ab") as file:
        file.write(rollout_text("resumed", store.project.root, MAIN).partition(b"\n")[2])
    report(store, path)
    assert update_journal(store) == 0
    assert pages(store) == before
    assert [row.outcome for row in fill(store)] == ["skipped", "skipped"]
    assert pages(store) == before
    assert [row.outcome for row in fill(store, path, child)] == ["recorded", "recorded"]
    assert pages(store).keys() == before.keys()
    assert pages(store) != before


def test_the_import_command_takes_in_only_what_it_names(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.project.root)
    path = place(store, 1)
    note(store, path)
    update_journal(store)
    done = CliRunner().invoke(cli, ["import", "codex"], catch_exceptions=False)
    assert "1 skipped" in done.output
    assert "the journal was off" in done.output
    assert pages(store) == {}
    monkeypatch.chdir(path.parent)
    words = ["-C", store.project.root, "import", "codex", path.name]
    assert "1 recorded" in CliRunner().invoke(cli, words, catch_exceptions=False).output
    assert len(pages(store)) == 1


def test_without_the_private_state_nobody_knows_what_was_left_out(store: Store) -> None:
    note(store, place(store, 1))
    update_journal(store)
    shutil.rmtree(store.project.state)
    assert ensure_private(store.project.state)
    update_journal(store)
    assert len(pages(store)) == 1
