"""The pages a session used, whatever its transcript's format, at once or in parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omx_wiki.journal.capture import capture
from omx_wiki.journal.facts import SessionFacts
from omx_wiki.journal.mentions import Mentions
from omx_wiki.journal.redact import redact_text

PAGES = Mentions({"retry-policy": "How we retry", "lamp": "Lamp", "omx_wiki/cart-totals": "Totals"})


def shell(call: str, command: str) -> dict[str, Any]:
    arguments = json.dumps({"cmd": command})
    return {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": call}


def tool(name: str, **arguments: str) -> dict[str, Any]:
    return {"type": "function_call", "name": name, "arguments": json.dumps(arguments), "call_id": name}


def rollout(path: Path, items: Sequence[dict[str, Any]]) -> Path:
    """Write a rollout in which each item comes a second after the one before."""
    meta = {"id": "019f1111-0000-7000-8000-00000000beef", "cwd": "/srv/lantern", "cli_version": "0.142.5"}
    lines = [{"type": "session_meta", "payload": meta}]
    for item in items:
        kind = (
            "event_msg"
            if item["type"] in {"user_message", "agent_message", "exec_command_end"}
            else "response_item"
        )
        lines.append({"type": kind, "payload": item})
    stamped = [{"timestamp": f"2026-09-02T08:00:{at:02}.000Z", **line} for at, line in enumerate(lines)]
    path.write_text("".join(json.dumps(line) + "\n" for line in stamped), encoding="utf-8")
    return path


def uses(facts: SessionFacts) -> list[tuple[str, str, str]]:
    return [(use.page, use.how, use.time[17:19]) for use in facts.page_uses]


def test_opened_and_named_pages_are_told_with_their_last_time(tmp_path: Path) -> None:
    path = rollout(
        tmp_path / "rollout.jsonl",
        [
            {"type": "user_message", "message": "What says retry-policy?"},
            shell("c1", "wiki show retry"),
            shell("c2", "cat .omx/wiki/lamp.md"),
            tool("mcp__files__read_text_file", path="/srv/lantern/omx_wiki/cart-totals.md"),
            tool("read_file", file_path="/srv/lantern/README.md"),
            {"type": "agent_message", "message": "How we RETRY: with a pause. See Lamp."},
            shell("c3", "/opt/bin/wiki show retry"),
        ],
    )
    assert uses(capture(path, mentions=PAGES.find).facts) == [
        ("retry", "opened", "07"),
        ("lamp", "opened", "03"),
        ("omx_wiki/cart-totals", "opened", "04"),
        ("retry-policy", "named", "06"),
    ]


def test_a_search_is_used_when_a_page_is_opened_before_the_next_one(tmp_path: Path) -> None:
    commands = ["wiki query a", "wiki query b", "wiki show x", "wiki show y", "wiki query c; wiki show z"]
    items = [shell(f"c{at}", command) for at, command in enumerate([*commands, "wiki query d"])]
    facts = capture(rollout(tmp_path / "rollout.jsonl", items)).facts
    assert (facts.wiki_searches, facts.wiki_searches_used) == (4, 2)


def ended(call: str, command: str) -> dict[str, Any]:
    """Return what Codex tells of a command's end before its answer."""
    return {
        "type": "exec_command_end",
        "call_id": call,
        "command": ["bash", "-lc", command],
        "cwd": "/srv/lantern",
        "exit_code": 0,
        "aggregated_output": "",
    }


def answer(call: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call, "output": "Process exited with code 0"}


@pytest.mark.parametrize("is_called_first", [True, False])
def test_a_command_told_by_its_call_and_by_its_end_counts_once(
    tmp_path: Path, *, is_called_first: bool
) -> None:
    items = []
    for call, command in (("c1", "wiki query a"), ("c2", "wiki show x; wiki query y"), ("c3", "ls")):
        told = [shell(call, command), ended(call, command)]
        items += [*(told if is_called_first else reversed(told)), answer(call)]
    facts = capture(rollout(tmp_path / "rollout.jsonl", items)).facts
    assert (facts.wiki_searches, facts.wiki_searches_used) == (2, 1)
    assert [use.page for use in facts.page_uses] == ["x"]


def test_a_command_told_only_by_its_end_counts(tmp_path: Path) -> None:
    items = [ended("c1", "wiki query a"), ended("c1", "wiki query a"), ended("c2", "wiki show x")]
    facts = capture(rollout(tmp_path / "rollout.jsonl", items)).facts
    assert (facts.wiki_searches, facts.wiki_searches_used) == (1, 1)


def test_a_page_read_by_a_tool_of_claude_code_is_opened(tmp_path: Path) -> None:
    line = {
        "type": "assistant",
        "sessionId": "0badcafe-0000-4000-8000-000000000001",
        "cwd": "/srv/lantern",
        "version": "2.1.0",
        "timestamp": "2026-09-02T08:00:05.000Z",
        "uuid": "u1",
        "parentUuid": None,
        "message": {
            "role": "assistant",
            "content": [
                {
                    "type": "tool_use",
                    "id": "t1",
                    "name": "Read",
                    "input": {"file_path": "/srv/lantern/.omx/wiki/lamp.md"},
                }
            ],
        },
    }
    path = tmp_path / "claude.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert uses(capture(path).facts) == [("lamp", "opened", "05")]


def test_names_of_pages_are_redacted(tmp_path: Path) -> None:
    secret = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
    facts = capture(
        rollout(tmp_path / "r.jsonl", [shell("c", f"wiki show {secret}")]), None, redact_text
    ).facts
    assert secret not in json.dumps(facts.as_json())


def test_what_is_kept_is_bounded(tmp_path: Path) -> None:
    items = [shell(f"c{at % 7}", " ".join(f".omx/wiki/p{at}-{n}.md" for n in range(30))) for at in range(50)]
    for item in items:
        item["arguments"] = item["arguments"].replace('"cmd": "', '"cmd": "cat ')
    facts = capture(rollout(tmp_path / "r.jsonl", items)).facts
    assert len(facts.page_uses) == 200
    assert facts.cut["pages_opened"] == 50 * 30 - 200


ITEMS = st.lists(
    st.sampled_from(
        [
            {"type": "user_message", "message": "What says retry-policy?"},
            {"type": "agent_message", "message": "How we retry is told there."},
            shell("c1", "wiki query lamp"),
            shell("c2", "wiki show lamp"),
            shell("c3", "cat .omx/wiki/lamp.md omx_wiki/cart-totals.md"),
        ]
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(ITEMS, st.lists(st.floats(0, 1), max_size=3))
def test_reading_in_parts_tells_the_same_uses(
    tmp_path: Path, items: list[dict[str, Any]], cuts: list[float]
) -> None:
    whole = rollout(tmp_path / "whole.jsonl", items).read_bytes()
    path = tmp_path / "rollout.jsonl"
    state = None
    for cut in [*sorted(cuts), 1.0]:
        path.write_bytes(whole[: max(int(cut * len(whole)), whole.index(b"\n") + 1)])
        state = json.loads(json.dumps(capture(path, state, mentions=PAGES.find).state))
    assert capture(path, state, mentions=PAGES.find).facts == capture(path, mentions=PAGES.find).facts
