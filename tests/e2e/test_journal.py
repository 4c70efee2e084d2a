"""The journal of real Codex sessions: however one ends, exactly one right page comes of it."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.codex_home import CODEX, COMPACTING, DEADLINE, CodexHome
from e2e.product import Product, append_hook, hook_command
from e2e.session_pages import meta, pages_of, section
from e2e.tmux import Terminal, has_tmux
from e2e.turns import Turn, answer, apply_patch, fail, http_error, join, shell, silent, spawn

pytestmark = pytest.mark.e2e

Git = Callable[..., str]
_PATCH = "*** Begin Patch\n*** Add File: wick.txt\n+cotton\n*** End Patch"
_SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
_INTERACTIVE = [CODEX, "--no-alt-screen"]

needs_tmux = pytest.mark.skipif(not has_tmux(), reason="no tmux")


@pytest.fixture
def ready(codex: CodexHome, product: Product, repo: Path) -> Path:
    """Return the repository, set up and trusted."""
    product.run(codex, "setup", "--trust")
    return repo


def _next_session(codex: CodexHome, product: Product, repo: Path) -> dict[str, str]:
    """Start and end one more session; return the pages of the others by id."""
    following = codex.run_exec("the next session", cwd=repo).thread_id
    product.settle(codex)
    pages = pages_of(repo)
    assert "the next session" in section(pages.pop(following), "Asked")
    return pages


def test_a_session_leaves_what_was_asked_run_changed_and_said(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.service.script += [
        shell("echo burnt-$((40 + 2)); exit 3"),
        apply_patch(_PATCH),
        answer("The wick is trimmed."),
    ]
    run = codex.run_exec("Trim the wick", cwd=ready)
    product.settle(codex)
    [(session, page)] = pages_of(ready).items()
    assert session == run.thread_id
    assert "Trim the wick" in section(page, "Asked")
    assert "`wick.txt` +1" in section(page, "Changed")
    assert "exit 3: burnt-42" in section(page, "Ran")
    assert "The wick is trimmed." in section(page, "Last message")
    assert f"codex resume {session}" in section(page, "Links")
    front = meta(page)
    assert (front["agent"], front["branch"], front["models"]) == ("codex", "main", ["mock-model"])
    assert (front["prompts"], front["failures"], front["files"], front["tokens_in"]) == ("1", "1", "1", "300")


def test_the_wiki_shows_what_happened(codex: CodexHome, product: Product, ready: Path) -> None:
    codex.service.script += [shell("false"), answer("It failed.")]
    run = codex.run_exec("Try it", cwd=ready)
    [facts] = [json.loads(product.run(codex, "log", "show", "last", "--json"))]
    assert (facts["id"], facts["agent"], facts["cwd"]) == (run.thread_id, "codex", str(ready))
    assert [prompt["text"] for prompt in facts["prompts"]] == ["Try it"]
    assert [(command["command"], command["exit"]) for command in facts["commands"]] == [("false", 1)]
    assert facts["last_message"] == "It failed."
    assert facts["bad_lines"] == 0


def test_a_secret_reaches_neither_the_page_nor_the_private_state(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.service.script += [shell(f"echo {_SECRET}; exit 1"), answer(f"It was {_SECRET}.")]
    codex.run_exec(f"Use {_SECRET} now", cwd=ready)
    product.settle(codex)
    assert len(pages_of(ready)) == 1
    kept = [*(ready / ".omx").rglob("*"), *(codex.ground / "home").rglob("*")]
    leaks = [path for path in kept if path.is_file() and _SECRET.encode() in path.read_bytes()]
    assert leaks == []


@pytest.mark.parametrize("turn", [fail("no oil"), http_error("no oil")], ids=["failed", "http"])
def test_a_failed_turn_keeps_what_was_done(
    codex: CodexHome, product: Product, ready: Path, turn: Turn
) -> None:
    codex.service.script += [shell("echo lit"), turn]
    run = codex.run_exec("Light it", cwd=ready)
    assert run.code == 1
    product.settle(codex)
    page = pages_of(ready)[run.thread_id]
    assert "Light it" in section(page, "Asked")
    assert "1 run" in section(page, "Ran")
    assert meta(page)["outcome"] == "interrupted"


@contextlib.contextmanager
def _working(codex: CodexHome, repo: Path, prompt: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `codex exec` up to where the model falls silent after one command; yield it and its thread."""
    codex.service.script += [shell("echo lit-$((40 + 2)); exit 3"), silent()]
    words = [CODEX, "exec", "--json", "--sandbox", "workspace-write", prompt]
    before = len(codex.service.requests)
    with subprocess.Popen(
        words,
        cwd=repo,
        env=codex.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        thread = json.loads(running.stdout.readline())["thread_id"]
        codex.service.wait_for_requests(before + 2)
        yield running, thread


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_session_that_was_killed_is_recorded_at_the_next_start(
    codex: CodexHome, product: Product, ready: Path, ending: signal.Signals
) -> None:
    with _working(codex, ready, "Light it") as (running, thread):
        os.killpg(running.pid, ending)
    pages = _next_session(codex, product, ready)
    assert set(pages) == {thread}
    assert "Light it" in section(pages[thread], "Asked")
    assert "exit 3: lit-42" in section(pages[thread], "Ran")
    assert meta(pages[thread])["outcome"] == "interrupted"


def test_a_session_that_no_hook_reported_is_found_at_the_next_start(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    hooks = codex.path / "hooks.json"
    installed = hooks.read_bytes()
    hooks.unlink()
    unheard = codex.run_exec("Nobody listens", cwd=ready)
    hooks.write_bytes(installed)
    pages = _next_session(codex, product, ready)
    assert set(pages) == {unheard.thread_id}
    assert "Nobody listens" in section(pages[unheard.thread_id], "Asked")


def test_a_session_that_began_switched_off_is_never_journalled(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    with _switched_off(codex):
        unheard = codex.run_exec("Between us", cwd=ready)
    assert _next_session(codex, product, ready) == {}
    codex.run_exec("And on", cwd=ready, resume=unheard.thread_id)
    product.settle(codex)
    pages = _next_session(codex, product, ready)
    assert unheard.thread_id not in pages
    assert "1 skipped" in product.run(codex, "import", "codex").replace(", ", "\n").splitlines()
    [rollout] = codex.path.glob(f"sessions/*/*/*/*{unheard.thread_id}.jsonl")
    assert unheard.thread_id not in pages_of(ready)
    product.run(codex, "import", "codex", str(rollout))
    assert "Between us" in section(pages_of(ready)[unheard.thread_id], "Asked")


def test_a_fork_that_is_switched_off_is_never_journalled(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    first = codex.run_exec("Light it", cwd=ready)
    product.settle(codex)
    before = pages_of(ready)
    with _switched_off(codex):
        codex.service.script += [shell("echo soot; exit 3"), answer("It went out.")]
        codex.run_exec("Between us", cwd=ready, fork=first.thread_id)
    assert _next_session(codex, product, ready) == before
    assert first.thread_id in before


def test_a_session_resumed_switched_off_keeps_the_page_it_had(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    first = codex.run_exec("Light it", cwd=ready)
    product.settle(codex)
    before = pages_of(ready)
    with _switched_off(codex):
        codex.service.script += [shell("echo soot; exit 3"), answer("It went out.")]
        codex.run_exec("Between us", cwd=ready, resume=first.thread_id)
    after = _next_session(codex, product, ready)
    assert after == before
    codex.run_exec("Aloud again", cwd=ready, resume=first.thread_id)
    product.settle(codex)
    assert pages_of(ready)[first.thread_id] == before[first.thread_id]


def test_a_sub_agent_of_a_session_that_is_switched_off_leaves_nothing(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.service.script += [
        spawn("trim the wick"),
        join(),
        shell("echo soot-$((40 + 2)); exit 3"),
        answer("trimmed"),
        answer("All lit."),
    ]
    with _switched_off(codex):
        codex.run_exec("Light it", cwd=ready)
    assert len(list(codex.path.glob("sessions/*/*/*/*.jsonl"))) == 2
    assert _next_session(codex, product, ready) == {}
    state = codex.ground / "home" / ".local" / "state"
    assert not [path for path in state.rglob("*") if path.is_file() and b"soot" in path.read_bytes()]


@contextlib.contextmanager
def _switched_off(codex: CodexHome) -> Iterator[None]:
    """Have Codex run with all hooks of ours switched off."""
    codex.variables["OMX_WIKI_DISABLE"] = "1"
    yield
    del codex.variables["OMX_WIKI_DISABLE"]


def test_a_command_that_shows_sessions_finds_a_killed_one(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.variables["OMX_WIKI_BACKGROUND"] = "0"
    with _working(codex, ready, "Light it") as (running, thread):
        os.killpg(running.pid, signal.SIGKILL)
    assert pages_of(ready) == {}
    assert "Light it" in product.run(codex, "log")
    assert set(pages_of(ready)) == {thread}


def test_a_resumed_session_keeps_its_page_and_its_notes(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    first = codex.run_exec("Light it", cwd=ready)
    product.settle(codex)
    [path] = (ready / ".omx" / "wiki" / "sessions").glob("*.md")
    with path.open("a", encoding="utf-8") as page:
        page.write("\n## Notes\n\nRead this twice.\n")
    codex.service.script += [answer("It went out.")]
    codex.run_exec("Put it out", cwd=ready, resume=first.thread_id)
    product.settle(codex)
    [(session, text)] = pages_of(ready).items()
    assert session == first.thread_id
    asked = section(text, "Asked")
    assert asked.index("Light it") < asked.index("Put it out")
    assert asked.count("Light it") == 1
    assert "It went out." in section(text, "Last message")
    assert text.endswith("\n## Notes\n\nRead this twice.\n")


def test_a_fork_is_a_session_of_its_own(codex: CodexHome, product: Product, ready: Path) -> None:
    codex.service.script += [shell("echo lit"), answer()]
    first = codex.run_exec("Light it", cwd=ready)
    product.settle(codex)
    before = pages_of(ready)[first.thread_id]
    fork = codex.run_exec("Or rather not", cwd=ready, fork=first.thread_id)
    product.settle(codex)
    pages = pages_of(ready)
    assert set(pages) == {first.thread_id, fork.thread_id}
    assert pages[first.thread_id] == before
    forked = pages[fork.thread_id]
    assert "Or rather not" in section(forked, "Asked")
    assert "Light it" not in section(forked, "Asked")
    assert section(forked, "Ran") == ""
    assert meta(forked)["forked_from"] == first.thread_id


def test_compaction_makes_no_second_page_and_no_prompt(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.service.script += [shell("true", tokens=300_000), answer("what happened so far"), answer("Lit.")]
    run = codex.run_exec("Light it", cwd=ready, options=COMPACTING)
    product.settle(codex)
    [(session, page)] = pages_of(ready).items()
    assert session == run.thread_id
    assert meta(page)["prompts"] == "1"
    assert "1 compaction" in section(page, "Numbers")
    assert "what happened so far" not in page
    assert "Lit." in section(page, "Last message")


def test_a_subagents_work_is_on_the_page_of_its_parent(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.service.script += [
        spawn("trim the wick"),
        join(),
        shell("echo soot-$((40 + 2)); exit 3"),
        answer("trimmed"),
        answer("All lit."),
    ]
    run = codex.run_exec("Light it", cwd=ready)
    pages = _next_session(codex, product, ready)
    assert set(pages) == {run.thread_id}
    page = pages[run.thread_id]
    assert "exit 3: soot-42" in section(page, "Ran")
    assert "trim the wick" not in section(page, "Asked")
    assert "1 sub-agent" in section(page, "Numbers")


def test_an_ephemeral_session_is_not_remembered(codex: CodexHome, product: Product, ready: Path) -> None:
    codex.run_exec("Forget this", cwd=ready, options=["--ephemeral"])
    assert _next_session(codex, product, ready) == {}


def test_subdirectories_and_linked_worktrees_are_recorded_in_the_main_checkout(
    codex: CodexHome, product: Product, ready: Path, git: Git
) -> None:
    inner = ready / "src" / "wick"
    inner.mkdir(parents=True)
    worktree = ready.parent / "elsewhere"
    git(ready, "worktree", "add", "-q", "-b", "lamp", str(worktree))
    runs = [codex.run_exec("hello", cwd=place) for place in (inner, worktree)]
    product.settle(codex)
    pages = pages_of(ready)
    assert set(pages) == {run.thread_id for run in runs}
    below, beside = (meta(pages[run.thread_id]) for run in runs)
    assert (below["branch"], below.get("worktree")) == ("main", None)
    assert (beside["branch"], beside["worktree"]) == ("lamp", "elsewhere")
    assert not (worktree / ".omx").exists()
    assert not (inner / ".omx").exists()


def test_a_session_elsewhere_leaves_no_page(
    codex: CodexHome, product: Product, ready: Path, ground: Path, git: Git
) -> None:
    other = ground / "other"
    other.mkdir()
    git(other, "init", "-q")
    codex.run_exec("somewhere else", cwd=other, options=["--skip-git-repo-check"])
    assert _next_session(codex, product, ready) == {}
    assert not (other / ".omx").exists()


def test_hooks_of_turns_and_endings_say_nothing(codex: CodexHome, product: Product, ready: Path) -> None:
    said = codex.ground / "said"
    for event in ("Stop", "SessionEnd"):
        command = f"{hook_command(codex, event)} >> {shlex.quote(str(said))} 2>&1; echo {event}=$? >> {said}"
        append_hook(codex, event, command)
    run = codex.run_exec("hello", cwd=ready, options=["--dangerously-bypass-hook-trust"])
    assert run.code == 0
    assert len(run.requests) == 1
    assert said.read_text(encoding="utf-8").split() == ["Stop=0", "SessionEnd=0"]
    product.settle(codex)
    assert set(pages_of(ready)) == {run.thread_id}


def test_importing_after_the_state_was_lost_changes_no_page(
    codex: CodexHome, product: Product, ready: Path
) -> None:
    codex.service.script += [shell("echo lit; exit 3"), apply_patch(_PATCH), answer("Lit.")]
    first = codex.run_exec("Light it", cwd=ready)
    codex.run_exec("Again", cwd=ready, resume=first.thread_id)
    codex.run_exec("Or not", cwd=ready, fork=first.thread_id)
    product.settle(codex, gone=True)
    before = pages_of(ready)
    assert len(before) == 2
    shutil.rmtree(codex.ground / "home" / ".local" / "state")
    for _ in range(2):
        product.run(codex, "import", "codex")
        product.settle(codex, gone=True)
        assert pages_of(ready) == before


def test_archiving_a_session_leaves_its_page(codex: CodexHome, product: Product, ready: Path) -> None:
    run = codex.run_exec("Light it", cwd=ready)
    product.settle(codex)
    before = pages_of(ready)[run.thread_id]
    _codex(codex, "archive", run.thread_id)
    assert list((codex.path / "archived_sessions").glob("*.jsonl"))
    pages = _next_session(codex, product, ready)
    assert set(pages) == {run.thread_id}
    product.run(codex, "import", "codex")
    after = pages_of(ready)[run.thread_id]
    assert section(after, "Asked") == section(before, "Asked")


def _codex(codex: CodexHome, *words: str) -> None:
    subprocess.run(
        [CODEX, *words],
        env=codex.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )


def _stop_daemon(codex: CodexHome) -> None:
    """Stop the daemon, and its updater, which outlives it."""
    _codex(codex, "app-server", "daemon", "stop")
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True
    )
    for line in listing.stdout.splitlines():
        pid, _, words = line.strip().partition(" ")
        if words.strip().startswith(str(codex.path)) and "app-server daemon" in words:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGTERM)


def _converse(terminal: Terminal, codex: CodexHome) -> None:
    """Take one turn in the terminal interface."""
    codex.service.script += [shell("echo lit-$((40 + 2)); exit 3"), answer("The lamp burns.")]
    terminal.wait_for("Ask Codex")
    terminal.type("Light the lamp")
    terminal.wait_for("The lamp burns.")
    terminal.wait_for("Worked for")  # shown when the turn is over


def _assert_the_lamp_was_lit(pages: dict[str, str]) -> None:
    [page] = pages.values()
    assert "Light the lamp" in section(page, "Asked")
    assert "exit 3: lit-42" in section(page, "Ran")
    assert "The lamp burns." in section(page, "Last message")
    assert meta(page)["prompts"] == "1"


@needs_tmux
def test_the_terminal_interface_leaves_a_page_when_it_is_quit(
    codex: CodexHome, product: Product, ready: Path, ground: Path
) -> None:
    with Terminal(ground / "tmux", _INTERACTIVE, ready, codex.environ) as terminal:
        _converse(terminal, codex)
        terminal.type("/quit")
        terminal.wait_for_exit()
    product.settle(codex)
    _assert_the_lamp_was_lit(pages_of(ready))


@needs_tmux
def test_the_terminal_interface_leaves_a_page_when_its_window_is_closed(
    codex: CodexHome, product: Product, ready: Path, ground: Path
) -> None:
    with Terminal(ground / "tmux", _INTERACTIVE, ready, codex.environ) as terminal:
        _converse(terminal, codex)
    _assert_the_lamp_was_lit(_next_session(codex, product, ready))


@needs_tmux
def test_a_terminal_interface_without_a_prompt_leaves_no_page(
    codex: CodexHome, product: Product, ready: Path, ground: Path
) -> None:
    with Terminal(ground / "tmux", _INTERACTIVE, ready, codex.environ) as terminal:
        terminal.wait_for("Ask Codex")
        terminal.type("/quit")
        terminal.wait_for_exit()
    assert _next_session(codex, product, ready) == {}


@needs_tmux
def test_each_thread_of_one_terminal_leaves_a_page(
    codex: CodexHome, product: Product, ready: Path, ground: Path
) -> None:
    with Terminal(ground / "tmux", _INTERACTIVE, ready, codex.environ) as terminal:
        _converse(terminal, codex)
        codex.service.script += [answer("It is dark.")]
        terminal.clear("The lamp burns.")
        terminal.wait_for("Ask Codex")
        terminal.type("Put it out")
        terminal.wait_for("It is dark.")
        terminal.type("/quit")
        terminal.wait_for_exit()
    product.settle(codex)
    asked = sorted(section(page, "Asked").strip() for page in pages_of(ready).values())
    assert [line.partition("] ")[2] for line in asked] == ["Light the lamp", "Put it out"]


@needs_tmux
@pytest.mark.parametrize("closing", ["quit", "closed"])
def test_a_session_in_the_daemon_leaves_a_page(
    codex: CodexHome, product: Product, ready: Path, ground: Path, closing: str
) -> None:
    text = codex.config.read_text(encoding="utf-8")
    codex.config.write_text(
        text.replace("daemon_auto_start = false", "daemon_auto_start = true"), encoding="utf-8"
    )
    try:
        with Terminal(ground / "tmux", _INTERACTIVE, ready, codex.environ) as terminal:
            _converse(terminal, codex)
            if closing == "quit":
                terminal.type("/quit")
                terminal.wait_for_exit()
        product.settle(codex)
        _assert_the_lamp_was_lit(pages_of(ready))
    finally:
        _stop_daemon(codex)
    _assert_the_lamp_was_lit(_next_session(codex, product, ready))
