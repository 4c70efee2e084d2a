"""The reader of events: which prompts are new, which ends belong to which calls."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omx_wiki.journal.events.log import Log, decode, encode
from omx_wiki.journal.events.told import merged, order
from omx_wiki.journal.events.tools import asked_of, output_of
from omx_wiki.journal.transcripts.event_calls import EventCalls
from omx_wiki.journal.transcripts.event_prompts import Prompts, is_cumulative
from omx_wiki.journal.transcripts.records import FileChange, ToolCall, ToolResult

_WORDS = st.sampled_from(["yes", "no", "go on", "fix it", "and log it"])
_TURNS = st.lists(st.lists(_WORDS, min_size=1, max_size=3), min_size=1, max_size=6)
_PATCH = "*** Begin Patch\n*** Add File: a.txt\n+one\n*** End Patch"
_ADDED = (FileChange("a.txt", "A", 1, 0),)
_TEXT = st.text(max_size=5)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(_TURNS, st.data())
def test_repeated_prompts_come_out_once_whatever_was_told_by_itself(
    turns: list[list[str]], data: st.DataObject
) -> None:
    asked = [text for turn in turns for text in turn]
    prompts, found, end = Prompts(cumulative=True), list[str](), 0
    for turn in turns:
        if data.draw(st.booleans()):  # an event for each prompt as well
            for text in turn:
                prompts.tell(text)
                found.append(text)
        end += len(turn)
        if data.draw(st.booleans()) or end == len(asked):  # else the turn's end was lost
            found += prompts.new_of(asked[:end], again=False)
            prompts.end_turn()
    assert sorted(found) == sorted(asked)


@given(_TURNS)
def test_prompts_of_each_turn_alone_all_count(turns: list[list[str]]) -> None:
    prompts, found = Prompts(cumulative=False), list[str]()
    for turn in turns:
        prompts.tell(turn[0])
        found += [turn[0], *prompts.new_of(turn, again=False)]
        prompts.end_turn()
        assert prompts.new_of(turn, again=True) == []
    assert found == [text for turn in turns for text in turn]


def test_after_a_compaction_only_the_last_prompts_are_repeated() -> None:
    prompts = Prompts(cumulative=True)
    assert prompts.new_of(["a", "b", "c"], again=False) == ["a", "b", "c"]
    assert prompts.new_of(["c", "d"], again=False) == ["d"]
    assert prompts.new_of(["c", "d", "c"], again=False) == ["c"]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([["yes"], ["yes", "yes"]], True),
        ([["a", "b"], ["b", "c"]], True),
        ([["yes"], ["yes"]], False),
        ([["a"], ["b"]], False),
        ([["a", "b"]], False),
        ([], False),
    ],
)
def test_the_prompts_themselves_say_whether_they_are_repeated(
    turns: list[list[str]], *, expected: bool
) -> None:
    assert is_cumulative(turns) is expected


_RECORD = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["user-prompt", "turn-end", "tool-end"]),
        "ns": st.integers(0, 10**18),
        "key": st.sampled_from("abcdef"),
    },
    optional={
        "inputs": st.lists(_TEXT, min_size=1, max_size=4),
        "prompt": _TEXT,
        "success": st.booleans(),
        "seq": st.integers(0, 9),
    },
)


@given(st.lists(_RECORD, max_size=6, unique_by=lambda event: str(event["key"])))
def test_a_file_of_events_reads_back_as_it_was(events: list[dict[str, object]]) -> None:
    log = Log(sorted(events, key=order))
    assert decode(encode("s", log)) == log


@given(_RECORD, _RECORD, _RECORD)
def test_tellings_of_an_event_merge_in_any_order(
    one: dict[str, object], two: dict[str, object], three: dict[str, object]
) -> None:
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, one) == one


def commands(records: list[object]) -> list[str]:
    return [record.command for record in records if isinstance(record, ToolCall)]


@pytest.mark.parametrize("call", ["", "call_1"])
def test_an_end_that_overtakes_its_start_counts_once(call: str) -> None:
    calls = EventCalls()
    event = {"turn": "1", "tool": "bash", "call": call}
    ended = calls.end({**event, "success": False}, 1000)
    started = calls.start({**event, "command": "make"}, 1200)
    named = [record.name for record in [*ended, *started] if isinstance(record, ToolCall)]
    assert named == ["bash", ""]
    assert commands([*ended, *started]) == ["", "make"]
    results = [record for record in [*ended, *started] if isinstance(record, ToolResult)]
    assert {(result.exit_code, result.call_id) for result in results} == {(1, call or "#1")}


def test_a_start_long_after_an_end_is_another_call() -> None:
    calls = EventCalls()
    calls.end({"turn": "1", "tool": "bash", "success": False}, 1000)
    [call] = calls.start({"turn": "1", "tool": "bash", "command": "make"}, 9000)
    assert isinstance(call, ToolCall)
    assert (call.name, call.call_id) == ("bash", "#2")


@pytest.mark.parametrize(
    "name", ["Bash", "bash", "shell", "exec_command", "local_shell", "run_shell_command"]
)
@pytest.mark.parametrize(
    "given_input",
    [
        {"command": "make -j4"},
        {"cmd": "make -j4"},
        {"command": ["bash", "-lc", "make -j4"]},
        {"command": ["make", "-j4"], "cwd": "/srv"},
        '{"command": "make -j4"}',
        '{"command": "make -j4", "env": {"PATH": "/b',
        "make -j4",
    ],
    ids=str,
)
def test_a_shell_command_is_found_in_every_shape(name: str, given_input: object) -> None:
    assert asked_of(name, given_input).command == "make -j4"


@pytest.mark.parametrize(
    ("name", "given_input", "changes"),
    [
        ("apply_patch", {"input": _PATCH}, _ADDED),
        ("apply_patch", _PATCH, _ADDED),
        ("apply_patch", json.dumps(f"{_PATCH}\n{'x' * 99}")[:80], _ADDED),
        ("Edit", {"patch": _PATCH}, _ADDED),
        ("Bash", {"command": ["apply_patch", _PATCH]}, _ADDED),
        ("shell", {"command": f"apply_patch <<'EOF'\n{_PATCH}\nEOF"}, _ADDED),
        ("Edit", {"file_path": "a", "old_string": "x", "new_string": "y\nz"}, (FileChange("a", "M", 2, 1),)),
        ("replace", {"file_path": "a", "old_string": "x", "new_string": "y"}, (FileChange("a", "M", 1, 1),)),
        ("write_file", {"path": "a", "content": "x\ny"}, (FileChange("a", "M", 2, 0),)),
    ],
    ids=str,
)
def test_an_edit_tells_its_files(name: str, given_input: object, changes: tuple[FileChange, ...]) -> None:
    asked = asked_of(name, given_input)
    assert asked.changes == changes
    assert asked.command == ""


def test_plans_reads_and_searches_are_found() -> None:
    assert asked_of("update_plan", {"plan": [{"step": "a", "status": "pending"}]}).plan == (("a", "pending"),)
    assert asked_of("Read", {"file_path": "a"}).reads == "a"
    assert asked_of("web_search", {"query": "frames"}).query == "frames"


@settings(max_examples=100)
@given(st.text(max_size=12) | st.sampled_from(["Bash", "Edit", "exec", "update_plan", "Read"]), _JSON)
def test_no_input_and_no_output_of_a_tool_raises(name: str, value: object) -> None:
    assert isinstance(asked_of(name, value).command, str)
    assert isinstance(output_of(value).text, str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 passed", ("14 passed", None)),
        ("Exit code: 2\nOutput:\nboom", ("boom", 2)),
        ('{"stdout": "out", "stderr": "err", "exit_code": 3}', ("out\nerr", 3)),
        ('{"output": "x", "metadata": {"exit_code": 4}}', ("x", 4)),
        ('{"other": 1}', ('{"other": 1}', None)),
    ],
)
def test_an_answer_is_text_or_streams(text: str, expected: tuple[str, int | None]) -> None:
    read = output_of(text)
    assert (read.text, read.exit_code) == expected
