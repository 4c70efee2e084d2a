"""What every host sends, and the one event that is made of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook import payload
from omx_wiki.hook.arrival import Words, event_in
from omx_wiki.hook.dialects import Told, parse_event
from omx_wiki.hook.dialects.canonical import as_document
from omx_wiki.hook.events import CANONICAL, HookEvent

FIXTURES = Path(__file__).parents[1] / "fixtures" / "dialects"
CASES = json.loads((FIXTURES / "manifest.json").read_text())["cases"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = [
    *("hook_event_name", "xcodex_event_type", "type", "event", "event_type", "context", "schema-version"),
    *("schema_version", "session_id", "sessionId", "thread-id", "timestamp", "cwd", "workspace_roots"),
    *("transcript_path", "payload_path", "payload-path", "input-messages", "tool_input", "seq", "agent_id"),
]
NAMES = st.sampled_from(["SessionStart", "session-start", "hook-event", "agent-turn-complete", "stop", "{}"])


def read(case: dict[str, Any]) -> HookEvent | None:
    words = case.get("argv", [])
    event = words[words.index("--event") + 1] if "--event" in words else ""
    text = payload.decode((FIXTURES / case["file"]).read_bytes())
    return event_in(text, Told("", event, "argv" if case["transport"] == "argv" else "stdin"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_every_fixture_reads_as_its_manifest_says(case: dict[str, Any]) -> None:
    event = read(case)
    expected = dict(case["expect"])
    if expected["event"] == "none":
        assert event is None
        return
    assert event is not None
    found = json.loads(json.dumps(as_document(event)))
    assert found["dialect"] == case["dialect"]
    assert found["transport"] == case["transport"]
    assert found["synthetic"] is False
    for name, value in expected.items():
        if name.endswith("_contains"):
            assert value in found[name.removesuffix("_contains")]
        else:
            assert found[name] == value, name


@given(st.dictionaries(st.sampled_from(KEYS), JSON | NAMES), st.sampled_from(["", "codex", "notify"]))
def test_no_object_raises_and_every_event_has_plain_fields(value: dict[str, Any], dialect: str) -> None:
    event = parse_event(value, Told(dialect, "session-end"))
    if event is None:
        return
    for name in CANONICAL:
        found = getattr(event, name)
        assert found is None or isinstance(found, bool if name in BOOLEANS else str), name
    json.dumps(as_document(event))


BOOLEANS = {"success", "is_subagent", "synthetic", "needs_payload_file"}


@given(st.sampled_from(CASES), st.sampled_from(KEYS), JSON)
def test_one_field_of_a_wrong_type_costs_that_field_alone(
    case: dict[str, Any], key: str, value: object
) -> None:
    told = payload.parse_object(payload.decode((FIXTURES / case["file"]).read_bytes()))
    parse_event({**told, key: value})


def test_an_event_never_changes() -> None:
    event = HookEvent(event="turn-end")
    with pytest.raises(AttributeError, match="never changes"):
        event.cwd = "/elsewhere"


def test_unknown_keys_are_kept_and_bounded() -> None:
    told = {"hook_event_name": "Stop", "brand_new": {"a": [1]}, "long": "x" * 5000, "deep": list(range(9999))}
    event = parse_event(told)
    assert event is not None
    extras = as_document(event)["extras"]
    assert extras["brand_new"] == {"a": [1]}
    assert len(extras["long"]) == len(extras["deep"]) == 1024


def test_an_unknown_event_of_a_known_shape_is_told_as_unknown() -> None:
    event = parse_event({"hook_event_name": "PreCoffeeBreak", "session_id": "s"})
    assert event is not None
    assert event.event == "unknown"


@pytest.mark.parametrize(
    ("told", "dialect"),
    [
        ({"hook_event_name": "SessionEnd", "session_id": "s"}, "codex-native"),
        ({"hook_event_name": "SessionStart", "model": "m", "turn_id": "1"}, "codex-native"),
        ({"hook_event_name": "SessionStart", "cursor_version": "1"}, "cursor"),
        ({"type": "agent-turn-complete", "turn-id": "1"}, "codex-notify-g1"),
    ],
)
def test_the_command_decides_only_between_dialects_of_one_shape(told: dict[str, Any], dialect: str) -> None:
    event = parse_event(told, Told("codex"))
    assert event is not None
    assert event.dialect == dialect


def test_a_turn_of_the_fork_is_told_from_notify_by_the_command() -> None:
    told = {"type": "agent-turn-complete", "turn-id": "12"}
    event = parse_event(told, Told("event-hooks"))
    assert event is not None
    assert event.dialect == "event-hooks"


@pytest.mark.parametrize(
    "told",
    [
        {"xcodex_event_type": "session-start", "session_id": "hooks-test-1b", "session_source": "hooks-test"},
        {"schema-version": 1, "type": "tool-call-started", "thread-id": "x", "tool-name": "hooks-test"},
        {"type": "event", "event": {"xcodex_event_type": "x", "session_id": "t", "event_id": "hooks-test"}},
        {"hook_event_name": "SessionStart", "session_id": "omx-wiki-doctor-77"},
    ],
)
def test_self_tests_are_told_as_such(told: dict[str, Any]) -> None:
    event = parse_event(told)
    assert event is not None
    assert event.synthetic


def test_the_name_in_the_configuration_of_xcodex_is_not_read() -> None:
    event = parse_event({"hook_event_name": "session.end", "xcodex_event_type": "session-start"})
    assert event is not None
    assert event.event == "session-start"


@pytest.mark.parametrize("name", ["session_end", "SessionEnd", "session.end", "sessionEnd", "SESSION-END"])
def test_names_are_compared_by_their_letters(name: str) -> None:
    event = parse_event({"hook_event_name": name})
    assert event is not None
    assert event.event == "session-end"


def test_sessions_of_subagents_are_told_by_their_source() -> None:
    told = {"xcodex_event_type": "session-start", "session_source": "subagent_thread_spawn_ab_d1"}
    event = parse_event(told)
    assert event is not None
    assert event.is_subagent


@pytest.mark.parametrize("cwd", ["", "relative/place", "C:\\work", None, 7, "/nul\0byte"])
def test_a_folder_that_is_not_absolute_is_none(cwd: object) -> None:
    event = parse_event({"hook_event_name": "Stop", "cwd": cwd})
    assert event is not None
    assert event.cwd is None


class TestPayloadFiles:
    """Payloads that were too large for a pipe."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        home = tmp_path / "xhome"
        monkeypatch.setenv("CODEX_HOME", str(home))
        folder = home / "tmp" / "hooks" / "payloads"
        folder.mkdir(parents=True)
        return folder

    def envelope(self, path: Path | str) -> str:
        told = {"schema_version": 1, "xcodex_event_type": "agent-turn-complete", "payload_path": str(path)}
        return json.dumps({**told, "hook_event_name": "Stop", "event_id": "e1"})

    def test_the_file_is_read(self, folder: Path) -> None:
        inner = {"xcodex_event_type": "agent-turn-complete", "session_id": "s", "last_assistant_message": "é"}
        (folder / "1-e1.json").write_text(json.dumps(inner), encoding="utf-8")
        event = event_in(self.envelope(folder / "1-e1.json"), Told("xcodex"))
        assert event is not None
        assert (event.session_id, event.last_assistant_message, event.transport) == ("s", "é", "file")
        assert not event.needs_payload_file

    @pytest.mark.parametrize(
        "kind", ["missing", "outside", "symlink", "huge", "fifo", "envelope", "folder", "array"]
    )
    def test_any_other_file_leaves_the_facts_of_the_envelope(
        self, folder: Path, tmp_path: Path, kind: str
    ) -> None:
        path = folder / "1-e1.json"
        inner = json.dumps({"xcodex_event_type": "session-end", "session_id": "stolen"})
        if kind == "outside":
            path = tmp_path / "1-e1.json"
            path.write_text(inner)
        elif kind == "symlink":
            (tmp_path / "target.json").write_text(inner)
            path.symlink_to(tmp_path / "target.json")
        elif kind == "huge":
            with path.open("wb") as file:
                file.truncate(payload.MAX_BYTES + 1)
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "envelope":
            path.write_text(self.envelope(path))
        elif kind == "folder":
            path.mkdir()
        elif kind == "array":
            path.write_text("[1]")
        event = event_in(self.envelope(path), Told("xcodex"))
        assert event is not None
        assert (event.event, event.event_id, event.session_id) == ("turn-end", "e1", None)
        assert event.needs_payload_file


