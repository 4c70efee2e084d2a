"""An imitation of the fork xcodex, which delivers events in its own way: the program itself is not at hand.

It follows its source (tags 0.2 to 0.4): the one-shot commands of `[hooks]`, at most eight at once and in any
order, a payload file in place of what is too long for standard input, and of those files the newest fifty.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from e2e.codex_home import DEADLINE, CodexHome

Event = dict[str, Any]

_MAX_STDIN = 16_384
_KEPT_PAYLOADS = 50
_AT_ONCE = 8
_FIXTURES = Path(__file__).parents[1] / "fixtures" / "dialects" / "xcodex"


@dataclass
class XcodexHome(CodexHome):
    """A sealed machine whose user has xcodex in its usual place and never sets CODEX_HOME."""

    @property
    def path(self) -> Path:
        """The folder of xcodex."""
        return self.ground / "home" / ".xcodex"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the user's processes."""
        return {name: value for name, value in super().environ.items() if name != "CODEX_HOME"}


@dataclass
class Session:
    """One session: its id, and a clock for the events that it tells of."""

    id: str
    cwd: Path
    start: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))

    def __post_init__(self) -> None:
        self._seconds = itertools.count()

    def event(self, fixture: str, **changes: Any) -> Event:
        """Return the next event, made from a fixture."""
        made: Event = json.loads((_FIXTURES / f"v2-{fixture}.json").read_text(encoding="utf-8"))
        second = next(self._seconds)
        stamp = (self.start + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")
        told = {"session_id": self.id, "cwd": str(self.cwd), "timestamp": stamp}
        return made | told | {"event_id": f"{self.id[:23]}-{second:012}"} | changes


@dataclass(frozen=True)
class Xcodex:
    """The imitation for one user."""

    home: XcodexHome

    def commands(self, event: Event) -> list[list[str]]:
        """Return what the configuration says to run for an event."""
        settings = tomllib.loads(self.home.config.read_text(encoding="utf-8"))
        kind = event["xcodex_event_type"]
        found: list[list[str]] = settings["hooks"].get(kind.replace("-", "_"), [])
        return found

    def deliver(self, events: list[Event], seed: int) -> None:
        """Run the hooks of events, several at once and in an order that `seed` decides."""
        waiting = list(events)
        random.Random(seed).shuffle(waiting)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self.run, waiting))

    def run(self, event: Event) -> None:
        """Run the hooks of one event and see that they are quiet."""
        for process in self.start(event):
            said = process.communicate(timeout=DEADLINE)
            assert (process.returncode, said) == (0, (b"", b""))

    def start(self, event: Event) -> list[subprocess.Popen[bytes]]:
        """Start the hooks of one event; each has read nothing or all of it when this returns."""
        text = json.dumps(event, separators=(",", ":"))
        if len(text.encode()) > _MAX_STDIN:
            text = self._envelope(event, text)
        started = []
        for words in self.commands(event):
            process = subprocess.Popen(
                words,
                cwd=self.home.ground,
                env=self.home.environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            assert process.stdin
            process.stdin.write(text.encode())
            process.stdin.flush()
            started.append(process)
        return started

    def _envelope(self, event: Event, text: str) -> str:
        folder = self.home.path / "tmp" / "hooks" / "payloads"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.time_ns() // 1_000_000}-{event['event_id']}.json"
        path.write_text(text, encoding="utf-8")
        for old in sorted(folder.iterdir())[:-_KEPT_PAYLOADS]:
            old.unlink(missing_ok=True)
        names = ("schema_version", "event_id", "timestamp", "hook_event_name", "xcodex_event_type")
        envelope = {name: event[name] for name in names} | {"payload_path": os.fspath(path)}
        return json.dumps(envelope)
