"""Payloads of every host without a transcript, from the hook's door to the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from journal.event_records import THREAD, pages, the_page
from omx_wiki.hook.arrival import event_in
from omx_wiki.hook.dialects import Told
from omx_wiki.hook.spool import write_record
from omx_wiki.journal.journal import update_journal
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, state_home

FIXTURES = Path(__file__).parents[1] / "fixtures" / "dialects"
PARENT = 4711


@pytest.fixture(autouse=True)
def _state(store: Store) -> None:
    Path(store.project.store).mkdir(parents=True)
    assert ensure_private(state_home())
    assert ensure_private(store.project.state)


def tell(store: Store, name: str, dialect: str = "", event: str = "", **changes: object) -> None:
    """Let a hook report a fixture from the project's folder."""
    payload = {**json.loads((FIXTURES / name).read_text(encoding="utf-8")), **changes}
    told = event_in(json.dumps(payload), Told(dialect, event))
    assert told is not None
    if told.is_journalled:
        write_record(store.project, told, store.project.root, PARENT)


def everything_of(store: Store, pattern: str, dialect: str = "") -> str:
    """Let a hook report every fixture that fits, and return the only page that this makes."""
    names = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob(pattern))
    assert len(names) > 1
    for name in names:
        if "envelope" not in name and "host-line" not in name:
            tell(store, name, dialect)
    update_journal(store)
    return the_page(store)


def test_xcodex_with_snake_case_keys(store: Store) -> None:
    page = everything_of(store, "xcodex/v2-*.json")
    assert f'id: "{THREAD}"' in page
    assert "] explain the retry loop" in page
    assert "] wiki query: how do we flash rev C boards?" in page
    assert "> It backs off twice and then gives up." in page
    assert "- test: 1 run, last passed" in page
    assert "- 1 compaction" in page


def test_xcodex_with_kebab_case_keys(store: Store) -> None:
    page = everything_of(store, "xcodex/v1-*.json")
    assert "] why is the beacon parser slow?" in page
    assert "prompts: 1" in page
    assert "- Tool calls: 1 (`exec_command` 1)" in page


def test_the_event_hooks_fork(store: Store) -> None:
    for name in ("session-started", "tool-execution-started", "tool-execution-completed"):
        tell(store, f"event-hooks/{name}.json", "event-hooks")
    for name in ("user-input-required", "agent-turn-complete", "session-ended"):
        tell(store, f"event-hooks/{name}.json", "event-hooks")
    update_journal(store)
    page = the_page(store)
    assert "id: s-4411" in page
    assert "] rename the frame type" in page or "1. rename the frame type" in page
    assert "> Renamed in 3 files." in page
    assert "commands: 1" in page


def test_notify_of_upstream_codex(store: Store) -> None:
    tell(store, "codex-notify/g4-2026-02.json")
    tell(store, "codex-notify/g4-2026-02.json")
    update_journal(store)
    page = the_page(store)
    assert "prompts: 2" in page
    assert "] add a retry" in page or "1. add a retry" in page


def test_notify_without_an_id(store: Store) -> None:
    tell(store, "codex-notify/g1-2025-05.json")
    update_journal(store)
    assert "prompts: 1" in the_page(store)


def test_oh_my_codex_beside_notify(store: Store) -> None:
    tell(store, "omx/plugin-turn-complete.json", "omx")
    inputs: dict[str, Any] = {"input-messages": ["hi"]}
    tell(store, "codex-notify/g4-2026-02.json", **inputs)
    tell(store, "omx/plugin-session-end.json", "omx")
    update_journal(store)
    page = the_page(store)
    assert f'id: "{THREAD}"' in page
    assert "prompts: 1" in page


def test_a_turn_of_gemini_has_its_page(store: Store) -> None:
    tell(store, "gemini/after-agent.json", "gemini")
    tell(store, "gemini/session-end.json", "gemini")
    update_journal(store)
    assert "agent: gemini" in the_page(store)
    assert "prompts: 1" in the_page(store)


def test_no_token_in_a_message_of_neotoma_is_kept(store: Store) -> None:
    token = "sk-abcdefghij0123456789ABCD"
    tell(store, "neotoma/session-start.json", "neotoma")
    tell(store, "neotoma/notify-tool-error.json", "neotoma", message=f"HTTP 500, token {token}")
    tell(store, "neotoma/session-end.json", "neotoma")
    update_journal(store)
    page = the_page(store)
    assert "> All frames parse." in page
    kept = [path.read_text(encoding="utf-8") for path in Path(store.project.state, "events").iterdir()]
    assert not any(token[:13] in text for text in [page, *kept])


def test_the_beginning_and_end_of_cursor_alone_make_no_page(store: Store) -> None:
    tell(store, "cursor/session-start.json", "cursor")
    tell(store, "cursor/session-end.json", "cursor")
    tell(store, "copilot/session-end-camel.json", "copilot", "session-end")
    update_journal(store)
    assert pages(store) == {}
    kept = [path.read_text(encoding="utf-8") for path in Path(store.project.state, "events").iterdir()]
    assert not any("ada@" in text for text in kept)
