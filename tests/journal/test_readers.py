"""Each format's reader tells the same few records, whatever the shape of the file."""

from __future__ import annotations

import gzip
import importlib
import json
import os
import tracemalloc
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from omx_wiki.errors import InvalidInputError, NotFoundError
from omx_wiki.journal.capture import capture
from omx_wiki.journal.transcripts import CompressedTranscriptError, open_transcript, sniff
from omx_wiki.journal.transcripts.codex import CodexReader
from omx_wiki.journal.transcripts.codex_bare import BareReader
from omx_wiki.journal.transcripts.lines import MAX_LINE
from omx_wiki.journal.transcripts.records import (
    AssistantMessage,
    CommandEnd,
    Compaction,
    FileChange,
    FilesChanged,
    Prompt,
    Record,
    Rollback,
    SessionMeta,
    SubagentLink,
    TokenDelta,
    ToolCall,
    ToolResult,
    TurnStart,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FIXTURES = Path(__file__).parents[1] / "fixtures" / "transcripts"
META = {"id": "019f1111-0000-7000-8000-000000000001", "cwd": "/srv/lantern"}


def line(kind: str, payload: dict[str, Any], stamp: str = "2026-09-01T10:00:00.000Z") -> bytes:
    return json.dumps({"timestamp": stamp, "type": kind, "payload": payload}).encode() + b"\n"


def item(kind: str, **payload: Any) -> bytes:
    return line("response_item", {"type": kind, **payload})


def event(kind: str, **payload: Any) -> bytes:
    return line("event_msg", {"type": kind, **payload})


def said(role: str, text: str) -> bytes:
    return item("message", role=role, content=[{"type": "input_text", "text": text}])


def read(*lines: bytes) -> list[Record]:
    reader = CodexReader()
    return [record for each in (line("session_meta", META), *lines) for record in reader.read(each)][1:]


def prompts(records: Sequence[Record]) -> list[str]:
    return [record.text for record in records if isinstance(record, Prompt)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("patch", "codex"),
        ("paginated", "codex"),
        ("codex-0.40", "codex"),
        ("bare", "codex-bare"),
        ("claude", "claude"),
        ("claude-subagent", "claude"),
    ],
)
def test_the_format_is_judged_by_content(name: str, expected: str) -> None:
    assert sniff((FIXTURES / f"{name}.jsonl").read_bytes()) == expected


@pytest.mark.parametrize(
    "head", [b"", b"\n\n", b"# Notes\n", b"[1]\n", b'{"a":1}\n', b"\xff\xfe\x00", b'{"type":[]}']
)
def test_other_files_have_no_format(head: bytes) -> None:
    assert sniff(head) == ""


def test_a_long_first_line_still_tells_the_format() -> None:
    first = line("session_meta", {**META, "base_instructions": {"text": "x" * 200_000}})
    assert sniff(first[: 1 << 16]) == "codex"


