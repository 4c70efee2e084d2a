"""Which session an event belongs to: found transcripts, no id, several hosts, what is left out."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.event_records import (
    START,
    THREAD,
    TURN,
    Told,
    journal,
    kept,
    pages,
    put,
    shuffled,
    start_anew,
    the_page,
    told,
    xcodex_session,
)
from journal.rollouts import codex_sessions, rollout_text
from omx_wiki.errors import UnavailableError
from omx_wiki.journal.capture import capture
from omx_wiki.journal.events.rollouts import Rollouts
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import Ledger, load_facts
from omx_wiki.journal.transcripts.stamps import parse_stamp
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, state_home

MADE = datetime(2025, 10, 8, tzinfo=UTC)
"""The day inside of `THREAD`, a version 7 UUID."""
OTHER = "0199c4a2-8888-7c30-9f7a-aaaabbbbcccc"
OMX = "omx-1773480413-ab12"


@pytest.fixture(autouse=True)
def _state(store: Store) -> None:
    Path(store.project.store).mkdir(parents=True)
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)


def rollout(store: Store, folder: Path, session: str = THREAD) -> Path:
    """Write the rollout of a session."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rollout-2026-03-14T09-20-00-{session}.jsonl"
    path.write_bytes(rollout_text("patch", store.project.root, session))
    return path


def first_prompt(path: Path) -> str:
    return capture(path).facts.prompts[0].text


def home(name: str) -> Path:
    return Path(os.environ["CODEX_HOME"]) if name == "env" else Path(os.environ["HOME"], name)


@pytest.mark.parametrize("name", ["env", ".codex", ".xcodex", "told"])
@pytest.mark.parametrize("place", ["day of the id", "day before", "today", "archived"])
def test_the_rollout_of_a_session_is_found_by_its_id(store: Store, name: str, place: str) -> None:
    days = {"day of the id": MADE, "day before": MADE - timedelta(days=1), "today": datetime.now(UTC)}
    date = days.get(place)
    below = Path("sessions", date.strftime("%Y/%m/%d")) if date else Path("archived_sessions")
    rollout(store, home(name) / below)
    codex_home = str(home(name)) if name == "told" else None
    journal(store, [told("session-end", 1, codex_home=codex_home)])
    assert "agent: codex" in the_page(store)
    assert "- M `" in the_page(store) or "- A `" in the_page(store)
    assert kept(store) == []


def test_a_session_without_a_time_in_its_id_is_looked_for_around_its_events(store: Store) -> None:
    rollout(store, home("env") / "sessions/2026/03/13", "s-4411")
    journal(store, [told("session-end", 1, session_id="s-4411")])
    assert len(pages(store)) == 1


def test_reverted_segments_are_found_too(tmp_path: Path) -> None:
    folder = tmp_path / "sessions/2025/10/08"
    folder.mkdir(parents=True)
    names = [
        f"rollout-2025-10-08T10-00-00-{THREAD}.jsonl",
        f"rollout-2025-10-08T11-00-00-{THREAD}_{OTHER}.jsonl",
        f"rollout-2025-10-08T12-00-00-{THREAD}.jsonl.zst",
    ]
    for name in (*names, f"rollout-2025-10-08T10-00-00-{OTHER}.jsonl", "rollout-x.jsonl", "notes.txt"):
        (folder / name).write_bytes(b"")
    assert [os.path.basename(path) for path in Rollouts([str(tmp_path)]).of(THREAD)] == names


@settings(max_examples=60)
@given(
    st.text(st.characters(exclude_categories=()), max_size=40)
    | st.sampled_from(
        [
            "",
            "..",
            "/",
            "*",
            "[!x]*",
            "x" * 5000,
            "7" * 36,
            f"{THREAD}*",
            "ffffffff-ffff-7fff-ffff-ffffffffffff",
        ]
    ),
    st.integers(-(2**70), 2**70),
)
def test_no_id_finds_a_file_of_another_session(tmp_path: Path, session: str, ns: int) -> None:
    folder = codex_sessions()
    (folder / f"rollout-2025-10-08T10-00-00-{THREAD}.jsonl").write_bytes(b"")
    assert Rollouts([os.environ["CODEX_HOME"], str(tmp_path / "gone"), "\0"]).of(session, ns) == []


