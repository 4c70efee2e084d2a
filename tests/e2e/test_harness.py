"""The harness itself: the scripted model service, the sealed Codex, the terminal."""

from __future__ import annotations

import json
import shlex
import urllib.request
from typing import TYPE_CHECKING

import pytest

from e2e.codex_home import CODEX, COMPACTING
from e2e.mock_responses import MockResponses
from e2e.tmux import Terminal, has_tmux
from e2e.turns import Request, Turn, answer, apply_patch, fail, http_error, join, shell, silent, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.codex_home import CodexHome

pytestmark = pytest.mark.e2e

_BYPASS = "--dangerously-bypass-hook-trust"
_NOTE = "The lantern burns whale oil."
_PATCH = "*** Begin Patch\n*** Add File: wick.txt\n+cotton\n*** End Patch"


def _write_hooks(codex: CodexHome, *, matcher: str = "startup|clear|compact", command: str = "") -> None:
    """Install a hook that says the note at the start of a session."""
    command = command or shlex.join(["printf", "%s", _NOTE])
    handler = {"type": "command", "command": command, "timeout": 5}
    group = {"matcher": matcher, "hooks": [handler]}
    hooks = {"hooks": {"SessionStart": [group]}}
    (codex.path / "hooks.json").write_text(json.dumps(hooks), encoding="utf-8")


def test_the_service_plays_its_script_and_keeps_the_requests() -> None:
    with MockResponses([answer("first", only_if="lamp"), answer("second")]) as service:
        replies = [_post(service, text) for text in ("hello", "a lamp", "more")]
    assert ["second" in replies[0], "first" in replies[1], "Done." in replies[2]] == [True, True, True]
    assert [request.texts("user") for request in service.requests] == [["hello"], ["a lamp"], ["more"]]


def test_a_request_tells_which_tools_it_offers_wherever_they_are_listed() -> None:
    nested = {"type": "namespace", "name": "multi", "tools": [{"type": "function", "name": "spawn_agent"}]}
    late = {"type": "tools", "tools": [{"type": "custom", "name": "apply_patch"}]}
    request = Request({"tools": [nested, {"type": "local_shell"}], "input": [late]})
    assert request.offers("spawn_agent") == {"type": "function", "name": "spawn_agent", "namespace": "multi"}
    assert request.offers("local_shell") == {"type": "local_shell"}
    assert request.offers("apply_patch") == {"type": "custom", "name": "apply_patch"}
    assert request.offers("exec_command") is None


def test_a_hooks_text_reaches_the_model_once_as_a_developer_message(codex: CodexHome, repo: Path) -> None:
    _write_hooks(codex)
    run = codex.run_exec("hello", cwd=repo, options=[_BYPASS])
    assert run.code == 0
    assert len(run.requests) == 1
    assert run.requests[0].texts("developer").count(_NOTE) == 1


def test_an_untrusted_hook_is_listed_and_does_not_run(codex: CodexHome, repo: Path) -> None:
    _write_hooks(codex)
    run = codex.run_exec("hello", cwd=repo)
    assert run.code == 0
    assert _NOTE not in run.requests[0].texts("developer")
    assert [hook["trustStatus"] for hook in codex.hooks_list(repo)["hooks"]] == ["untrusted"]


def test_resume_and_fork_keep_the_history(codex: CodexHome, repo: Path) -> None:
    first = codex.run_exec("the first prompt", cwd=repo)
    resumed = codex.run_exec("the second prompt", cwd=repo, resume=first.thread_id)
    forked = codex.run_exec("the third prompt", cwd=repo, fork=first.thread_id)
    assert resumed.thread_id == first.thread_id != forked.thread_id
    for run in (resumed, forked):
        assert "the first prompt" in run.requests[0].texts("user")


@pytest.mark.parametrize("model", ["mock-model", "gpt-5.5", "gpt-6-sol"])
def test_shell_calls_and_patches_run_for_each_kind_of_tool(codex: CodexHome, repo: Path, model: str) -> None:
    codex.model = model
    codex.prepare()
    codex.service.script += [shell("echo wick-$((40 + 2))"), apply_patch(_PATCH), answer()]
    run = codex.run_exec("hello", cwd=repo)
    assert len(run.requests) == 3
    assert "wick-42" in run.requests[1].outputs()[0]
    assert (repo / "wick.txt").read_text(encoding="utf-8") == "cotton\n"


def test_the_sandbox_lets_the_agent_write_in_the_repository_only(
    codex: CodexHome, repo: Path, ground: Path
) -> None:
    outside = shlex.quote(str(ground / "outside"))
    codex.service.script += [shell(f"echo x > inside && echo x > {outside}"), answer()]
    run = codex.run_exec("hello", cwd=repo)
    assert (repo / "inside").exists()
    assert not (ground / "outside").exists(), run.requests[1].outputs()


def test_compaction_starts_the_context_anew(codex: CodexHome, repo: Path) -> None:
    _write_hooks(codex)
    codex.service.script += [shell("true", tokens=300_000), answer("the summary"), answer()]
    run = codex.run_exec("hello", cwd=repo, options=[_BYPASS, *COMPACTING])
    assert len(run.requests) == 3
    assert any("the summary" in text for text in run.requests[2].texts("user"))
    assert run.requests[2].texts("developer").count(_NOTE) == 1


def test_a_subagent_asks_on_its_own(codex: CodexHome, repo: Path) -> None:
    codex.service.script += [spawn("trim the wick"), join(), answer("trimmed"), answer()]
    run = codex.run_exec("hello", cwd=repo)
    assert [request for request in run.requests if request.texts("user")[-1] == "trim the wick"]
    assert '"completed":"trimmed"' in run.requests[-1].outputs()[-1]


@pytest.mark.parametrize("turn", [fail("no oil"), http_error("no oil")], ids=["failed", "http"])
def test_a_failing_model_ends_the_run(codex: CodexHome, repo: Path, turn: Turn) -> None:
    codex.service.script.append(turn)
    run = codex.run_exec("hello", cwd=repo)
    assert run.code == 1
    assert "turn.failed" in [event["type"] for event in run.events]


@pytest.mark.skipif(not has_tmux(), reason="no tmux")
def test_the_terminal_interface_is_driven_by_what_it_shows(
    codex: CodexHome, repo: Path, ground: Path
) -> None:
    codex.service.script.append(answer("Good evening."))
    words = [CODEX, "--no-alt-screen"]
    with Terminal(ground / "tmux", words, repo, codex.environ) as terminal:
        terminal.wait_for("Ask Codex")
        terminal.type("hello")
        terminal.wait_for("Good evening.")
        terminal.type("/quit")
        terminal.wait_for_exit()
    assert len(codex.service.requests) == 1


@pytest.mark.skipif(not has_tmux(), reason="no tmux")
def test_ctrl_c_ends_a_silent_stream(codex: CodexHome, repo: Path, ground: Path) -> None:
    codex.service.script.append(silent())
    with Terminal(ground / "tmux", [CODEX, "exec", "hello"], repo, codex.environ) as terminal:
        codex.service.wait_for_requests(1)
        terminal.press("C-c")
        terminal.wait_for_exit()
    assert len(codex.service.requests) == 1


def _post(service: MockResponses, text: str) -> str:
    body = {"input": [{"role": "user", "content": [{"type": "input_text", "text": text}]}]}
    data = json.dumps(body).encode()
    with urllib.request.urlopen(f"{service.base_url}/responses", data) as reply:
        return str(reply.read().decode())
