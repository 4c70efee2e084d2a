"""The real Oh My Codex (OMX), run as its own users run it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.codex_home import DEADLINE

if TYPE_CHECKING:
    from e2e.codex_home import CodexHome

PROGRAM = os.environ.get("OMX_WIKI_TEST_OMX", "")
"""The `omx` program, "" when there is none; looked up once, before tests seal the environment."""

ABSENT = "no OMX: set OMX_WIKI_TEST_OMX to the omx program of npm install oh-my-codex"

HOOK_MARK = "- surface: native-hook"
"""What OMX's own SessionStart hook tells the model."""

HANDLER_MARK = "codex-native-hook"
"""What stands in the command of OMX's hooks."""


@dataclass(frozen=True)
class Omx:
    """OMX for the user of one sealed Codex, run in its repository."""

    codex: CodexHome

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `omx`; the Codex that it asks for its features is the one under test."""
        path = f"{Path(self.codex.program).parent}{os.pathsep}{self.codex.environ['PATH']}"
        return subprocess.run(
            [PROGRAM, *words],
            cwd=self.codex.projects[0],
            env=self.codex.environ | {"PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=2 * DEADLINE,
            check=False,
        )

    def run(self, *words: str) -> str:
        """Run `omx` and return its output; it has to succeed."""
        done = self.attempt(*words)
        assert done.returncode == 0, f"omx {words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def setup(self, *, scope: str = "user", mode: str = "legacy", force: bool = False) -> None:
        """Run `omx setup` so that it asks nothing."""
        self.run("setup", "--scope", scope, f"--{mode}", "--mcp", "none", *(["--force"] if force else []))
