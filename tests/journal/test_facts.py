"""What is told of whole sessions, one made-up or real transcript per matter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.capture import capture
from omx_wiki.journal.segments import capture_segments

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts

FIXTURES = Path(__file__).parents[1] / "fixtures" / "transcripts"
ROUNDING = "Fix the rounding bug in cart totals"


def facts(name: str) -> SessionFacts:
    return capture(FIXTURES / f"{name}.jsonl").facts


def asked(name: str) -> list[str]:
    return [prompt.text for prompt in facts(name).prompts]


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("aborted", ["Rewrite everything in Rust"]),
        ("bare", ["Show the readme"]),
        ("claude", ["Fix the lamp test", "Now deploy it"]),
        ("claude-subagent", ["look"]),
        ("codex-0.40", ["List the files"]),
        ("codex-0.116", ["Do the first thing", "Second thing", "Third thing"]),
        ("codex-0.116-fork", ["On the fork", "After the rollback"]),
        ("codex-0.142.5", ["hello"]),
        ("codex-0.147-code-mode", ["Do the first thing", "Second thing", "Third thing"]),
        ("codex-0.147-fork", ["On the fork", "After the rollback"]),
        ("codex-0.169", ["PROMPT"]),
        ("codex-0.169-code-mode", ["Do the first thing", "Second thing", "Third thing"]),
        ("codex-0.169-compaction", ["hello"]),
        ("codex-0.169-revert-1", ["On the fork", "Withdraw me"]),
        ("codex-0.169-revert-2", ["After the rollback"]),
        ("commits", ["Commit the lamp work"]),
        ("compaction-legacy", ["Explain the scheduler", "And the clock?"]),
        ("crashed", [ROUNDING, "Add currency support"]),
        ("exec-research", ["Which TLS versions do we allow?"]),
        ("failing-then-passing", ["Make the parser accept empty input"]),
        ("legacy-fork", ["Add a changelog entry"]),
        ("paginated", [ROUNDING]),
        ("paginated-fork", ["Continue on the fork"]),
        ("resumed", ["Draft the release notes", "Add the breaking changes"]),
        ("rolled-back", [ROUNDING]),
        ("torn-tail", ["Count the lamps"]),
    ],
)
def test_prompts_are_what_people_wrote(name: str, prompts: list[str]) -> None:
    assert asked(name) == prompts


@pytest.mark.parametrize(
    ("name", "outcome", "finished"),
    [
        ("aborted", "interrupted", False),
        ("bare", "research", True),
        ("claude", "interrupted", False),
        ("codex-0.40", "research", True),
        ("codex-0.169", "done", True),
        ("commits", "shipped", True),
        ("crashed", "interrupted", False),
        ("exec-research", "research", True),
        ("failing-then-passing", "done", True),
        ("left-failing", "left failing", True),
        ("patch", "done", True),
        ("rolled-back", "done", True),
        ("torn-tail", "interrupted", False),
    ],
)
def test_the_outcome_is_told(name: str, outcome: str, *, finished: bool) -> None:
    told = facts(name)
    assert (told.outcome, told.finished) == (outcome, finished)


def files(name: str) -> list[tuple[str, str, int, int, str]]:
    return [(f.path, f.kind, f.added, f.removed, f.old_path) for f in facts(name).files]


def test_patches_tell_the_files_changed_and_refused_ones_do_not() -> None:
    assert files("patch") == [
        ("src/lamp.py", "M", 3, 3, ""),
        ("docs/lamp.md", "A", 2, 0, ""),
        ("old.py", "D", 0, 0, ""),
        ("b.py", "R", 1, 1, "a.py"),
    ]


@pytest.mark.parametrize("name", ["paginated", "crashed", "rolled-back"])
def test_a_patch_and_its_report_are_one_change(name: str) -> None:
    assert files(name) == [("src/cart.py", "M", 1, 1, "")]


def test_a_real_paginated_file_tells_its_new_file() -> None:
    assert files("codex-0.169") == [("new.txt", "A", 1, 0, "")]


@pytest.mark.parametrize("name", ["codex-0.116", "codex-0.147-code-mode", "codex-0.169-code-mode"])
def test_every_age_tells_the_same_work(name: str) -> None:
    told = facts(name)
    assert sorted(files(name)) == [("a.txt", "M", 1, 1, ""), ("b.txt", "A", 1, 0, "")]
    commands = [command.command for command in told.commands]
    assert commands == ["ls missing", 'git add -A && git commit -m "Add b"', "sleep 1; echo done"]
    assert [commit.subject for commit in told.commits] == ["Add b"]
    assert (told.compactions, told.last_message, told.tool_calls) == (1, "Third.", 4)
    assert vars_of(told) == (300700, 0, 80, 0)
    if name != "codex-0.147-code-mode":  # where no end of a command is told
        assert [command.exit for command in told.commands] == [2, 0, 0]


@pytest.mark.parametrize("name", ["codex-0.116-fork", "codex-0.147-fork"])
def test_a_real_fork_leaves_turns_and_tokens_to_its_parent(name: str) -> None:
    told = facts(name)
    assert told.forked_from
    assert told.replayed_lines > 50
    assert [command.command for command in told.commands] == ["echo forked"]
    assert vars_of(told) == (400, 0, 40, 0)


def test_a_reverted_thread_in_two_files_is_one_session() -> None:
    first, second = (FIXTURES / f"codex-0.169-revert-{part}.jsonl" for part in (1, 2))
    told = capture_segments([second, first])
    assert [prompt.text for prompt in told.prompts] == ["On the fork", "After the rollback"]
    assert told == capture_segments([first, second])
    assert (told.last_message, told.bytes_total) == ("After.", first.stat().st_size + second.stat().st_size)
    assert vars_of(told) == (300, 0, 30, 0)
    assert capture_segments([first]) == facts("codex-0.169-revert-1")
    assert facts("codex-0.169-revert-2").base_ordinal == 86


def test_files_of_different_sessions_are_not_joined() -> None:
    with pytest.raises(InvalidInputError):
        capture_segments([FIXTURES / "patch.jsonl", FIXTURES / "commits.jsonl"])
    with pytest.raises(InvalidInputError):
        capture_segments([])


def test_edits_of_claude_are_measured_by_its_own_patch() -> None:
    assert files("claude") == [("lamp.py", "M", 2, 1, ""), ("new.md", "A", 3, 0, "")]


def test_a_failing_test_that_passes_later_is_fixed() -> None:
    told = facts("failing-then-passing")
    assert [(c.family, c.exit, c.fixed_later) for c in told.commands] == [
        ("test", 1, True),
        ("test", 0, False),
        ("lint", 0, False),
    ]
    assert told.commands[0].error == "AssertionError: assert None == []"
    assert told.failures == 1
    assert {name: (f.runs, f.failed, f.last_exit) for name, f in told.families.items()} == {
        "lint": (1, 0, 0),
        "test": (2, 1, 0),
    }


@pytest.mark.parametrize("name", ["paginated", "crashed"])
def test_a_call_its_report_and_its_answer_are_one_command(name: str) -> None:
    commands = [(c.command, c.exit) for c in facts(name).commands]
    assert commands[:2] == [("rg -n round src", 0), ("pytest -q", 0)]
    assert commands[2:] == ([("rg currency", None)] if name == "crashed" else [])


def test_commands_inside_a_script_are_known_by_their_reports() -> None:
    told = facts("exec-research")
    assert [(c.command, c.exit, c.duration_ms) for c in told.commands] == [
        ("grep -rn TLS conf", 0, 1500),
        ("ls conf/missing", 2, 0),
    ]
    assert told.tools == {"exec": 1, "update_plan": 1}


def test_commits_are_claimed_only_by_commands_that_commit() -> None:
    assert [(c.sha, c.subject) for c in facts("commits").commits] == [
        ("0a1b2c3", "Add lamp"),
        ("4d5e6f708", "Fix lamp: [wip] brackets"),
    ]


def test_wiki_commands_tell_pages() -> None:
    told = facts("commits")
    assert (told.pages_read, told.pages_added) == (["retry-policy"], ["Lamp wiring"])


def test_the_header_tells_where_and_when() -> None:
    told = facts("failing-then-passing")
    assert (told.id, told.agent, told.cwd, told.branch) == (
        "019f1111-0000-7000-8000-000000000002",
        "codex",
        "/srv/lantern",
        "main",
    )
    assert (told.started, told.ended) == ("2026-09-02T08:00:00.000Z", "2026-09-02T08:01:09.000Z")
    assert told.repository == "https://git.example.invalid/lantern.git"
    assert (told.models, told.effort, told.active_seconds) == (["gpt-5.6"], "high", 69)


def test_tokens_are_sums_of_deltas() -> None:
    assert vars_of(facts("failing-then-passing")) == (2500, 1100, 120, 20)
    assert vars_of(facts("codex-0.169")) == (300, 0, 30, 0)
    assert vars_of(facts("codex-0.169-compaction")) == (300200, 0, 30, 0)
    assert vars_of(facts("codex-0.142.5")) == (200, 0, 20, 0)
    assert vars_of(facts("claude")) == (805, 700, 72, 0)


def vars_of(told: SessionFacts) -> tuple[int, int, int, int]:
    return told.tokens.input, told.tokens.cached, told.tokens.output, told.tokens.reasoning


def test_a_fork_leaves_its_parents_turns_to_the_parent() -> None:
    told = facts("legacy-fork")
    assert told.id.endswith("3")
    assert told.forked_from.endswith("1")
    assert (told.commands, told.files, told.last_message) == ([], [], "Changelog updated.")
    assert told.replayed_lines == 19


def test_a_paginated_fork_names_its_parent() -> None:
    assert facts("paginated-fork").forked_from == "019f1111-0000-7000-8000-000000000099"


def test_withdrawn_turns_are_not_told() -> None:
    assert facts("rolled-back").last_message.startswith("Totals now use")


def test_a_resumed_session_counts_no_night() -> None:
    told = facts("resumed")
    assert (told.versions, told.active_seconds) == (["0.120.0", "0.121.0"], 60)
    assert told.ended == "2026-09-03T08:01:03.000Z"


def test_subagents_and_housekeeping_are_recognised() -> None:
    told = facts("subagent")
    assert (told.kind, told.parent, told.role) == (
        "subagent",
        "019f1111-0000-7000-8000-000000000002",
        "explorer",
    )
    assert facts("internal").kind == "internal"
    side = facts("claude-subagent")
    assert (side.kind, side.id, side.parent) == (
        "subagent",
        "a1b2c3d",
        "c1a0de00-0000-4000-8000-000000000001",
    )


def test_compactions_and_aborts_are_counted() -> None:
    assert facts("compaction-legacy").compactions == 1
    assert facts("codex-0.169-compaction").compactions == 1
    assert facts("claude").compactions == 1
    assert facts("aborted").aborted == 1


def test_plans_leave_their_open_steps() -> None:
    assert facts("exec-research").open_steps == ["Compare with RFC 8996", "Write it down"]
    assert facts("claude").open_steps == ["Tell Ada"]


def test_corrections_titles_and_decisions_are_explicit() -> None:
    told = facts("left-failing")
    assert [prompt.correction for prompt in told.prompts] == [False, False, True]
    assert told.title == "Speed up the importer, please: it takes a minute for 1,000 rows and…"
    assert told.decisions == ["We will keep the importer and add an index."]
    assert facts("failing-then-passing").decisions == ["Decision: empty input parses to an empty list."]


def test_a_torn_tail_is_left_for_later() -> None:
    told = facts("torn-tail")
    assert (told.bad_lines, told.bytes_total - told.bytes_read) == (0, 98)


def test_substance_is_a_prompt_or_a_tool_call(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes((FIXTURES / "patch.jsonl").read_bytes().splitlines(keepends=True)[0])
    assert not capture(path).facts.has_substance
    assert facts("patch").has_substance


def test_the_json_form_has_the_fields_of_the_log() -> None:
    told: dict[str, Any] = json.loads(json.dumps(facts("failing-then-passing").as_json()))
    assert told.keys() >= {
        *("id", "agent", "versions", "models", "cwd", "branch", "started", "ended", "parent", "forked_from"),
        *("prompts", "files", "commands", "failures", "commits", "compactions", "aborted", "finished"),
        *("last_message", "tokens", "bad_lines", "bytes_read", "bytes_total"),
    }
    assert told["prompts"][0]["text"] == "Make the parser accept empty input"
    assert told["files"][0].keys() >= {"path", "added", "removed"}
    assert told["commands"][0].keys() >= {"command", "exit"}


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_text_kept_has_been_cleaned(path: Path) -> None:
    seen: set[str] = set()

    def note(text: str) -> str:
        seen.add(text)
        return text.replace("a", "").replace("e", "")

    done = capture(path, clean=note)
    told = done.facts.as_json()
    computed = {"agent", "kind", "outcome", "started", "ended"}
    kept = strings({name: value for name, value in told.items() if name not in computed})
    labels = {"test", "other", "build", "assertion", "type", "missing file", "lint", "git", "opened"}
    assert seen
    assert [text for text in kept if set(text) & set("ae") and text not in labels] == []