def test_a_missing_file_a_folder_and_a_fifo_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        open_transcript(tmp_path / "none.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    for name in ("", "pipe.jsonl"):
        with pytest.raises(InvalidInputError):
            open_transcript(tmp_path / name)
    (tmp_path / "notes.jsonl").write_text("no transcript\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="known kind"):
        open_transcript(tmp_path / "notes.jsonl")


def test_a_compressed_file_without_decoder_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rollout.jsonl.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd rest")

    def missing(name: str) -> types.ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(CompressedTranscriptError, match="zstd") as caught:
        open_transcript(path)
    assert "zstandard" in caught.value.hint


def test_a_compressed_file_is_read_through_an_installed_decoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = (FIXTURES / "patch.jsonl").read_bytes()
    path = tmp_path / "rollout.jsonl.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd")
    (tmp_path / "stand-in").write_bytes(gzip.compress(plain))
    decoder = types.SimpleNamespace(open=lambda _name, _mode: gzip.GzipFile(tmp_path / "stand-in"))
    monkeypatch.setattr(importlib, "import_module", lambda _name: decoder)
    with open_transcript(path) as transcript:
        assert transcript.bytes_total is None
        assert prompts(list(transcript.records())) == ["Rename the lamp module. Keep the tests green."]
        assert transcript.bytes_total == len(plain)


def test_text_written_as_event_and_copy_is_told_once() -> None:
    records = read(
        said("user", "Hello"),
        event("user_message", message="Hello"),
        event("agent_message", message="Hi."),
        said("assistant", "Hi."),
    )
    assert prompts(records) == ["Hello"]
    assert [type(record) for record in records] == [Prompt, AssistantMessage]


def test_the_same_prompt_twice_is_two_prompts() -> None:
    twice = (said("user", "go on"), event("user_message", message="go on"))
    assert prompts(read(*twice, *twice)) == ["go on", "go on"]


def test_a_file_without_prompt_events_tells_its_copies() -> None:
    assert prompts(read(said("user", "Hello"), said("assistant", "Hi."))) == ["Hello"]


def test_a_copied_prompt_at_the_end_of_the_file_is_unconfirmed_but_not_lost() -> None:
    reader = CodexReader()
    assert prompts([*reader.read(line("session_meta", META)), *reader.read(said("user", "Hello"))]) == []
    assert prompts(reader.unconfirmed()) == ["Hello"]


def test_a_copy_stands_in_for_an_event_that_cannot_be_read() -> None:
    first = (said("user", "One"), event("user_message", message="One"), said("assistant", "Yes."))
    broken = event("user_message", message="Two")[:-20] + b"\n"
    assert prompts(read(*first, said("user", "Two"), broken, said("assistant", "No."))) == ["One", "Two"]


@pytest.mark.parametrize(
    "text",
    [
        "<environment_context>\n<cwd>/x</cwd>\n</environment_context>",
        "# AGENTS.md instructions for /x\n\nUse ruff.",
        "<user_instructions>Be brief.</user_instructions>",
        "<turn_aborted>\nstopped\n</turn_aborted>",
        "<user_shell_command>ls</user_shell_command>",
        "<subagent_notification>{}</subagent_notification>",
        "<skill>\n<name>wiki</name>\n</skill>",
        "<hook_prompt hook_run_id='1'>go on</hook_prompt>",
        "<recommended_plugins>\nnone\n</recommended_plugins>",
        "<some_block_of_tomorrow kind='x'>\nwords\n</some_block_of_tomorrow>",
    ],
)
def test_injected_blocks_are_not_prompts(text: str) -> None:
    assert prompts(read(said("user", text), said("assistant", "ok"))) == []


def test_developer_messages_and_marked_context_are_not_prompts() -> None:
    marked = {
        "internal_chat_message_metadata_passthrough": {"content_item_kinds": ["hooks.additional_context"]}
    }
    content = [{"type": "input_text", "text": "# Wiki"}]
    records = read(
        said("developer", "# Wiki"),
        item("message", role="user", content=content, **marked),
        said("assistant", "ok"),
    )
    assert prompts(records) == []


def test_a_prompt_that_mentions_a_tag_is_a_prompt() -> None:
    assert prompts(read(event("user_message", message="<div> is not closed"))) == ["<div> is not closed"]


def test_an_editors_context_is_cut_from_the_prompt() -> None:
    text = "# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n## My request for Codex:\nList files"
    assert prompts(read(event("user_message", message=text))) == ["List files"]


def test_other_key_orders_are_read_the_slow_way() -> None:
    shuffled = json.dumps(
        {
            "payload": {"message": "Hello", "type": "user_message"},
            "type": "event_msg",
            "timestamp": "2026-09-01",
        }
    ).encode()
    assert prompts(read(shuffled)) == ["Hello"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("shell", {"command": ["bash", "-lc", "pytest -q"]}),
        ("shell", {"command": ["/bin/zsh", "-l", "-c", "pytest -q"]}),
        ("shell", {"command": ["pytest", "-q"]}),
        ("shell_command", {"command": "pytest -q", "workdir": "/x"}),
        ("exec_command", {"cmd": "pytest -q", "yield_time_ms": 1000}),
        ("container.exec", {"command": ["bash", "-lc", "pytest -q"]}),
    ],
)
def test_every_age_of_shell_call_tells_its_command(name: str, arguments: dict[str, Any]) -> None:
    (call,) = read(item("function_call", name=name, arguments=json.dumps(arguments), call_id="c"))
    assert isinstance(call, ToolCall)
    assert call.command == "pytest -q"