def test_a_rollout_written_later_takes_the_page_over(store: Store) -> None:
    """xcodex ends a session before it writes the last lines, or the first, of its transcript."""
    journal(store, xcodex_session(store.project.root))
    before = pages(store).keys()
    path = rollout(store, codex_sessions())
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\n") + 1])
    update_journal(store)
    assert "> All tests pass." in the_page(store)
    assert kept(store) == [THREAD]
    path.write_bytes(whole)
    update_journal(store)
    assert pages(store).keys() == before
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert facts.prompts[0].text == first_prompt(path)
    assert kept(store) == []
    journal(store, shuffled(xcodex_session(store.project.root), 1))
    assert load_facts(store.project, THREAD) == facts
    assert kept(store) == []


def test_events_of_a_session_with_a_transcript_are_not_kept(store: Store) -> None:
    path = rollout(store, codex_sessions())
    native = told("session-end", 9, dialect="codex-native", transcript_path=str(path))
    notify = told("turn-end", 5, dialect="codex-notify", turn_id=f"{TURN}1", input_messages=["other"])
    journal(store, [notify, native])
    assert kept(store) == []
    assert "other" not in the_page(store)


EVENT_HOOKS: list[Told] = [
    told("session-start", 0, dialect="event-hooks", session_id="s-4411"),
    told(
        "tool-start",
        1,
        dialect="event-hooks",
        session_id=None,
        turn_id="12",
        tool_name="bash",
        tool_input={"command": "make -j4"},
    ),
    told("tool-end", 2, dialect="event-hooks", session_id=None, turn_id="12", tool_name="bash", success=True),
    told(
        "turn-end",
        3,
        dialect="codex-notify-g1",
        session_id=None,
        turn_id="12",
        input_messages=["rename the frame type"],
        last_assistant_message="Renamed in 3 files.",
    ),
    told("session-end", 4, dialect="event-hooks", session_id="s-4411"),
]


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_events_without_an_id_join_the_session_their_process_began(store: Store, seed: int) -> None:
    start_anew(store)
    journal(store, shuffled(EVENT_HOOKS, seed))
    page = the_page(store)
    assert "id: s-4411" in page
    assert "prompts: 1" in page
    assert "commands: 1" in page
    assert "> Renamed in 3 files." in page


def test_a_later_run_still_knows_which_process_began_what(store: Store) -> None:
    journal(store, EVENT_HOOKS[:1], EVENT_HOOKS[1:3], EVENT_HOOKS[3:])
    assert "id: s-4411" in the_page(store)
    assert "turns: 1" in the_page(store)


@pytest.mark.parametrize("other", [{"parent": 4712}, {"dialect": "claude"}], ids=str)
def test_events_of_another_process_are_another_session(store: Store, other: Told) -> None:
    turn = {**EVENT_HOOKS[3], **other}
    journal(store, [EVENT_HOOKS[0], turn])
    assert "id: s-4411" not in the_page(store)
    assert "rename the frame type" in the_page(store)


def test_a_process_that_goes_on_to_another_session_tells_of_that(store: Store) -> None:
    second = told("session-start", 10, dialect="event-hooks", session_id="s-4412")
    more = {**EVENT_HOOKS[3], "received": START + 11 * 10**9, "input_messages": ["next"]}
    journal(store, [more, second, *EVENT_HOOKS])
    prompts = {name: load_facts(store.project, name) for name in ("s-4411", "s-4412")}
    assert {name: [p.text for p in facts.prompts] for name, facts in prompts.items() if facts} == {
        "s-4411": ["rename the frame type"],
        "s-4412": ["next"],
    }


@pytest.mark.parametrize("cwd", ["/srv/other", "/gone/away", "", "nul\0byte"])
def test_a_process_tells_of_its_session_from_any_folder(store: Store, cwd: str) -> None:
    journal(store, [EVENT_HOOKS[0], {**EVENT_HOOKS[3], "cwd": cwd}])
    assert "id: s-4411" in the_page(store)


