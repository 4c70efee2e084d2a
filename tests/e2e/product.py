"""The installed product: omx-wiki in a virtual environment of its own, as its users have it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from e2e.codex_home import CHECKOUT, DEADLINE

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.codex_home import CodexHome
    from e2e.turns import Request

_POLL = 0.05  # seconds between two questions
_WORKER = "omx_wiki.worker"
_INSTALL_DEADLINE = 300.0  # seconds; building and fetching may be slow on a bad network


@dataclass(frozen=True)
class Product:
    """One installation under `folder`."""

    folder: Path

    @property
    def wiki(self) -> Path:
        """The `wiki` program."""
        return self.folder / "bin" / "wiki"

    def run(self, codex: CodexHome, *words: str, cwd: Path | None = None) -> str:
        """Run `wiki` as the user of `codex`, in the repository unless told otherwise; return its output."""
        done = subprocess.run(
            [self.wiki, *words],
            cwd=cwd or codex.projects[0],
            env=codex.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 0, (
            f"wiki {shlex.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def settle(self, codex: CodexHome, *, gone: bool = False) -> None:
        """Return when the background work that changes left behind is done, on request with its process gone.

        The process looks once more at what changed, some seconds later; few tests have to wait for that.
        """
        end = time.monotonic() + DEADLINE
        while json.loads(self.run(codex, "status", "--json"))["pending"] or (
            gone and _is_at_work(codex.ground)
        ):
            assert time.monotonic() < end, "background work does not end"
            time.sleep(_POLL)

    def shell(self, *words: str) -> str:
        """Return a shell command that runs `wiki` by its full path and tells its exit code."""
        return f'{shlex.join([str(self.wiki), *words])}; echo "exit=$?"'

    def uninstall(self) -> None:
        """Remove the package and leave the environment."""
        _pip(self.folder, "uninstall", "--yes", "omx-wiki")


def build_wheel(folder: Path) -> Path:
    """Build the checkout's wheel into `folder` and return its path."""
    _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(CHECKOUT))
    return next(folder.glob("*.whl"))


def install(wheel: Path, folder: Path) -> Product:
    """Install the wheel and what it needs into a new virtual environment."""
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    _pip(folder, "install", "-q", str(wheel))
    return Product(folder)


def hook_command(codex: CodexHome, event: str = "SessionStart") -> str:
    """Return the command that setup installed for `event`."""
    hooks = json.loads((codex.path / "hooks.json").read_text(encoding="utf-8"))["hooks"]
    return str(hooks[event][-1]["hooks"][0]["command"])


def append_hook(codex: CodexHome, event: str, command: str) -> None:
    """Configure one more hook."""
    file = codex.path / "hooks.json"
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    handler = {"type": "command", "command": command, "timeout": 5}
    document["hooks"].setdefault(event, []).append({"hooks": [handler]})
    file.write_text(json.dumps(document), encoding="utf-8")


def told(request: Request, text: str) -> list[int]:
    """Return how often each developer message that says `text` says it; [1] is once, in one message."""
    counts = (message.count(text) for message in request.texts("developer"))
    return [count for count in counts if count]


def _is_at_work(ground: Path) -> bool:
    """Whether a worker runs for a repository below `ground`; it may take what comes in until it ends."""
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True)
    return any(_WORKER in line and str(ground) in line for line in listing.stdout.splitlines())


def _pip(folder: Path, *words: str) -> None:
    _run(sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_INSTALL_DEADLINE)
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}{done.stderr}"