def test_a_local_shell_call_tells_its_command() -> None:
    action = {"type": "exec", "command": ["bash", "-lc", "ls"]}
    (call,) = read(item("local_shell_call", call_id="c", status="completed", action=action))
    assert isinstance(call, ToolCall)
    assert (call.call_id, call.command) == ("c", "ls")


@pytest.mark.parametrize(
    ("output", "code", "text"),
    [
        ("Exit code: 2\nWall time: 0.5 seconds\nOutput:\nno", 2, "no"),
        ("Chunk ID: ab\nWall time: 0.0 seconds\nProcess exited with code 0\nOutput:\nhi\n", 0, "hi\n"),
        (json.dumps({"output": "no", "metadata": {"exit_code": 1, "duration_seconds": 0.1}}), 1, "no"),
        (
            [{"type": "input_text", "text": "Exit code: 3\nOutput:\n"}, {"type": "input_text", "text": "x"}],
            3,
            "\nx",
        ),
        ({"content": "done", "success": True}, None, "done"),
        ("plain words\nExit code: 9", None, "plain words\nExit code: 9"),
        (None, None, ""),
    ],
)
def test_every_shape_of_output_is_read(output: object, code: int | None, text: str) -> None:
    (result,) = read(item("function_call_output", call_id="c", output=output))
    assert isinstance(result, ToolResult)
    assert (result.exit_code, result.output) == (code, text)


def test_a_process_left_running_is_named() -> None:
    output = "Chunk ID: ab\nWall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\n"
    (result,) = read(item("function_call_output", call_id="c", output=output))
    assert isinstance(result, ToolResult)
    assert (result.exit_code, result.session) == (None, "77")


def test_repeated_token_counts_are_counted_once_and_totals_never() -> None:
    def counted(last: int, total: int) -> bytes:
        usage = {"last_token_usage": {"input_tokens": last}, "total_token_usage": {"input_tokens": total}}
        return event("token_count", info=usage)

    records = read(
        counted(10, 10), counted(20, 30), counted(20, 30), event("token_count", info=None), counted(20, 50)
    )
    assert [record.input for record in records if isinstance(record, TokenDelta)] == [10, 20, 20]


def test_usage_records_replace_token_counts() -> None:
    records = read(
        line(
            "token_usage_record", {"usage": {"input_tokens": 10}, "thread_token_usage": {"input_tokens": 900}}
        ),
        event("token_count", info={"last_token_usage": {"input_tokens": 10}}),
    )
    assert records == [TokenDelta(10, 0, 0, 0)]


def test_summaries_and_replacement_history_are_not_told() -> None:
    history = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "old"}]}]
    summary = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "summary"}],
    }
    beside = {"timestamp": "2026-09-01", "type": "response_item", "payload": summary}
    records = read(
        line("compacted", {"message": "", "replacement_history": history}),
        json.dumps({**beside, "metadata": {"compaction_output": True}}).encode(),
    )
    assert [type(record) for record in records] == [Compaction]


def test_a_summary_without_an_event_is_no_answer_where_answers_are_events() -> None:
    records = read(
        event("agent_message", message="Hi."), said("assistant", "Hi."), said("assistant", "SUMMARY")
    )
    assert [record.text for record in records if isinstance(record, AssistantMessage)] == ["Hi."]


def test_an_answer_stands_in_for_an_event_that_cannot_be_read() -> None:
    broken = event("agent_message", message="Two")[:-20] + b"\n"
    records = read(
        event("agent_message", message="One"), said("assistant", "One"), broken, said("assistant", "Two")
    )
    assert [record.text for record in records if isinstance(record, AssistantMessage)] == ["One", "Two"]


def test_events_of_agents_and_rollbacks_are_told() -> None:
    item_completed = {"type": "CollabAgentToolCall", "receiver_thread_ids": ["a", 3]}
    records = read(
        event("collab_agent_spawn_end", new_thread_id="b"),
        event("item_completed", item=item_completed),
        event("thread_rolled_back", num_turns=2),
    )
    assert records == [SubagentLink("b"), SubagentLink("a"), Rollback(2)]


