"""A transcript that lags behind what hooks told: nothing is lost, nothing told twice, no page gets worse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

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
    start_anew,
    the_page,
    told,
)
from journal.rollouts import codex_sessions
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import load_facts
from omx_wiki.journal.transcripts.stamps import format_stamp
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, state_home
from omx_wiki.worker import follow_transcripts

_LAG = 0.004
"""Seconds by which a hook is told later than the line of the transcript is written."""


@pytest.fixture(autouse=True)
def _state(store: Store) -> None:
    Path(store.project.store).mkdir(parents=True)
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)


def lines(cwd: str, turns: int = 1) -> list[bytes]:
    """Return the lines of a rollout: in each turn a prompt, a failing command, an answer."""
    meta: Told = {"id": THREAD, "cwd": cwd, "originator": "xcodex_cli", "cli_version": "0.80.0"}
    rows: list[tuple[float, str, Told]] = [(0, "session_meta", meta)]
    for turn in range(1, turns + 1):
        at = 100 * turn
        call = {
            "name": "exec_command",
            "call_id": f"call_{turn}",
            "arguments": f'{{"cmd":"make lamp{turn}"}}',
        }
        output = "Process exited with code 2\nOutput:\nerror: no lamp"
        rows += [
            (at, "event_msg", {"type": "task_started", "turn_id": f"{TURN}{turn}"}),
            (at + 1, "event_msg", {"type": "user_message", "message": f"light lamp {turn}"}),
            (at + 2, "response_item", {"type": "function_call", **call}),
            (
                at + 3,
                "response_item",
                {"type": "function_call_output", "call_id": f"call_{turn}", "output": output},
            ),
            (at + 4, "event_msg", {"type": "agent_message", "message": f"Lamp {turn} fails."}),
            (
                at + 5,
                "event_msg",
                {
                    "type": "task_complete",
                    "turn_id": f"{TURN}{turn}",
                    "last_agent_message": f"Lamp {turn} fails.",
                },
            ),
        ]
    return [
        json.dumps({"timestamp": _stamp(at), "type": kind, "payload": payload}).encode() + b"\n"
        for at, kind, payload in rows
    ]


def events(cwd: str, turns: Sequence[int] = (1,)) -> list[Told]:
    """Return what hooks tell of the same session."""
    found = [told("session-start", 0, cwd=cwd, event_id="start")]
    for turn in turns:
        at = 100 * turn + _LAG
        own = {"cwd": cwd, "turn_id": f"{TURN}{turn}"}
        tool = {
            "tool_name": "Bash",
            "tool_call_id": f"call_{turn}",
            "tool_input": {"command": f"make lamp{turn}"},
        }
        found += [
            told("user-prompt", at + 1, cwd=cwd, prompt=f"light lamp {turn}", event_id=f"p{turn}"),
            told("tool-end", at + 3, **own, **tool, tool_output="error: no lamp", success=False),
            told(
                "turn-end",
                at + 5,
                **own,
                input_messages=[f"light lamp {turn}"],
                last_assistant_message=f"Lamp {turn} fails.",
            ),
        ]
    return [*found, told("session-end", 100 * turns[-1] + 9, cwd=cwd, event_id="end")]


def _stamp(seconds: float) -> str:
    return format_stamp(START // 10**6 + int(seconds * 1000))


def write(content: Sequence[bytes]) -> Path:
    path = codex_sessions() / f"rollout-2026-03-14T09-20-00-{THREAD}.jsonl"
    path.write_bytes(b"".join(content))
    return path


class Page(NamedTuple):
    """What is known of a session; of commands whether they failed: a hook does not tell the code."""

    prompts: list[str]
    commands: list[tuple[str, bool]]
    answer: str
    turns: int


def known(store: Store) -> Page:
    facts = load_facts(store.project, THREAD)
    assert facts is not None
    commands = [(run.command, bool(run.exit)) for run in facts.commands]
    return Page([prompt.text for prompt in facts.prompts], commands, facts.last_message, facts.turns)


def whole(turns: int) -> Page:
    numbers = range(1, turns + 1)
    prompts, commands = [f"light lamp {n}" for n in numbers], [(f"make lamp{n}", True) for n in numbers]
    return Page(prompts, commands, f"Lamp {turns} fails.", turns)


@settings(max_examples=25)
@given(flushed=st.integers(1, 6), first=st.booleans())
def test_what_a_transcript_lacks_is_told_by_events_until_it_is_there(
    store: Store, flushed: int, *, first: bool
) -> None:
    start_anew(store)
    content = lines(store.project.root)
    path = write(content[:flushed])
    if not first:
        path.unlink()
        journal(store, events(store.project.root))
        write(content[:flushed])
        update_journal(store)
    else:
        journal(store, events(store.project.root))
    assert known(store) == whole(1)
    assert kept(store) == [THREAD]
    assert update_journal(store) == 0
    write(content)
    update_journal(store)
    assert known(store) == whole(1)
    assert "`make lamp1` exit 2" in the_page(store)
    assert kept(store) == []
    path.unlink()


@settings(max_examples=15)
@given(flushed=st.integers(7, 12))
def test_a_session_that_goes_on_keeps_its_earlier_turns(store: Store, flushed: int) -> None:
    """The events of the first turn are gone by now: only the transcript has it."""
    start_anew(store)
    content = lines(store.project.root, 2)
    path = write(content[:7])
    journal(store, events(store.project.root))
    assert kept(store) == []
    path.write_bytes(b"".join(content[:flushed]))
    journal(store, events(store.project.root, [2]))
    assert known(store) == whole(2)
    assert kept(store) == [THREAD]
    path.write_bytes(b"".join(content))
    update_journal(store)
    assert known(store) == whole(2)
    assert kept(store) == []
    path.unlink()


def test_a_killed_session_is_told_to_its_last_event(store: Store) -> None:
    """The host died in the second turn, of which its transcript holds the prompt."""
    content = lines(store.project.root, 2)
    write(content[:9])
    journal(store, events(store.project.root, [1, 2])[:6])
    assert known(store)._replace(answer="") == whole(2)._replace(answer="")
    assert kept(store) == [THREAD]


def test_an_unreadable_transcript_is_no_reason_to_lose_events(store: Store) -> None:
    path = write(lines(store.project.root)[:3])
    journal(store, events(store.project.root))
    path.write_bytes(b"\x00\xff no transcript")
    journal(store, events(store.project.root, [2]))
    assert whole(2).prompts == known(store).prompts
    assert len(pages(store)) == 1
    assert kept(store) == [THREAD]


def test_prompts_repeated_with_each_end_are_told_once_beside_a_transcript(store: Store) -> None:
    content = lines(store.project.root, 2)
    write(content[:7])
    ends = [
        told(
            "turn-end",
            100 * number + 5 + _LAG,
            dialect="codex-notify",
            cwd=store.project.root,
            turn_id=f"{TURN}{number}",
            input_messages=[f"light lamp {n}" for n in range(1, number + 1)],
            last_assistant_message=f"Lamp {number} fails.",
        )
        for number in (1, 2)
    ]
    journal(store, ends[:1], ends[1:])
    assert known(store).prompts == whole(2).prompts
    assert known(store).answer == whole(2).answer


def test_the_worker_waits_for_a_transcript_that_still_grows(store: Store) -> None:
    content = lines(store.project.root)
    path = write(content[:2])
    journal(store, events(store.project.root))
    pauses: list[float] = []

    def grow(seconds: float) -> None:
        pauses.append(seconds)
        path.write_bytes(b"".join(content[: 3 * len(pauses)]))

    follow_transcripts(store.project, grow)
    assert known(store) == whole(1)
    assert kept(store) == []
    assert len(pauses) == 3
    follow_transcripts(store.project, grow)
    assert len(pauses) == 3


def test_the_worker_does_not_wait_for_ever(store: Store) -> None:
    write(lines(store.project.root)[:3])
    journal(store, events(store.project.root))
    pauses: list[float] = []
    follow_transcripts(store.project, pauses.append)
    assert 0 < sum(pauses) < 5
    assert kept(store) == [THREAD]
    assert known(store) == whole(1)
