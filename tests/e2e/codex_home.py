"""Run the real Codex program in isolation: its own homes, a repository, and a scripted model service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from e2e.mock_responses import MockResponses
    from e2e.turns import Request

CHECKOUT = Path(__file__).resolve().parents[2]
DEADLINE = 60.0  # seconds; a guard against a hang, an ordinary run takes one
ABSENT = "no Codex: set OMX_WIKI_TEST_CODEX, put codex on PATH, or npm install @openai/codex in the checkout"
COMPACTING = ("-c", "model_auto_compact_token_limit=2000")
"""Options that make Codex compact after a turn that reports many tokens."""

_CONFIG = """\
model = "{model}"
model_provider = "mock"
approval_policy = "never"
sandbox_mode = "workspace-write"
check_for_update_on_startup = false
[analytics]
enabled = false

[features]
hooks = true
daemon_auto_start = false
enable_request_compression = false

[model_providers.mock]
name = "mock"
base_url = "{base_url}"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0

[tui]
screen_reader_detection_done = true

[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"
{projects}"""


def _find_codex() -> str:
    chosen = os.environ.get("OMX_WIKI_TEST_CODEX", "")
    local = CHECKOUT / "node_modules" / ".bin" / "codex"
    return chosen or shutil.which("codex") or (str(local) if local.exists() else "")


CODEX = _find_codex()
"""The Codex program, "" when there is none; looked up once, before tests seal the environment."""


@dataclass(frozen=True)
class Run:
    """What one `codex exec` did.

    Attributes:
        code: exit code.
        events: the JSON events on stdout.
        stderr: everything else it said.
        requests: what the model was sent during the run.
    """

    code: int
    events: list[dict[str, Any]]
    stderr: str
    requests: list[Request]

    @property
    def thread_id(self) -> str:
        """The session id, needed to resume or fork."""
        for event in self.events:
            if event.get("type") == "thread.started":
                return str(event["thread_id"])
        return ""


@dataclass
class CodexHome:
    """A sealed machine for one user: homes under `ground`, a repository `repo`, and a model service.

    `ground` should lie outside of the system's temporary folder, to which the sandbox lets the agent write.
    `program` is the Codex to run. `variables` are added to the environment.
    """

    ground: Path
    service: MockResponses
    model: str = "mock-model"
    program: str = CODEX
    projects: list[Path] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The folder CODEX_HOME names."""
        return self.ground / "codex"

    @property
    def config(self) -> Path:
        """The user's config.toml."""
        return self.path / "config.toml"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the user's processes; nothing of the developer's Codex, git or wiki in it."""
        hidden = ("CODEX_", "OPENAI_", "OMX_", "XDG_", "GIT_", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        kept |= {"CODEX_HOME": str(self.path), "HOME": str(self.ground / "home"), "NO_COLOR": "1"}
        kept |= {"TMPDIR": str(self.ground / "tmp"), "GIT_CONFIG_NOSYSTEM": "1"}
        return kept | self.variables

    def prepare(self) -> None:
        """Create the folders and write a fresh config.toml, without anything that was added to it."""
        for name in ("codex", "home", "tmp"):
            (self.ground / name).mkdir(exist_ok=True)
        trusted = (f'\n[projects."{path}"]\ntrust_level = "trusted"\n' for path in self.projects)
        text = _CONFIG.format(
            model=self.model,
            base_url=self.service.base_url,
            projects="".join(trusted),
        )
        self.config.write_text(text, encoding="utf-8")

    def run_exec(
        self,
        prompt: str,
        *,
        cwd: Path,
        resume: str = "",
        fork: str = "",
        sandbox: str = "workspace-write",
        options: Sequence[str] = (),
    ) -> Run:
        """Run `codex exec --json`, resuming or forking the given thread; `options` are further ones."""
        verb = ["resume", resume] if resume else ["fork", fork] if fork else []
        first = len(self.service.requests)
        done = subprocess.run(
            [self.program, "exec", "--json", "--sandbox", sandbox, *options, *verb, prompt],
            cwd=cwd,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            start_new_session=True,
            check=False,
        )
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return Run(done.returncode, events, done.stderr, self.service.requests[first:])

    def hooks_list(self, repo: Path) -> dict[str, Any]:
        """Return what Codex itself says of the hooks in force for `repo`: hooks, warnings, errors."""
        about = {"name": "omx-wiki-tests", "version": "0", "title": "tests"}
        capabilities = {"experimentalApi": True}
        messages: list[dict[str, Any]] = [
            {"id": 1, "method": "initialize", "params": {"clientInfo": about, "capabilities": capabilities}},
            {"method": "initialized"},
            {"id": 2, "method": "hooks/list", "params": {"cwds": [str(repo)]}},
        ]
        with subprocess.Popen(
            [self.program, "app-server"],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write("".join(f"{json.dumps(message)}\n" for message in messages))
            server.stdin.flush()
            for line in server.stdout:
                reply = json.loads(line)
                if reply.get("id") == 2:
                    server.stdin.close()
                    found: dict[str, Any] = reply["result"]["data"][0]
                    return found
        raise AssertionError("codex app-server closed without an answer")