def test_a_line_over_the_limit_is_read_by_its_head(tmp_path: Path) -> None:
    huge = "Exit code: 1\nWall time: 1 seconds\nOutput:\nerror: too dark\n" + "x" * (MAX_LINE + 7)
    path = tmp_path / "rollout.jsonl"
    lines = [
        line("session_meta", META),
        event("user_message", message="Hello", images=["data:image/png;base64," + "A" * 2 * MAX_LINE]),
        item("function_call_output", call_id="c", output=huge),
        line("compacted", {"message": "", "replacement_history": ["y" * 2 * MAX_LINE]}),
        item("reasoning", encrypted_content="z" * 2 * MAX_LINE),
        event("agent_message", message="after"),
    ]
    path.write_bytes(b"".join(lines))
    with open_transcript(path) as transcript:
        records = list(transcript.records())
    assert prompts(records) == ["Hello"]
    assert [type(record) for record in records[2:]] == [ToolResult, Compaction, AssistantMessage]
    assert isinstance(records[2], ToolResult)
    assert records[2].exit_code == 1
    assert (transcript.offset, transcript.reader.bad_lines) == (path.stat().st_size, 0)


def test_memory_stays_small_whatever_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    with path.open("wb") as file:
        file.write(line("session_meta", META))
        for number in range(12):
            file.write(line("compacted", {"message": "", "replacement_history": "y" * 2 * MAX_LINE}))
            file.write(event("user_message", message=f"{number}" + "z" * MAX_LINE))
            file.write(item("function_call_output", call_id=f"c{number}", output="x" * (MAX_LINE - 999)))
    tracemalloc.start()
    done = capture(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(done.facts.prompts) == 12
    assert peak < 16 * MAX_LINE < path.stat().st_size


def test_a_long_line_still_being_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    first = line("session_meta", META)
    path.write_bytes(first + event("agent_message", message="x" * 3 * MAX_LINE)[:-3])
    with open_transcript(path) as transcript:
        assert len(list(transcript.records())) == 1
        assert transcript.offset == len(first)


def test_a_whole_last_line_without_line_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(line("session_meta", META) + event("user_message", message="Hello").rstrip())
    with open_transcript(path) as transcript:
        assert prompts(list(transcript.records())) == ["Hello"]
        assert transcript.offset == path.stat().st_size


def test_bad_lines_are_counted_and_passed_over() -> None:
    reader = CodexReader()
    for bad in (b"\x00\x00\n", b"[1]\n", b'{"timestamp":\n', b'"x"\n', b"[" * 100_000 + b"\n"):
        assert reader.read(bad) == ()
    assert reader.read(b"\n") == ()
    assert reader.bad_lines == 5


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ada:s3cret@git.example.invalid/l.git?token=1#x", "https://git.example.invalid/l.git"),
        ("https://t0ken@git.example.invalid/l.git", "https://git.example.invalid/l.git"),
        ("https://a:p@ss@git.example.invalid/l.git", "https://git.example.invalid/l.git"),
        ("git@git.example.invalid:l.git", "git@git.example.invalid:l.git"),
    ],
)
def test_credentials_leave_the_repository_url(url: str, expected: str) -> None:
    (meta,) = CodexReader().read(line("session_meta", {**META, "git": {"repository_url": url}}))
    assert isinstance(meta, SessionMeta)
    assert meta.repository == expected


@pytest.mark.parametrize(
    ("source", "kind", "role"),
    [
        ("cli", "main", ""),
        ("vscode", "main", ""),
        ({"subagent": "review"}, "subagent", "review"),
        (
            {"subagent": {"thread_spawn": {"parent_thread_id": "p", "agent_role": "explorer"}}},
            "subagent",
            "explorer",
        ),
        ({"subagent": "memory_consolidation"}, "internal", "memory_consolidation"),
        ({"internal": "memory_consolidation"}, "internal", ""),
        (7, "main", ""),
    ],
)
def test_the_kind_of_session_is_told(source: object, kind: str, role: str) -> None:
    (meta,) = CodexReader().read(line("session_meta", {**META, "source": source}))
    assert isinstance(meta, SessionMeta)
    assert (meta.kind, meta.role) == (kind, role)


PARENT, CHILD = "01a1f9b1-312c-7010-aab9-983a43244d62", "01a1f9b9-312c-7010-aab9-983a43244d62"
OLD_TURN, NEW_TURN = "01a1f9b2-312c-7010-aab9-983a43244d62", "01a1f9b9-912c-7010-aab9-983a43244d62"


