"""Drive a terminal program through tmux on a private socket, waiting for what the screen shows."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_POLL = 0.05  # seconds between two looks at the screen
_PATIENCE = 5.0


def has_tmux() -> bool:
    """Whether tmux is installed."""
    return shutil.which("tmux") is not None


@dataclass
class Terminal:
    """One program on one 120 by 40 screen; use it as a context manager, which ends the program."""

    socket: Path
    command: Sequence[str]
    cwd: Path
    environ: Mapping[str, str]

    def __enter__(self) -> Self:
        program = shlex.join(["env", "-i", *(f"{k}={v}" for k, v in self.environ.items()), *self.command])
        keep = ("start-server", ";", "set-option", "-g", "remain-on-exit", "on", ";")
        self._tmux(*keep, "new-session", "-d", "-x", "120", "-y", "40", "-c", str(self.cwd), program)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(self._words("kill-server"), capture_output=True, check=False)

    def screen(self) -> str:
        """Return the text on the screen, with the lines that scrolled off above it."""
        return self._tmux("capture-pane", "-p", "-S", "-500")

    def type(self, text: str) -> None:
        """Paste `text`, then press Enter, which Codex takes for a line break right after typed keys."""
        self._tmux("set-buffer", "--", text)
        self._tmux("paste-buffer", "-p")
        self.press("Enter")

    def press(self, key: str) -> None:
        """Press a key by its tmux name, such as Enter, Escape or C-c."""
        self._tmux("send-keys", key)

    def wait_for(self, text: str, *, deadline: float = 30.0) -> str:
        """Return the screen as soon as it shows `text`; fail after `deadline` seconds, with the screen."""
        end = time.monotonic() + deadline
        while text not in (shown := self.screen()):
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} did not appear; the screen shows:\n{shown}")
            time.sleep(_POLL)
        return shown

    def clear(self, text: str, *, deadline: float = 30.0) -> None:
        """Type /clear until the screen does not show `text` any more: Codex refuses it while a turn runs."""
        end = time.monotonic() + deadline
        while text in self.screen():
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} does not go away; the screen shows:\n{self.screen()}")
            self.type("/clear")
            patience = time.monotonic() + _PATIENCE
            while text in self.screen() and time.monotonic() < patience:
                time.sleep(_POLL)

    def wait_for_exit(self, *, deadline: float = 30.0) -> None:
        """Return when the program has ended."""
        end = time.monotonic() + deadline
        while self._tmux("display-message", "-p", "#{pane_dead}").strip() != "1":
            if time.monotonic() > end:
                raise AssertionError(f"still running; the screen shows:\n{self.screen()}")
            time.sleep(_POLL)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(self._words(*words), capture_output=True, text=True, check=True)
        return done.stdout

    def _words(self, *words: str) -> list[str]:
        return ["tmux", "-f", "/dev/null", "-S", str(self.socket), *words]