def test_one_event_from_a_linked_folder_makes_no_second_page(store: Store, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(store.project.root)
    whole = xcodex_session(str(link))
    pruned = {**whole[3], "session_id": None, "cwd": store.project.root, "event_id": "pruned"}
    journal(store, [*whole[:3], pruned, *whole[4:]])
    assert THREAD in the_page(store)
    assert "commands: 2" in the_page(store)


def two_sessions_of_one_process(store: Store, first: str, second: str) -> list[Told]:
    """Return the beginnings of two sessions in folders of the project."""
    folders = [str(Path(store.project.root, name)) for name in (first, second)]
    return [
        told("session-start", n, dialect="event-hooks", session_id=f"s-{n}", cwd=folder)
        for n, folder in enumerate(folders)
    ]


@pytest.mark.parametrize(
    ("folders", "cwd", "meant"),
    [
        (("a", "b"), "a", "s-0"),
        (("a", "b"), "b", "s-1"),
        (("a", "b"), "c", "s-1"),
        (("a", "a"), "a", "s-1"),
    ],
)
def test_of_two_sessions_of_a_process_the_latest_is_meant_or_that_of_the_folder(
    store: Store, folders: tuple[str, str], cwd: str, meant: str
) -> None:
    turn = {**EVENT_HOOKS[3], "cwd": str(Path(store.project.root, cwd))}
    journal(store, two_sessions_of_one_process(store, *folders), [turn])
    assert f"id: {meant}" in the_page(store)


def test_a_process_without_any_id_is_one_session_a_day(store: Store) -> None:
    def turn(seconds: float, text: str, parent: int = 7) -> Told:
        facts = {"dialect": "codex-notify-g1", "session_id": None, "parent": parent, "turn_id": str(seconds)}
        return told("turn-end", seconds, **facts, input_messages=[text], last_assistant_message="Added.")

    day = 86400
    journal(store, [turn(0, "a"), turn(60, "b")], [turn(120, "c"), turn(5, "d", 8), turn(day, "e")])
    titles = sorted(
        page.partition('title: "')[2][:1] or page.partition("title: ")[2][:1]
        for page in pages(store).values()
    )
    assert titles == ["a", "d", "e"]
    assert "Resume:" not in "".join(pages(store).values())


def at_work(path: Path) -> float:
    """Return when a rollout's session was at work, in seconds after the start of the events."""
    return (parse_stamp(capture(path).facts.started) or 0) / 1000 - START / 10**9 + 1


@pytest.mark.parametrize("late", [False, True])
def test_a_rollout_with_the_same_prompt_wins_over_events_without_an_id(store: Store, *, late: bool) -> None:
    path = rollout(store, codex_sessions())
    asked, when = first_prompt(path), at_work(path)
    whole = path.read_bytes()
    if late:
        path.unlink()
    turn = {"dialect": "codex-notify-g1", "session_id": None, "cwd": store.project.root, "turn_id": "7"}
    journal(store, [told("turn-end", when, **turn, input_messages=[asked], last_assistant_message="Added.")])
    assert len(pages(store)) == 1
    path.write_bytes(whole)
    update_journal(store)
    assert f'id: "{THREAD}"' in the_page(store) or f"id: {THREAD}" in the_page(store)
    assert kept(store) == []
    tool = {**turn, "dialect": "event-hooks", "tool_name": "bash", "tool_input": {"command": "make"}}
    journal(store, [told("tool-start", when + 5, **tool)])
    assert len(pages(store)) == 1


def test_the_same_prompt_at_another_time_is_another_session(store: Store) -> None:
    path = rollout(store, codex_sessions())
    asked, when = first_prompt(path), at_work(path)
    turn = {"dialect": "codex-notify-g1", "session_id": None, "cwd": store.project.root, "turn_id": "7"}
    journal(store, [told("turn-end", when + 90_000, **turn, input_messages=[asked])])
    assert len(pages(store)) == 2


OMX_SESSION: list[Told] = [
    told("session-start", 0, dialect="omx-plugin", session_id=OMX),
    told(
        "turn-end",
        5,
        dialect="omx-plugin",
        alias=OMX,
        turn_id=f"{TURN}1",
        input_messages=["hi"],
        last_assistant_message="hello",
    ),
    told(
        "turn-end",
        5.5,
        dialect="codex-notify",
        turn_id=f"{TURN}1",
        input_messages=["hi"],
        last_assistant_message="hello",
    ),
    told("session-end", 9, dialect="omx-plugin", session_id=OMX),
]


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.integers(0, 4))
def test_two_programs_that_tell_of_one_session_make_one_page(store: Store, seed: int, cut: int) -> None:
    start_anew(store)
    order = shuffled(OMX_SESSION, seed)
    journal(store, order[:cut], order[cut:])
    page = the_page(store)
    assert THREAD in page
    assert "prompts: 1" in page
    assert "turns: 1" in page
    assert "ended: 2026-03-14T09:20:09Z" in page
    assert kept(store) == [THREAD]