def forked(*turns: tuple[str, dict[str, Any], str]) -> list[str]:
    """Return the prompts of a fork in which each turn is (prompt, task_started fields, stamp)."""
    reader = CodexReader()
    lines = [line("session_meta", {"id": CHILD}), line("session_meta", {"id": PARENT})]
    for text, fields, stamp in turns:
        lines.append(line("event_msg", {"type": "task_started", **fields}, stamp))
        lines.append(line("event_msg", {"type": "user_message", "message": text}, stamp))
    return prompts([record for each in lines for record in reader.read(each)])


def test_a_fork_is_told_by_the_ids_of_its_turns() -> None:
    at = "2026-09-01T10:00:00.001Z"
    turns = (("old", {"turn_id": OLD_TURN}, at), ("new", {"turn_id": NEW_TURN}, at))
    assert forked(*turns) == ["new"]


def test_a_fork_without_turn_ids_is_told_by_the_pause_before_its_first_turn() -> None:
    stamps = ["2026-09-01T10:00:00.001Z", "2026-09-01T10:00:00.002Z", "2026-09-01T10:00:09.000Z"]
    assert forked(*[(f"p{at}", {}, stamp) for at, stamp in enumerate(stamps)]) == ["p2"]


def test_a_fork_is_told_by_the_start_of_its_turns() -> None:
    reader = CodexReader()
    stamp = "2026-09-01T10:00:00.000Z"
    at = 1788256800
    lines = [
        line("session_meta", {"id": "child", "timestamp": stamp}),
        line("session_meta", {"id": "parent", "timestamp": stamp}),
        event("task_started", started_at=at - 500),
        event("user_message", message="old"),
        event("task_started", started_at=at + 2),
        event("user_message", message="new"),
    ]
    assert prompts([record for each in lines for record in reader.read(each)]) == ["new"]
    assert reader.replayed == 3


def test_a_bare_file_tells_its_folder_and_no_times() -> None:
    with open_transcript(FIXTURES / "bare.jsonl") as transcript:
        records = list(transcript.records())
    assert isinstance(transcript.reader, BareReader)
    assert prompts(records) == ["Show the readme"]
    assert [record.at for record in records if isinstance(record, Prompt)] == [None]


def test_a_report_without_an_exit_code_has_none() -> None:
    ended = {"type": "CommandExecution", "id": "c", "command": ["bash", "-lc", "ls"], "exit_code": None}
    (record,) = read(event("item_completed", item=ended))
    assert record == CommandEnd("c", "ls", None, "", None, False, 1788256800000)


def test_a_renamed_file_keeps_its_former_name() -> None:
    changes = {"/x/a.py": {"type": "update", "unified_diff": "@@\n-a\n+b\n+c\n", "move_path": "/x/b.py"}}
    (record,) = read(event("patch_apply_end", call_id="c", success=True, changes=changes))
    assert isinstance(record, FilesChanged)
    assert record.changes == (FileChange("/x/b.py", "R", 2, 1, "/x/a.py"),)


def test_the_older_form_of_changes_is_read() -> None:
    changes = {"/x/a.py": {"add": {"content": "one\ntwo\n"}}, "/x/b.py": {"delete": {"content": "gone\n"}}}
    (record,) = read(event("patch_apply_end", call_id="c", success=True, changes=changes))
    assert isinstance(record, FilesChanged)
    assert record.changes == (FileChange("/x/a.py", "A", 2, 0), FileChange("/x/b.py", "D", 0, 1))


def test_a_turn_start_is_told() -> None:
    assert read(event("task_started", turn_id="t")) == [TurnStart("t", 1788256800000)]


def test_a_turn_that_the_service_failed_is_no_finished_one(tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    head = line("session_meta", {"id": "cafe", "cwd": "/srv"})
    ended = event("task_complete", last_agent_message=None, error={"message": "too many requests"})
    path.write_bytes(
        b"".join([head, event("task_started", turn_id="t"), event("user_message", message="Go"), ended])
    )
    facts = capture(path).facts
    assert (facts.prompt_count, facts.finished, facts.aborted, facts.outcome) == (1, False, 1, "interrupted")
