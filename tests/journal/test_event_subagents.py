"""Sessions that a session started tell of themselves by hooks too: they have no page of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.event_records import (
    THREAD,
    TURN,
    Told,
    journal,
    kept,
    pages,
    shuffled,
    start_anew,
    the_page,
    told,
    xcodex_session,
)
from journal.rollouts import codex_sessions, rollout_text
from omx_wiki.journal.journal import update_journal
from omx_wiki.journal.ledger import Ledger
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, state_home

CHILD = "0199c4a2-8888-7c30-9f7a-aaaabbbbcccc"
SPAWNED = f"subagent_thread_spawn_{THREAD}_d1"


@pytest.fixture(autouse=True)
def _state(store: Store) -> None:
    Path(store.project.store).mkdir(parents=True)
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)


def child(source: str = SPAWNED) -> list[Told]:
    """Return what hooks tell of a sub-agent's session: only beginning and end say what it is."""
    own = {"session_id": CHILD, "turn_id": f"{TURN}9"}
    said = {"input_messages": ["explore the repo"], "last_assistant_message": "Explored."}
    return [
        told("session-start", 6, session_id=CHILD, source=source, event_id="c1"),
        told("tool-end", 7, **own, tool_name="Bash", tool_call_id="x", tool_input={"command": "make"}),
        told("turn-end", 8, **own, **said, event_id="c2"),
        told("session-end", 9, session_id=CHILD, source=source, event_id="c3"),
    ]


@settings(max_examples=25)
@given(
    source=st.sampled_from([SPAWNED, "subagent_review", "subagent_compact", "subagent_", "subagent_x_d"]),
    seed=st.integers(0, 2**32),
    cut=st.integers(0, 12),
)
def test_a_sub_agent_has_no_page_however_it_is_told(store: Store, source: str, seed: int, cut: int) -> None:
    start_anew(store)
    events = shuffled([*xcodex_session(store.project.root), *child(source)], seed)
    journal(store, events[:cut], events[cut:])
    assert THREAD in the_page(store)
    assert "explore" not in the_page(store)
    assert kept(store) == [THREAD]
    journal(store, child(source)[2:3])
    assert kept(store) == [THREAD]
    assert len(pages(store)) == 1


def test_a_page_made_before_this_was_known_goes(store: Store) -> None:
    journal(store, child()[1:3])
    assert "explore the repo" in the_page(store)
    journal(store, child()[3:])
    assert pages(store) == {}
    assert kept(store) == []
    assert CHILD not in Ledger(store.project).sessions


def test_a_process_works_for_the_session_that_it_began_itself(store: Store) -> None:
    unnamed = {"dialect": "codex-notify-g1", "session_id": None, "turn_id": "1"}
    turn = told("turn-end", 20, **unnamed, input_messages=["mine"], last_assistant_message="Yes.")
    journal(store, [told("session-start", 0)], child(), [turn])
    assert THREAD in the_page(store)
    assert "mine" in the_page(store)


@pytest.mark.parametrize("first", [True, False])
def test_the_sub_agents_of_a_session_that_is_left_out_stay_out(store: Store, *, first: bool) -> None:
    note: Told = {"event": "unwatched", "session_id": THREAD}
    journal(store, *([[note], child()] if first else [child(), [note]]))
    path = codex_sessions() / f"rollout-2026-03-14T09-20-00-{CHILD}.jsonl"
    path.write_bytes(rollout_text("patch", store.project.root, CHILD))
    update_journal(store)
    assert pages(store) == {}
    assert kept(store) == []


def test_the_transcript_of_a_sub_agent_is_read_as_ever(store: Store) -> None:
    path = codex_sessions() / f"rollout-2026-03-14T09-20-00-{CHILD}.jsonl"
    path.write_bytes(rollout_text("subagent", store.project.root, CHILD))
    journal(store, child()[1:3], child())
    assert pages(store) == {}
    assert Ledger(store.project).sessions[CHILD].kind == "subagent"
    assert kept(store) == []
