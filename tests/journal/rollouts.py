"""Rollouts of this repository for tests: fixtures with an id and a folder of the test's choosing."""

from __future__ import annotations

import json
import os
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "transcripts"
VARIED = (
    "codex-0.169",
    "codex-0.169-code-mode",
    "codex-0.147-code-mode",
    "failing-then-passing",
    "patch",
    "commits",
    "resumed",
    "left-failing",
)
"""Fixtures of ordinary sessions in one file each."""


def session_id(number: int) -> str:
    """Return an id like those of Codex, always the same for a number."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))


def rollout_text(fixture: str, cwd: Path | str, session: str) -> bytes:
    """Return a fixture's bytes with its own id and working folder replaced."""
    text = (FIXTURES / f"{fixture}.jsonl").read_text(encoding="utf-8")
    meta = json.loads(text.partition("\n")[0])["payload"]
    text = text.replace(json.dumps(meta["cwd"])[1:-1], json.dumps(str(cwd))[1:-1])
    return text.replace(meta["id"], session).encode()


def codex_sessions(*, day: datetime | None = None) -> Path:
    """Return today's folder of rollouts in the Codex home of the environment."""
    date = (day or datetime.now(UTC)).strftime("%Y/%m/%d")
    folder = Path(os.environ["CODEX_HOME"], "sessions", *date.split("/"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def rollout_path(session: str, *, day: datetime | None = None) -> Path:
    """Return where Codex would keep the rollout of a session."""
    return codex_sessions(day=day) / f"rollout-2026-01-01T00-00-00-{session}.jsonl"


def place_rollout(fixture: str, cwd: Path | str, number: int) -> Path:
    """Write a whole rollout for session `number` and return its path."""
    path = rollout_path(session_id(number))
    path.write_bytes(rollout_text(fixture, cwd, session_id(number)))
    return path


def session_pages(root: Path) -> dict[str, bytes]:
    """Return the session pages of a repository by file name; two pages of one session are an error."""
    folder = root / ".omx" / "wiki" / "sessions"
    pages = {path.name: path.read_bytes() for path in folder.glob("*.md")}
    heads = (re.search(rb'^id: "?([^"\n]+)', data, re.MULTILINE) for data in pages.values())
    ids = [found[1] for found in heads if found]
    assert len(ids) == len(set(ids)), sorted(pages)
    return pages
