"""The hook as other hosts run it: JSON as the last word, payload files, a long-lived process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import omx_wiki
from omx_wiki.hook.spool import INBOX
from omx_wiki.project import Project, find_project, state_home

FIXTURES = Path(__file__).parents[1] / "fixtures" / "dialects"
PACKAGE_ROOT = str(Path(omx_wiki.__file__).parents[1])
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from omx_wiki.hook.main import main; main()"
COMMAND = [sys.executable, "-I", "-S", "-c", START, PACKAGE_ROOT, "--wiki", "/opt/wiki"]

pytestmark = pytest.mark.usefixtures("no_background")


@pytest.fixture
def project(repository: Path) -> Project:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    (repository / ".gitignore").write_text(".omx/\n", encoding="utf-8")
    return find_project(str(repository))


def fixture(name: str, **changes: Any) -> str:
    return json.dumps({**json.loads((FIXTURES / name).read_text()), **changes})


def run(*words: str, stdin: str = "", cwd: str | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*COMMAND, *words], input=stdin, cwd=cwd, text=True, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return done


def records(project: Project) -> list[dict[str, Any]]:
    folder = Path(project.state, INBOX)
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [json.loads(path.read_text()) for path in paths]


def test_a_turn_of_notify_leaves_its_words_and_prints_nothing(project: Project) -> None:
    text = fixture("codex-notify/g4-2026-02.json", cwd=project.root)
    run("--parent", "77", "--dialect", "notify", "--then", "nowhere", text)
    (record,) = records(project)
    assert record["dialect"] == "codex-notify"
    assert record["input_messages"] == ["add a retry", "and log it — naïve café 漢字"]
    assert record["last_assistant_message"] == "Done.\nTwo lines."
    assert record["parent"] == 77


def test_an_event_in_the_last_word_leaves_a_silent_standard_input_alone(project: Project) -> None:
    reading, writing = os.pipe()
    try:
        text = fixture("event-hooks/session-started.json", cwd=project.root)
        done = subprocess.run(
            [*COMMAND, "--dialect", "event-hooks", text], stdin=reading, timeout=60, check=True
        )
        assert done.returncode == 0
        assert os.get_blocking(reading)
    finally:
        os.close(writing)
        os.close(reading)
    assert [record["event"] for record in records(project)] == ["session-start"]


def test_the_end_of_a_session_goes_where_it_began(project: Project, tmp_path: Path) -> None:
    run("--dialect", "event-hooks", fixture("event-hooks/session-started.json", cwd=project.root))
    run("--dialect", "event-hooks", fixture("event-hooks/session-ended.json"), cwd=str(tmp_path))
    assert [(r["event"], r["cwd"]) for r in records(project)] == [
        ("session-start", project.root),
        ("session-end", project.root),
    ]


def test_an_event_without_a_folder_belongs_where_the_host_runs(project: Project) -> None:
    run("--dialect", "event-hooks", fixture("event-hooks/tool-execution-started.json"), cwd=project.root)
    (record,) = records(project)
    assert record["tool_input"] == {"command": "make -j4", "cwd": "/srv/lantern"}


@pytest.mark.parametrize("name", ["v1-session-start-cli.json", "v2-session-start.json"])
def test_xcodex_gets_no_answer_at_the_start(project: Project, name: str) -> None:
    Path(project.store, "page.md").write_text("# A page\n\nText.\n", encoding="utf-8")
    run("--dialect", "xcodex", stdin=fixture(f"xcodex/{name}", cwd=project.root))
    assert [record["event"] for record in records(project)] == ["session-start"]


@pytest.mark.parametrize("dialect", ["claude", "cursor"])
def test_hosts_that_listen_get_the_context(project: Project, dialect: str) -> None:
    Path(project.store, "page.md").write_text("# A page\n\nText.\n", encoding="utf-8")
    where = {"cwd": project.root} if dialect == "claude" else {"workspace_roots": [project.root]}
    text = fixture(f"{dialect}/session-start.json", source="startup", **where)
    done = subprocess.run(
        [*COMMAND, "--dialect", dialect], input=text, text=True, capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    inner = (
        answer["hookSpecificOutput"]["additionalContext"]
        if dialect == "claude"
        else answer["additional_context"]
    )
    assert "A page" in inner


@pytest.mark.parametrize(
    "text",
    [
        fixture("xcodex/v2-session-start.json", session_id="hooks-test-5c", session_source="hooks-test"),
        '{"type":"hook-event","event":{"xcodex_event_type":"session-end","session_id":"t","event_id":"hooks-test"}}',
    ],
)
def test_a_self_test_is_reported_and_never_written(project: Project, text: str) -> None:
    run("--dialect", "xcodex", stdin=text, cwd=project.root)
    assert records(project) == []
    assert "self-test: xcodex-v2 session-" in Path(state_home(), "hook.log").read_text()


def test_a_folder_without_a_wiki_is_left_alone(project: Project, tmp_path: Path) -> None:
    run(
        "--dialect",
        "xcodex",
        stdin=fixture("xcodex/v2-session-end.json", cwd=str(tmp_path)),
        cwd=str(tmp_path),
    )
    assert records(project) == []
    assert not Path(project.state).exists()


def test_a_huge_event_is_bounded(project: Project) -> None:
    words = {
        "cwd": project.root,
        "input_messages": ["\x01" * 500_000] * 2,
        "last_assistant_message": "é" * 300_000,
    }
    run("--dialect", "xcodex", stdin=fixture("xcodex/v2-agent-turn-complete.json", **words))
    (path,) = Path(project.state, INBOX).glob("*.json")
    assert path.stat().st_size < 1 << 20
    assert json.loads(path.read_text())["event"] == "turn-end"


def test_forty_events_eight_at_a_time_while_their_files_are_pruned(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """xcodex runs eight hooks at once in any order, and keeps the newest payload files only."""
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "xhome"))
    payloads = tmp_path / "xhome" / "tmp" / "hooks" / "payloads"
    payloads.mkdir(parents=True)

    def deliver(number: int) -> None:
        told = {"event_id": f"e{number}", "cwd": project.root, "session_id": f"s{number}"}
        path = payloads / f"{number:013}-e{number}.json"
        path.write_text(fixture("xcodex/v2-agent-turn-complete.json", **told))
        for old in sorted(payloads.iterdir())[:-5]:
            old.unlink(missing_ok=True)
        envelope = {"schema_version": 1, "event_id": f"e{number}", "payload_path": str(path)}
        envelope |= {"hook_event_name": "Stop", "xcodex_event_type": "agent-turn-complete"}
        run("--dialect", "xcodex", stdin=json.dumps(envelope), cwd=project.root)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(40)))
    found = records(project)
    assert sorted(record["event_id"] for record in found) == sorted(f"e{number}" for number in range(40))
    assert all(record.get("session_id") in (None, f"s{record['event_id'][1:]}") for record in found)
    assert any("session_id" in record for record in found)


class TestHost:
    """The long-lived process."""

    @pytest.fixture
    def host(self, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
        home = tmp_path / "xhome"
        home.mkdir()
        host = subprocess.Popen(
            [*COMMAND, "host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home,
        )
        yield host
        if host.poll() is None:
            host.kill()
        host.communicate()

    @staticmethod
    def line(number: int, project: Project, **changes: Any) -> bytes:
        inner = json.loads((FIXTURES / "xcodex" / "v2-agent-turn-complete.json").read_text())
        event = {**inner, "cwd": project.root, "event_id": f"e{number}", **changes}
        return (
            json.dumps({"schema_version": 1, "type": "hook-event", "seq": number, "event": event}).encode()
            + b"\n"
        )

    @staticmethod
    def wait_for(count: int, project: Project, host: subprocess.Popen[bytes]) -> None:
        while len(records(project)) < count:
            assert host.poll() is None

    def test_every_good_line_is_on_disk_and_bad_ones_cost_nothing_else(
        self, project: Project, host: subprocess.Popen[bytes]
    ) -> None:
        bad = [b"\n", b"[1]\n", b"nonsense\n", b"\xff\xfe\n", b'{"a":' * 5000 + b"\n", b"\xef\xbb\xbf\r\n"]
        assert host.stdin is not None
        for number, line in enumerate(bad):
            host.stdin.write(line + (b"\xef\xbb\xbf" if number == 2 else b"") + self.line(number, project))
        host.stdin.write(b"x" * (9 << 20) + b"\n" + self.line(6, project))
        host.stdin.write(self.line(7, project).rstrip(b"\n"))
        out, err = host.communicate(timeout=60)
        assert (host.returncode, out, err) == (0, b"", b"")
        assert [(r["event_id"], r["seq"]) for r in records(project)] == [(f"e{n}", n) for n in range(8)]

    def test_a_killed_host_has_handed_over_all_it_was_given(
        self, project: Project, host: subprocess.Popen[bytes]
    ) -> None:
        assert host.stdin is not None
        for number in range(20):
            host.stdin.write(self.line(number, project))
            host.stdin.flush()
        host.stdin.write(self.line(20, project)[:-40])
        host.stdin.flush()
        self.wait_for(20, project, host)
        host.send_signal(signal.SIGKILL)
        host.wait()
        assert [r["event_id"] for r in records(project)] == [f"e{n}" for n in range(20)]
        assert not [name for name in os.listdir(Path(project.state, INBOX)) if name.startswith(".")]

    def test_a_host_never_answers(self, project: Project, host: subprocess.Popen[bytes]) -> None:
        Path(project.store, "page.md").write_text("# A page\n", encoding="utf-8")
        native = {"hook_event_name": "SessionStart", "source": "startup", "session_id": "s"}
        asking = {"hook_event_name": "UserPromptSubmit", "prompt": "$wiki query page", "session_id": "s"}
        lines = [json.dumps({"type": "event", "event": {**e, "cwd": project.root}}) for e in (native, asking)]
        out, _ = host.communicate("\n".join(lines).encode(), timeout=60)
        assert out == b""

    def test_without_a_project_it_goes_on(self, project: Project, host: subprocess.Popen[bytes]) -> None:
        shutil.rmtree(Path(project.root, ".omx"))
        out, _ = host.communicate(self.line(1, project), timeout=60)
        assert (host.returncode, out) == (0, b"")
        assert not Path(project.state).exists()


@pytest.mark.parametrize("close", [lambda: os.close(0), lambda: None], ids=["closed", "empty"])
def test_no_standard_input_is_no_event(project: Project, close: Callable[[], None]) -> None:
    done = subprocess.run(
        COMMAND, stdin=subprocess.DEVNULL, preexec_fn=close, cwd=project.root, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert records(project) == []


def test_an_argument_called_host_is_the_other_program_s(project: Project) -> None:
    text = fixture("codex-notify/g4-2026-02.json", cwd=project.root)
    run("--dialect", "notify", "--then", "ssh", "host", text)
    run("--dialect", "notify", "--then", "ssh", "host", stdin=text)
    assert [record["event"] for record in records(project)] == ["turn-end"] * 2


def test_events_of_a_process_go_where_its_session_began(project: Project, tmp_path: Path) -> None:
    elsewhere = str(tmp_path)
    words = ("--parent", "4711", "--dialect", "event-hooks")
    run(*words, fixture("event-hooks/session-started.json", cwd=project.root), cwd=elsewhere)
    run(*words, fixture("event-hooks/agent-turn-complete.json"), cwd=elsewhere)
    run("--parent", "4712", *words[2:], fixture("event-hooks/agent-turn-complete.json"), cwd=elsewhere)
    assert [(r["event"], r["parent"]) for r in records(project)] == [
        ("session-start", 4711),
        ("turn-end", 4711),
    ]


def test_a_folder_that_is_gone_costs_nothing_of_its_session(
    project: Project, git: Callable[..., str]
) -> None:
    git(Path(project.root), "commit", "-q", "--allow-empty", "-m", "first")
    tree = Path(project.root).parent / "tree"
    git(Path(project.root), "worktree", "add", "-q", str(tree))
    run("--dialect", "xcodex", stdin=fixture("xcodex/v2-session-start.json", cwd=str(tree)))
    shutil.rmtree(tree)
    run("--dialect", "xcodex", stdin=fixture("xcodex/v2-agent-turn-complete.json", cwd=str(tree)), cwd="/")
    assert [(r["event"], r["cwd"]) for r in records(project)] == [
        ("session-start", str(tree)),
        ("turn-end", str(tree)),
    ]


def test_a_hook_in_a_folder_that_is_gone_is_silent(project: Project, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    text = fixture("event-hooks/tool-execution-started.json")
    start = f"import os; os.rmdir({str(gone)!r}); " + START
    command = [sys.executable, "-I", "-S", "-c", start, PACKAGE_ROOT, "--wiki", "/opt/wiki", text]
    done = subprocess.run(command, cwd=gone, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    assert not Path(state_home()).exists()
    assert records(project) == []


def test_subagents_are_named_and_nothing_else_of_them_is_told(project: Project) -> None:
    source = {"session_source": "subagent_thread_spawn_ab_d1", "cwd": project.root}
    for name in ("session-start", "agent-turn-complete", "session-end"):
        run("--dialect", "xcodex", stdin=fixture(f"xcodex/v2-{name}.json", **source))
    assert [(r["event"], r["source"]) for r in records(project)] == [
        (name, "subagent_thread_spawn_ab_d1") for name in ("session-start", "session-end")
    ]


def test_switched_off_a_process_that_names_no_session_leaves_one_note(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMX_WIKI_DISABLE", "1")
    for _ in range(3):
        run(
            "--parent", "12", "--dialect", "notify", fixture("codex-notify/g1-2025-05.json"), cwd=project.root
        )
    (note,) = records(project)
    assert (note["event"], note["parent"], note["dialect"]) == ("unwatched", 12, "codex-notify-g1")
    assert "retry" not in json.dumps(note)


def test_records_are_private(project: Project) -> None:
    run("--dialect", "notify", fixture("codex-notify/g1-2025-05.json"), cwd=project.root)
    (path,) = Path(project.state, INBOX).glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_payload_that_ends_too_early_is_no_event() -> None:
    text = '{"hook_event_name":"Stop","n":[1.5e3,null,{"a":true}],"s":"x\\u00e9"}'
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from omx_wiki.hook.payload import parse_object; "
        "print([parse_object(sys.argv[1][:end]) for end in range(len(sys.argv[1]))])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, PACKAGE_ROOT, text],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{[{}] * len(text)}\n"
