"""Sessions without a transcript: their pages come from the events that hooks told of."""

from __future__ import annotations

import json
import os
import stat
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
from omx_wiki.journal.events import log as event_log
from omx_wiki.journal.events.files import EventFiles, key_of
from omx_wiki.journal.events.log import decode, encode
from omx_wiki.journal.inbox import spooled
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import load_facts
from omx_wiki.journal.prune import prune_sessions
from omx_wiki.journal.scrub import scrub_events
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, state_home

_SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_EVENTS = st.sampled_from(
    [
        *("session-start", "session-end", "user-prompt", "turn-end", "turn-interrupted", "tool-start"),
        *("tool-end", "compact-start", "compact-end", "idle", "unwatched", "unknown"),
    ]
)
_NAMES = st.sampled_from(
    [
        *("dialect", "session_id", "turn_id", "transcript_path", "cwd", "codex_home", "time", "event_id"),
        *("timestamp", "received", "parent", "seq", "alias", "prompt", "input_messages", "success", "status"),
        *("last_assistant_message", "tool_name", "tool_call_id", "tool_input", "tool_output", "duration_ms"),
        *("error", "model", "checkout", "source"),
    ]
)


@pytest.fixture(autouse=True)
def _state(store: Store) -> None:
    Path(store.project.store).mkdir(parents=True)
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)


def test_a_session_is_told_by_its_events_alone(store: Store) -> None:
    journal(store, xcodex_session(store.project.root))
    page = the_page(store)
    assert f'id: "{THREAD}"' in page
    for line in (
        "agent: codex",
        "prompts: 2",
        "turns: 2",
        "commands: 2",
        "failures: 1",
        "files: 1",
        "1. [t+00:05] yes",
        "2. [t+01:05] yes",
        "- M `src/retry.rs` +2 -1",
        "> All tests pass.",
        "- 1 compaction",
        f"- Resume: `xcodex resume {THREAD}`",
    ):
        assert line in page.splitlines(), line
    assert "`cargo test -p beacon` exit 1" in page
    assert "Transcript:" not in page
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert facts.finished


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), cut=st.integers(0, 20))
def test_no_order_and_no_repetition_of_events_changes_the_page(store: Store, seed: int, cut: int) -> None:
    events = xcodex_session(store.project.root)
    start_anew(store)
    journal(store, events)
    whole = the_page(store)
    told_again = shuffled(events, seed)
    start_anew(store)
    journal(store, told_again[:cut], told_again[cut:])
    assert the_page(store) == whole
    journal(store, told_again)
    assert the_page(store) == whole


def test_a_second_run_writes_nothing(store: Store) -> None:
    journal(store, xcodex_session(store.project.root))
    folder = Path(store.project.store, "sessions")
    stamps = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert update_journal(store) == 0
    journal(store, xcodex_session(store.project.root))
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == stamps


@settings(max_examples=60)
@given(st.lists(st.dictionaries(_NAMES, _JSON, max_size=6), min_size=1, max_size=3), _EVENTS)
def test_no_record_raises(store: Store, records: list[Told], event: str) -> None:
    put(store.project, [{"event": event, **record} for record in records])
    update_journal(store)
    assert spooled(store.project) == []
    for name in kept(store):
        raw = Path(store.project.state, "events", f"{name}.jsonl").read_bytes()
        assert encode(name, decode(raw)) == raw