@pytest.mark.parametrize(("seconds", "joined"), [(300, True), (3000, False)])
def test_an_end_known_by_a_foreign_id_joins_the_nearest_session(
    store: Store, seconds: float, *, joined: bool
) -> None:
    turns = [
        told("turn-end", 5, turn_id=f"{TURN}1", input_messages=["near"]),
        told("turn-end", -700, session_id=OTHER, turn_id=f"{TURN}2", input_messages=["far"]),
        told("turn-end", 200, session_id="s-1", cwd="/srv/else", turn_id=f"{TURN}3", input_messages=["else"]),
    ]
    end = told("session-end", seconds, dialect="omx-plugin", session_id=OMX)
    journal(store, [end, *turns])
    assert len(pages(store)) == 3
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert (facts.ended == "2026-03-14T09:25:00.000Z") is joined
    assert (OMX in kept(store)) is not joined


def test_an_end_known_by_a_foreign_id_adds_nothing_to_a_transcript(store: Store) -> None:
    path = rollout(store, codex_sessions())
    when = at_work(path)
    update_journal(store)
    before = pages(store)
    end = told("session-end", when, dialect="omx-plugin", session_id=OMX, cwd=store.project.root)
    journal(store, [end])
    assert pages(store) == before
    assert kept(store) == []


@pytest.mark.parametrize("noted", [THREAD, "s-4411", OMX])
@pytest.mark.parametrize("first", [True, False])
def test_what_is_left_out_stays_out_whoever_tells_of_it(store: Store, noted: str, *, first: bool) -> None:
    note: Told = {"event": "unwatched", "session_id": noted}
    events = {THREAD: xcodex_session(), "s-4411": EVENT_HOOKS, OMX: OMX_SESSION}[noted]
    batches = [[note], events] if first else [[*events, note]]
    journal(store, *batches)
    assert pages(store) == {}
    assert kept(store) == []
    rollout(store, codex_sessions(), THREAD if noted != "s-4411" else "s-4411")
    journal(store, events)
    update_journal(store)
    assert pages(store) == {}
    assert kept(store) == []


def test_a_note_without_an_id_leaves_nobody_out(store: Store) -> None:
    journal(store, [{"event": "unwatched"}, {"event": "unwatched", "transcript_path": ""}, *xcodex_session()])
    assert len(pages(store)) == 1
    assert Ledger(store.project).foreign == {}


def notify(seconds: float, *asked: str, parent: int = 7) -> Told:
    """Return the end of a turn as the first notify told it: no id, and every prompt of the session."""
    facts = {"dialect": "codex-notify-g1", "session_id": None, "parent": parent, "turn_id": str(seconds)}
    return told("turn-end", seconds, **facts, input_messages=list(asked), last_assistant_message="Added.")


def off(seconds: float, dialect: str = "codex-notify-g1", parent: int = 7) -> Told:
    """Return the note of a process that told of something, without an id, while the journal was off."""
    return told("unwatched", seconds, dialect=dialect, session_id="", parent=parent)


@pytest.mark.parametrize("cut", range(4))
def test_what_a_process_said_while_the_journal_was_off_is_never_told(store: Store, cut: int) -> None:
    events = [notify(0, "a"), off(60), notify(120, "a", "private", "c")]
    journal(store, events[:cut], events[cut:])
    assert all("private" not in page for page in pages(store).values())
    assert kept(store) == []
    journal(store, [notify(86_400, "a", "private", "c", "d")], [notify(3 * 86_400 - 1, "a", "private", "e")])
    assert all("private" not in page for page in pages(store).values())
    assert kept(store) == []