def test_words_of_a_chained_program_are_not_ours() -> None:
    words = Words(["--dialect", "notify", "--then", "prog", "--dialect", "x", "--wiki", "y", '{"type":"a"}'])
    assert (words.dialect, words.wiki, words.text) == ("notify", "", '{"type":"a"}')


@given(st.lists(st.text()))
def test_no_words_raise(words: list[str]) -> None:
    Words(words)


def test_no_key_is_lost_whatever_a_dialect_makes_of_it() -> None:
    told = {"hook_event_name": "Notification", "session_id": "a", "message": "m", "error": "e", "status": "s"}
    event = parse_event(told)
    assert event is not None
    assert as_document(event)["extras"] == {"message": "m", "error": "e", "status": "s"}


@given(st.dictionaries(st.text(), JSON, max_size=4), st.sampled_from(CASES))
def test_what_is_printed_of_an_event_is_json(more: dict[str, Any], case: dict[str, Any]) -> None:
    told = payload.parse_object(payload.decode((FIXTURES / case["file"]).read_bytes()))
    event = parse_event({**more, **told})
    if event is not None:
        document = as_document(event)
        assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_deep_values_become_text() -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    event = parse_event({"hook_event_name": "Stop", "x": deep, "nan": float("nan")})
    assert event is not None
    extras = as_document(event)["extras"]
    assert (extras["x"][:3], extras["nan"]) == ("[[[", "nan")