@pytest.mark.parametrize(
    "session",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "a/b",
        "x" * 5000,
        "*",
        "[a-z]*",
        "nul\x00byte",
        "line\nbreak",
        "\ud800",
        "漢字",
        _SECRET,
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_a_hostile_id_is_never_part_of_a_path(store: Store, session: str) -> None:
    journal(store, [told("user-prompt", 1, session_id=session, prompt="look", event_id="e")])
    assert "1. look" in the_page(store) or "] look" in the_page(store)
    assert kept(store) == [key_of(session)]
    entries = {path.name for path in Path(store.project.state, "events").iterdir()}
    assert entries <= {f"{key_of(session)}.jsonl", "joins.json"}
    journal(store, [told("turn-end", 2, session_id=session, turn_id=f"{TURN}1", input_messages=["look"])])
    assert "prompts: 1" in the_page(store)


def test_two_hostile_ids_are_two_sessions(store: Store) -> None:
    ids = ["a/b", "a/c", "x" * 5000, "x" * 4999]
    journal(store, [told("user-prompt", n, session_id=each, prompt=f"p{n}") for n, each in enumerate(ids)])
    assert len(pages(store)) == 4


def test_secrets_are_redacted_before_anything_is_kept(store: Store) -> None:
    texts = {
        "prompt": f"use {_SECRET}",
        "last_assistant_message": _SECRET,
        "error": _SECRET,
        "model": _SECRET,
    }
    tool = {
        "tool_name": "Bash",
        "tool_input": {"command": f"curl -H 'Authorization: Bearer {_SECRET}' x"},
        "tool_output": f"token {_SECRET}\n" + "x" * 90_000 + _SECRET,
    }
    events = ("user-prompt", "tool-start", "tool-end", "turn-end", "session-end")
    inputs = {"input_messages": ["a", f"b {_SECRET}"]}
    journal(store, [told(event, n, **texts, **tool, **inputs) for n, event in enumerate(events)])
    everything = [p for p in Path(store.project.state).rglob("*") if p.is_file()]
    assert any(path.suffix == ".jsonl" for path in everything)
    for path in everything:
        assert _SECRET[4:] not in path.read_text(encoding="utf-8", errors="replace"), path
    assert _SECRET[4:] not in the_page(store)


def test_the_files_are_private(store: Store) -> None:
    journal(store, xcodex_session())
    folder = Path(store.project.state, "events")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_prompts_that_come_again_and_again_are_told_once(store: Store) -> None:
    """Upstream Codex repeats every prompt of the session at the end of each turn, also after a resume."""
    asked = ["old one", "old two", "yes", "yes", "no", "yes"]
    ends = [
        told(
            "turn-end",
            number,
            dialect="codex-notify",
            turn_id=f"{TURN}{number}",
            input_messages=asked[:number],
            last_assistant_message=f"said {number}",
        )
        for number in range(2, 7)
    ]
    journal(store, ends[:3], ends[3:])
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert [prompt.text for prompt in facts.prompts] == asked
    assert (facts.turns, facts.last_message) == (5, "said 6")
    raw = Path(store.project.state, "events", f"{THREAD}.jsonl").read_text(encoding="utf-8")
    assert raw.count("old one") == 1


def test_prompts_of_one_turn_alone_may_be_the_same_again(store: Store) -> None:
    ends = [
        told("turn-end", n, turn_id=f"{TURN}{n}", input_messages=["yes"], event_id=f"e{n}") for n in (1, 2, 3)
    ]
    journal(store, ends)
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert (facts.prompt_count, facts.turns) == (3, 3)


def test_a_prompt_is_told_by_itself_or_by_the_end_of_its_turn(store: Store) -> None:
    long = "explain " * 5000
    journal(
        store,
        [
            told("user-prompt", 1, prompt=long[:9000], event_id="a"),
            told("turn-end", 2, turn_id=f"{TURN}1", input_messages=[long[:20000]], event_id="b"),
        ],
    )
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert facts.prompt_count == 1


def test_what_programs_wrote_is_no_prompt(store: Store) -> None:
    inputs = ["<environment_context>\n<cwd>/x</cwd>\n</environment_context>", "fix it"]
    journal(store, [told("turn-end", 1, turn_id="1", input_messages=inputs)])
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert [prompt.text for prompt in facts.prompts] == ["fix it"]


def test_tools_without_ids_are_tied_by_turn_and_name(store: Store) -> None:
    """The event-hooks fork sends arguments with the start and success with the end."""
    common = {"dialect": "event-hooks", "turn_id": "12", "tool_name": "bash"}

    def start(seconds: float, command: str) -> Told:
        return told("tool-start", seconds, **common, tool_input={"command": command, "cwd": "/srv"})

    def end(seconds: float, *, success: bool) -> Told:
        return told(
            "tool-end", seconds, **common, success=success, error=None if success else "exit status 2"
        )

    journal(
        store,
        [start(1, "make -j4"), end(2, success=False), start(3, "make test"), end(4, success=True)],
    )
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert [(run.command, run.exit) for run in facts.commands] == [("make -j4", 1), ("make test", 0)]
    assert facts.commands[0].error == "exit status 2"
    assert facts.tool_calls == 2


def test_a_tool_that_failed_is_told_with_its_error(store: Store) -> None:
    error = f"HTTP 500 from the beacon, token {_SECRET}"
    failed = {"dialect": "neotoma", "tool_name": "wiki_query", "turn_id": "2", "success": False}
    journal(
        store,
        [
            told("user-prompt", 1, dialect="neotoma", prompt="look it up"),
            told("tool-end", 2, **failed, error=error),
            told("tool-end", 3, **{**failed, "tool_name": "Bash"}, tool_input={"command": "make"}, error="x"),
        ],
    )
    page = the_page(store)
    assert "- `wiki_query` failed: HTTP 500 from the beacon, token" in page
    assert "- `make` exit 1" in page
    assert "`Bash` failed" not in page
    assert _SECRET[4:] not in page


@pytest.mark.parametrize("event", ["session-end", "turn-end"])
def test_the_last_words_of_a_session_end_its_last_prompt(store: Store, event: str) -> None:
    prompt = told("user-prompt", 1, dialect="neotoma", prompt="look it up")
    journal(store, [prompt])
    assert "The last prompt was not worked through" in the_page(store)
    journal(store, [told(event, 2, dialect="neotoma", turn_id="3", last_assistant_message="All parse.")])
    assert "The last prompt was not worked through" not in the_page(store)
    assert "> All parse." in the_page(store)
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert (facts.finished, facts.outcome) == (True, "done")


def test_an_interrupted_turn_is_told_as_such(store: Store) -> None:
    journal(
        store,
        [
            told("user-prompt", 1, prompt="go", dialect="codex-native"),
            told("turn-interrupted", 2, turn_id=f"{TURN}1", dialect="codex-native"),
        ],
    )
    assert "outcome: interrupted" in the_page(store)


@pytest.mark.parametrize("event", ["session-start", "session-end", "compact-start", "turn-end", "idle"])
def test_a_session_in_which_nothing_happened_has_no_page(store: Store, event: str) -> None:
    journal(store, [told(event, 1)])
    assert pages(store) == {}
    assert spooled(store.project) == []


@pytest.mark.parametrize("session", [THREAD, None])
def test_a_tool_that_says_nothing_of_what_it_did_makes_no_page(store: Store, session: str | None) -> None:
    envelope = {"session_id": session, "tool_name": "mcp__find", "tool_call_id": "c1"}
    journal(store, [told("tool-start", 1, **envelope), told("tool-end", 2, **envelope, success=True)])
    assert pages(store) == {}
    journal(store, [told("turn-end", 3, session_id=session, last_assistant_message="Found it.")])
    assert "> Found it." in the_page(store)


def test_a_very_long_session_is_bounded_and_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_MOST_BYTES", 20_000)
    monkeypatch.setattr(event_log, "_KEPT_BYTES", 18_000)
    calls = [
        told("tool-end", n, tool_name="Bash", tool_call_id=f"c{n}", tool_input={"command": f"make {n}"})
        for n in range(1, 200)
    ]
    journal(store, [told("user-prompt", 0, prompt="go"), *calls])
    file = Path(store.project.state, "events", f"{THREAD}.jsonl")
    assert file.stat().st_size <= 20_000
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    assert facts.prompt_count == 1
    assert facts.cut["events"] == 199 - facts.tool_calls > 50
    assert facts.commands[-1].command == "make 199"
    assert f"{facts.cut['events']} dropped events" in the_page(store)


@settings(max_examples=100)
@given(
    st.binary(max_size=300)
    | st.lists(_JSON, max_size=4).map(lambda rows: "\n".join(map(json.dumps, rows)).encode())
)
def test_a_damaged_file_of_events_raises_nothing(store: Store, content: bytes) -> None:
    folder = Path(store.project.state, "events")
    assert ensure_private(str(folder))
    (folder / f"{THREAD}.jsonl").write_bytes(content)
    journal(store, [told("user-prompt", 1, prompt="go", event_id="e")])
    assert "] go" in the_page(store) or "1. go" in the_page(store)


@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_what_is_no_file_of_events_is_passed_over(store: Store, tmp_path: Path, kind: str) -> None:
    folder = Path(store.project.state, "events")
    assert ensure_private(str(folder))
    odd = folder / "odd.jsonl"
    if kind == "folder":
        odd.mkdir()
    elif kind == "fifo":
        os.mkfifo(odd)
    else:
        odd.symlink_to(tmp_path / "nowhere.jsonl")
    journal(store, [told("user-prompt", 1, prompt="go", event_id="e")])
    assert len(pages(store)) == 1


def test_pruned_sessions_leave_no_events(store: Store) -> None:
    journal(store, xcodex_session())
    assert kept(store) == [THREAD]
    assert len(prune_sessions(store, "2099-01-01")) == 1
    assert kept(store) == []
    update_journal(store)
    assert pages(store) == {}


def test_scrubbing_applies_the_rules_of_today_to_kept_events(store: Store) -> None:
    journal(store, xcodex_session())
    files = EventFiles(store.project)
    path = Path(files.path(THREAD))
    path.write_text(path.read_text(encoding="utf-8").replace("All tests pass.", _SECRET), encoding="utf-8")
    assert scrub_events(store.project) == 1
    assert _SECRET not in path.read_text(encoding="utf-8")
    assert scrub_events(store.project) == 0
    update_journal(store)
    assert "prompts: 2" in the_page(store)


def test_events_of_a_time_that_cannot_be_are_dated_by_their_receipt(store: Store) -> None:
    for number, stamp in enumerate(("9" * 400, "-1", "0000-00-00", "9999-12-31T23:59:59+00:01", "²", "1e9")):
        journal(
            store, [told("user-prompt", number, prompt=f"p{number}", timestamp=stamp, event_id=str(number))]
        )
    assert "started: 2026-03-14T09:20:00Z" in the_page(store)


@pytest.mark.parametrize("days", [-400, -1.01, 1.01, 400])
def test_a_time_far_from_its_receipt_is_not_believed(store: Store, days: float) -> None:
    stamp = str(int(START // 10**6 + days * 86_400_000))
    journal(store, [told("user-prompt", 5, prompt="hi", timestamp=stamp)])
    assert "started: 2026-03-14T09:20:05Z" in the_page(store)


def test_a_timestamp_in_milliseconds_counts(store: Store) -> None:
    stamp = str(START // 10**6 + 60_000)
    journal(store, [told("user-prompt", 5, prompt="hi", timestamp=stamp)])
    assert "started: 2026-03-14T09:21:00Z" in the_page(store)