def test_no_other_process_repeats_what_was_said_while_the_journal_was_off(store: Store) -> None:
    journal(store, [notify(0, "a", parent=100)])
    before = pages(store)
    off_then = [off(60, parent=101), notify(120, "a", "private", "c", parent=102)]
    journal(store, off_then, [notify(180, "a", "private", "c", "d", parent=103)])
    assert pages(store) == before
    assert not any(
        "private" in path.read_text("utf-8") for path in Path(store.project.state).rglob("*.json*")
    )
    journal(store, [notify(240, "new", parent=104)])
    assert len(pages(store)) == 2


def test_a_page_from_before_the_journal_was_off_stays_as_it_was(store: Store) -> None:
    journal(store, [notify(0, "a")])
    before = pages(store)
    journal(store, [off(60)], [notify(120, "a", "private")])
    assert pages(store) == before


def test_other_processes_and_later_sessions_are_not_left_out(store: Store) -> None:
    late = 30 * 86_400
    journal(store, [off(0), notify(1, "a", parent=8)], [notify(late, "b")])
    assert len(pages(store)) == 2
    begun = told("session-start", 5, dialect="event-hooks", session_id="s-1", parent=7)
    journal(store, [begun, notify(6, "c")])
    assert len(pages(store)) == 3


@settings(max_examples=15)
@given(st.permutations([0, 1, 2, 3]), st.integers(0, 4))
def test_turns_told_by_another_process_each_time_are_one_session(
    store: Store, order: list[int], cut: int
) -> None:
    """A program stands between Codex and the hook; every turn repeats the prompts before it."""
    start_anew(store)
    asked = ["a", "b", "b", "c"]
    turns = [notify(60 * n, *asked[: n + 1], parent=100 + n) for n in order]
    journal(store, turns[:cut], turns[cut:])
    assert "prompts: 4" in the_page(store)
    assert "turns: 4" in the_page(store)


@pytest.mark.parametrize(
    "other",
    [
        notify(60, "b", "c", parent=8),
        notify(60, "a", parent=8),
        notify(60 + 86_400, "a", "b", parent=8),
        {**notify(60, "a", "b", parent=8), "cwd": "/srv/else"},
        {**notify(60, "a", "b", parent=8), "dialect": "gemini"},
    ],
)
def test_another_conversation_of_another_process_is_another_session(store: Store, other: Told) -> None:
    journal(store, [notify(0, "a")], [other])
    assert len(pages(store)) == 2


def test_the_session_that_a_process_began_is_left_out_with_it(store: Store) -> None:
    journal(store, EVENT_HOOKS[:2], [off(2.5, "event-hooks", 4711), *EVENT_HOOKS[2:]])
    assert "rename the frame type" not in "".join(pages(store).values())
    assert kept(store) == []
    assert Ledger(store.project).is_unwatched("s-4411")


def test_events_kept_from_before_go_once_their_session_is_left_out(store: Store) -> None:
    journal(store, xcodex_session())
    assert kept(store) == [THREAD]
    journal(store, [{"event": "unwatched", "session_id": THREAD}])
    assert kept(store) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version":1,"processes":{"a":{"b":"c"}}}', b"\xff"])
def test_a_damaged_memory_of_processes_stops_nothing(store: Store, content: bytes) -> None:
    folder = Path(store.project.state, "events")
    assert ensure_private(str(folder))
    (folder / "joins.json").write_bytes(content)
    journal(store, EVENT_HOOKS)
    assert "id: s-4411" in the_page(store)


def test_records_wait_while_events_cannot_be_kept(store: Store) -> None:
    folder = Path(store.project.state, "events")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    paths = put(store.project, xcodex_session())
    with pytest.raises(UnavailableError):
        update_journal(store)
    assert all(path.exists() for path in paths)
    folder.chmod(0o700)
    update_journal(store)
    assert len(pages(store)) == 1
