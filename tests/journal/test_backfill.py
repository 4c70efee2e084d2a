"""The past brought into the journal: from rollouts that were there before the hooks were."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from journal.rollouts import FIXTURES, VARIED, rollout_path, rollout_text, session_id, session_pages
from omx_wiki.errors import UnavailableError
from omx_wiki.journal.backfill import Backfill, Backfilled, claude_transcripts, codex_transcripts
from omx_wiki.journal.journal import update_journal
from omx_wiki.pages.lock import try_locked
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, find_project, state_home
from omx_wiki_cli.main import cli

_PAST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    return Store(find_project(str(repository)))


def pages(store: Store) -> dict[str, bytes]:
    return session_pages(Path(store.project.root))


def place(store: Store, names: tuple[str, ...] = VARIED, cwd: str = "", first: int = 0) -> list[str]:
    """Write rollouts of the past, one a day."""
    paths = []
    for number, name in enumerate(names, first):
        path = rollout_path(session_id(number), day=_PAST + timedelta(days=number))
        path.write_bytes(rollout_text(name, cwd or store.project.root, session_id(number)))
        paths.append(str(path))
    return paths


def fill(store: Store, *, any_cwd: bool = False) -> list[Backfilled]:
    transcripts = codex_transcripts([os.environ["CODEX_HOME"]])
    with Backfill(store, transcripts, any_cwd=any_cwd) as batch:
        assert len(batch) == len(transcripts)
        return list(batch)


def test_importing_twice_changes_nothing(store: Store) -> None:
    place(store)
    first = fill(store)
    before = pages(store)
    assert len(before) == len(VARIED)
    assert {row.outcome for row in first} == {"recorded"}
    assert fill(store) == [row._replace(outcome="unchanged") for row in first]
    assert pages(store) == before


def test_an_import_that_broke_off_goes_on(store: Store) -> None:
    place(store)
    with Backfill(store, codex_transcripts([os.environ["CODEX_HOME"]])) as batch:
        rows = iter(batch)
        next(rows)
        next(rows)
    assert len(pages(store)) == 2
    fill(store)
    assert len(pages(store)) == len(VARIED)


def test_an_import_in_any_order_makes_the_pages_of_a_sweep(store: Store) -> None:
    paths = place(store)
    with Backfill(store, paths[::-1]) as batch:
        list(batch)
    backwards = pages(store)
    shutil.rmtree(Path(store.project.store, "sessions"))
    shutil.rmtree(store.project.state)
    fill(store)
    assert pages(store) == backwards


def test_sessions_of_other_folders_are_left_out_unless_asked_for(store: Store, tmp_path: Path) -> None:
    place(store, VARIED[:2])
    place(store, VARIED[2:4], cwd=str(tmp_path), first=2)
    assert [row.outcome for row in fill(store)] == ["recorded", "recorded", "elsewhere", "elsewhere"]
    assert len(pages(store)) == 2
    assert [row.outcome for row in fill(store, any_cwd=True)] == [*["unchanged"] * 2, *["recorded"] * 2]
    assert len(pages(store)) == 4
    update_journal(store)
    assert len(pages(store)) == 4


def test_what_a_sweep_found_foreign_can_still_be_imported(store: Store, tmp_path: Path) -> None:
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)
    path = rollout_path(session_id(1))
    path.write_bytes(rollout_text("patch", tmp_path, session_id(1)))
    update_journal(store)
    assert pages(store) == {}
    fill(store, any_cwd=True)
    assert len(pages(store)) == 1


def test_empty_and_broken_rollouts_are_counted_and_skipped(store: Store) -> None:
    paths = [Path(path) for path in place(store, VARIED[:3])]
    paths[0].write_bytes(b"")
    paths[1].write_bytes(paths[1].read_bytes().partition(b"\n")[0] + b"\n")
    assert [row.outcome for row in fill(store)] == ["skipped", "empty", "recorded"]


def test_an_old_bare_rollout_is_known_by_the_folder_it_tells(store: Store) -> None:
    path = rollout_path("bare")
    text = (FIXTURES / "bare.jsonl").read_text(encoding="utf-8")
    path.write_text(text.replace("/srv/lantern", store.project.root), encoding="utf-8")
    assert [row.outcome for row in fill(store)] == ["recorded"]


def test_claude_transcripts_and_their_sub_agents_make_one_page(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "projects" / "lantern"
    folder.mkdir(parents=True)
    for name in ("claude", "claude-subagent"):
        text = (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8")
        (folder / f"{name}.jsonl").write_text(
            text.replace("/srv/lantern", store.project.root), encoding="utf-8"
        )
    for _ in range(2):
        with Backfill(store, claude_transcripts([str(tmp_path)])) as batch:
            list(batch)
        [page] = pages(store).values()
        assert b"agent: claude" in page
        assert b"1 sub-agent" in page


def test_a_folder_a_file_and_a_home_are_all_taken(store: Store) -> None:
    paths = place(store, VARIED[:2])
    home = os.environ["CODEX_HOME"]
    assert codex_transcripts([home]) == paths
    assert codex_transcripts([paths[1], os.path.dirname(paths[0]), home]) == [paths[1], paths[0]]
    assert codex_transcripts([os.path.join(home, "sessions")]) == paths


def test_a_page_that_a_person_removed_is_brought_back(store: Store) -> None:
    place(store, ("patch",))
    [row] = fill(store)
    before = pages(store)
    Path(store.project.store, f"{row.slug}.md").unlink()
    fill(store)
    assert pages(store) == before


def test_a_busy_journal_is_said_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("omx_wiki.journal.backfill._PATIENCE_SECONDS", 0.01)
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)
    with (
        try_locked(os.path.join(store.project.state, "worker.lock")) as is_ours,
        pytest.raises(UnavailableError),
        Backfill(store, []),
    ):
        pass
    assert is_ours


def test_the_command_imports_what_belongs_here(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(store, VARIED[:2])
    place(store, VARIED[2:3], cwd=str(tmp_path), first=2)
    monkeypatch.chdir(store.project.root)
    said = CliRunner().invoke(cli, ["import", "codex"])
    assert (said.exit_code, said.stdout) == (0, "1 elsewhere, 2 recorded\n")
    said = CliRunner().invoke(cli, ["import", "codex", "--any-cwd"])
    assert (said.exit_code, said.stdout) == (0, "1 recorded, 2 unchanged\n")
    assert len(pages(store)) == 3
