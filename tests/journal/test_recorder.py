"""One page per session, whatever its transcript goes through and by whomever it is reported."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.rollouts import (
    FIXTURES,
    VARIED,
    place_rollout,
    rollout_path,
    rollout_text,
    session_id,
    session_pages,
)
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import Ledger, load_facts
from omx_wiki.journal.recorder import Recorder
from omx_wiki.journal.refind import facts_again
from omx_wiki.journal.sweep import codex_homes, due_transcripts
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, ensure_private, find_project, state_home

Git = Callable[..., str]


@pytest.fixture
def store(repository: Path) -> Store:
    """Return the store of a repository that is set up."""
    (repository / ".omx" / "wiki").mkdir(parents=True)
    project = find_project(str(repository))
    assert ensure_private(state_home())
    assert ensure_private(project.state)
    return Store(project)


def record(store: Store, *paths: Path | str) -> list[str]:
    """Record transcripts as a worker does that was told of them; return their slugs."""
    recorder = Recorder(store)
    slugs = [recorder.record(str(path)) for path in paths]
    recorder.relink()
    recorder.ledger.save()
    return slugs


def due(project: Project) -> list[str]:
    """Return the transcripts that the next sweep would read."""
    ledger = Ledger(project)
    return list(due_transcripts(project, ledger, codex_homes(ledger)))


def pages(store: Store) -> dict[str, bytes]:
    return session_pages(Path(store.project.root))


def test_a_session_that_is_reported_again_is_not_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place_rollout("patch", store.project.root, 1)
    [slug] = record(store, path)
    before = pages(store)
    monkeypatch.setattr("omx_wiki.journal.recorder.capture", None)
    assert record(store, path, path) == [slug, slug]
    assert pages(store) == before
    assert due(store.project) == []


def test_a_sweep_finds_what_nobody_reported_and_then_rests(store: Store) -> None:
    for number, name in enumerate(VARIED):
        place_rollout(name, store.project.root, number)
    update_journal(store)
    assert len(pages(store)) == len(VARIED)
    assert due(store.project) == []


def test_a_codex_home_behind_a_link_is_read_once(store: Store, tmp_path: Path) -> None:
    path = place_rollout("patch", store.project.root, 1)
    home = Path(os.environ["CODEX_HOME"])
    home.rename(tmp_path / "real")
    home.symlink_to(tmp_path / "real")
    told = tmp_path / "real" / path.relative_to(home)
    recorder = Recorder(store)
    recorder.ledger.homes.add(str(tmp_path / "real"))
    recorder.record(str(told))
    recorder.ledger.save()
    assert due(store.project) == []
    record(store, path)
    assert due(store.project) == []
    assert len(pages(store)) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_links_do_not_depend_on_the_order_of_recording(store: Store, order: tuple[int, ...]) -> None:
    names = ("patch", "commits", "left-failing")
    paths = [place_rollout(name, store.project.root, number) for number, name in enumerate(names)]
    record(store, *paths)
    at_once = pages(store)
    shutil.rmtree(store.project.state)
    shutil.rmtree(Path(store.project.store, "sessions"))
    assert ensure_private(store.project.state)
    for place in order:
        record(store, paths[place])
    assert pages(store) == at_once
    assert sum(b"Previous session" in data for data in at_once.values()) == 2


@pytest.mark.parametrize("told", [(1, 2), (2, 1), (2,), (1,)])
@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_reverted_thread_in_two_files_is_one_page(
    store: Store, told: tuple[int, ...], *, is_forgotten: bool
) -> None:
    session = "01a1fdf7-57f4-7541-9490-5a12aef91311"
    folder = rollout_path(session).parent
    paths = {}
    for number, suffix in ((1, ""), (2, "_01a1fdf7-0000-7000-8000-000000000001")):
        paths[number] = folder / f"rollout-2026-11-21T11-56-48-{session}{suffix}.jsonl"
        text = rollout_text(f"codex-0.169-revert-{number}", store.project.root, session)
        paths[number].write_bytes(text.replace(b"T11:56", b"T12:56") if number == 2 else text)
    record(store, paths[1])
    if is_forgotten:
        shutil.rmtree(store.project.state)
        assert ensure_private(store.project.state)
    record(store, *(paths[number] for number in told))
    update_journal(store)
    [page] = pages(store).values()
    assert due(store.project) == []
    fresh = Path(tempfile.mkdtemp(dir=folder.parents[4]))
    shutil.rmtree(store.project.state)
    Path(store.project.store, "sessions").rename(fresh / "sessions")
    assert ensure_private(store.project.state)
    update_journal(store)
    assert list(pages(store).values()) == [page]


_HOSTILE = [
    "../../../x",
    "/etc/passwd",
    "a/b",
    "..",
    ".",
    "x" * 5000,
    "a\nb: c",
    "-->",
    "ä",
    "a b",
    "%s",
    "\ud800",
    "CON",
]


@pytest.mark.parametrize("session", _HOSTILE, ids=ascii)
def test_an_id_that_is_no_word_gets_one_page_in_its_place(store: Store, session: str) -> None:
    path = rollout_path("hostile")
    lines = (FIXTURES / "patch.jsonl").read_text(encoding="utf-8").splitlines()
    meta = json.loads(lines[0])
    meta["payload"] |= {"id": session, "cwd": store.project.root}
    path.write_text("\n".join([json.dumps(meta), *lines[1:]]) + "\n", encoding="utf-8")
    [slug] = record(store, path)
    assert record(store, path) == [slug]
    shutil.rmtree(store.project.state)
    assert ensure_private(store.project.state)
    assert record(store, path) == [slug]
    [name] = pages(store)
    assert slug == f"sessions/{name.removesuffix('.md')}"
    assert len(name) < 60
    assert len(os.listdir(os.path.join(store.project.state, "sessions"))) == 1


def test_a_transcript_that_is_empty_at_first_is_read_when_it_grows(store: Store) -> None:
    path = place_rollout("patch", store.project.root, 1)
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert record(store, path) == [""]
    path.write_bytes(whole[:10])
    assert record(store, path) == [""]
    path.write_bytes(whole.partition(b"\n")[0] + b"\n")
    assert record(store, path) == [""]
    assert pages(store) == {}
    path.write_bytes(whole)
    assert due(store.project) == [str(path)]
    update_journal(store)
    assert len(pages(store)) == 1


def test_a_transcript_that_is_not_there_yet_is_read_later(store: Store) -> None:
    path = rollout_path(session_id(1))
    assert record(store, path) == [""]
    path.write_bytes(rollout_text("patch", store.project.root, session_id(1)))
    update_journal(store)
    assert len(pages(store)) == 1


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_transcript_that_became_shorter_is_read_anew(store: Store, share: float) -> None:
    path = place_rollout("failing-then-passing", store.project.root, 1)
    whole = path.read_bytes()
    [slug] = record(store, path)
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: int(len(lines) * share)]))
    [slug_of_less] = record(store, path)
    assert slug_of_less in ("", slug)
    path.write_bytes(whole)
    assert record(store, path) == [slug]
    assert len(pages(store)) == 1


def test_a_transcript_replaced_by_another_sessions_makes_a_page_of_its_own(store: Store) -> None:
    path = place_rollout("patch", store.project.root, 1)
    [first] = record(store, path)
    path.write_bytes(rollout_text("commits", store.project.root, session_id(2)))
    [second] = record(store, path)
    assert first != second
    assert len(pages(store)) == 2
    assert record(store, path) == [second]
    assert due(store.project) == []


@pytest.mark.parametrize("kind", ["folder", "fifo", "dangling", "binary", "text", "device"])
def test_what_is_no_transcript_stops_nothing(store: Store, kind: str) -> None:
    odd = rollout_path(session_id(1))
    if kind == "folder":
        odd.mkdir()
    elif kind == "fifo":
        os.mkfifo(odd)
    elif kind in ("dangling", "device"):
        odd.symlink_to("/dev/zero" if kind == "device" else "/nonexistent")
    else:
        odd.write_bytes(bytes(range(256)) * 20 if kind == "binary" else b"Dear diary,\n" * 20)
    path = place_rollout("patch", store.project.root, 2)
    slugs = record(store, odd, path)
    assert slugs[0] == ""
    assert slugs[1]
    update_journal(store)
    assert len(pages(store)) == 1


def test_a_page_that_cannot_be_written_stops_no_other_and_is_made_good(store: Store, tmp_path: Path) -> None:
    paths = [place_rollout(name, store.project.root, n) for n, name in enumerate(("patch", "commits"))]
    [slug] = record(store, paths[0])
    page = Path(store.project.store, f"{slug}.md")
    page.unlink()
    (tmp_path / "outside").write_text("mine", encoding="utf-8")
    page.symlink_to(tmp_path / "outside")
    with paths[0].open("ab") as file:
        file.write(b"{}\n")
    update_journal(store)
    assert (tmp_path / "outside").read_text(encoding="utf-8") == "mine"
    page.unlink()
    update_journal(store)
    assert len(pages(store)) == 2


def test_a_broken_template_stops_nothing_and_its_repair_makes_it_good(store: Store) -> None:
    path = place_rollout("patch", store.project.root, 1)
    template = Path(store.project.root, ".omx", "templates", "session.md.j2")
    template.parent.mkdir()
    template.write_text("{% for %}", encoding="utf-8")
    update_journal(store)
    template.unlink()
    update_journal(store)
    assert len(pages(store)) == 1
    assert due(store.project) == []
    assert record(store, path)[0]


def test_a_page_that_a_person_removed_comes_back_only_when_the_session_goes_on(store: Store) -> None:
    path = place_rollout("patch", store.project.root, 1)
    [slug] = record(store, path)
    Path(store.project.store, f"{slug}.md").unlink()
    record(store, path)
    place_rollout("commits", store.project.root, 2)
    update_journal(store)
    assert [name for name in pages(store) if slug.endswith(name.removesuffix(".md"))] == []
    with path.open("ab") as file:
        file.write(b"{}\n")
    assert record(store, path) == [slug]
    assert len(pages(store)) == 2


@pytest.mark.parametrize("name", ["internal"])
def test_the_agents_own_housekeeping_gets_no_page(store: Store, name: str) -> None:
    path = place_rollout(name, store.project.root, 1)
    assert record(store, path) == [""]
    assert record(store, path) == [""]
    assert pages(store) == {}
    assert due(store.project) == []


def test_a_session_without_prompt_and_tool_gets_no_page(store: Store) -> None:
    path = place_rollout("codex-0.169", store.project.root, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    assert record(store, path) == [""]
    assert pages(store) == {}
    assert due(store.project) == []


def family(store: Store, parents: dict[int, int]) -> dict[int, Path]:
    """Write sessions of which some are sub-agents of others (`parents`); return their rollouts."""
    found = {}
    for number in range(len(parents) + 1):
        path = rollout_path(session_id(number))
        lines = rollout_text("patch", store.project.root, session_id(number)).decode().splitlines()
        meta = json.loads(lines[0])
        if number in parents:
            spawned = {"parent_thread_id": session_id(parents[number]), "depth": 1, "agent_role": "explorer"}
            meta["payload"]["source"] = {"subagent": {"thread_spawn": spawned}}
        text = "\n".join([json.dumps(meta), *lines[1:]]) + "\n"
        path.write_text(text.replace("cart", f"cart{number}"), encoding="utf-8")
        found[number] = path
    return found


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("parents", [{1: 0, 2: 0}, {1: 0, 2: 1}], ids=["siblings", "grandchild"])
def test_sub_agents_are_on_the_page_of_the_session_that_started_them(
    store: Store, order: tuple[int, ...], parents: dict[int, int]
) -> None:
    paths = family(store, parents)
    for number in order:
        record(store, paths[number])
    [page] = pages(store).values()
    assert f"id: {session_id(0)}".encode() in page
    assert b"2 sub-agents" in page


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(VARIED), cuts=st.lists(st.floats(0, 1), max_size=4))
def test_a_transcript_recorded_in_parts_makes_the_page_of_the_whole(
    store: Store, name: str, cuts: list[float]
) -> None:
    shutil.rmtree(Path(store.project.store, "sessions"), ignore_errors=True)
    path = rollout_path(session_id(1))
    whole = rollout_text(name, store.project.root, session_id(1))
    page = {}
    for parts in ([], sorted(cuts)):
        shutil.rmtree(store.project.state)
        shutil.rmtree(Path(store.project.store, "sessions"), ignore_errors=True)
        assert ensure_private(store.project.state)
        for share in [*parts, 1.0]:
            path.write_bytes(whole[: int(len(whole) * share)])
            record(store, path)
        page[len(parts) > 0] = pages(store)
    assert len(page[False]) == 1
    assert page.get(True, page[False]) == page[False]


def test_a_fork_with_a_damaged_first_line_leaves_its_parent_alone(store: Store) -> None:
    parent = place_rollout("paginated", store.project.root, 1)
    [page] = record(store, parent)
    before = pages(store)
    fork = place_rollout("legacy-fork", store.project.root, 2)
    lines = fork.read_bytes().split(b"\n", 1)
    fork.write_bytes(b'{"torn\n' + lines[1].replace(session_id(2).encode(), session_id(1).encode()))
    [other] = record(store, fork)
    assert other != page
    name = Path(f"{page}.md").name
    assert pages(store)[name].partition(b"## Links")[0] == before[name].partition(b"## Links")[0]


def test_facts_are_read_again_when_the_state_is_lost(store: Store) -> None:
    path = place_rollout("patch", store.project.root, 1)
    record(store, path)
    known = load_facts(store.project, session_id(1))
    shutil.rmtree(store.project.state)
    assert known is not None
    assert facts_again(store.project, session_id(1)) == known
    assert facts_again(store.project, session_id(9)) is None
