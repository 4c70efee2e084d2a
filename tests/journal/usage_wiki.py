"""A wiki whose sessions were offered pages, for the tests of measured usefulness."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from journal.rollouts import rollout_path, session_id
from omx_wiki.journal.journal import conclude
from omx_wiki.journal.recorder import Recorder
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, ensure_private, state_home

DAY = 86400
START = 1_788_336_000
"""2026-09-02T08:00:00Z, when the first session of these tests begins; each later one begins a day later."""


def write_page(project: Project, slug: str, text: str) -> None:
    path = Path(project.store, f"{slug}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def offer(project: Project, number: int, pages: Sequence[str], size: int = 400, **more: Any) -> None:
    """Note that session `number` was told of pages, as the hook does."""
    assert ensure_private(state_home())
    assert ensure_private(project.state)
    line = {
        "session": session_id(number),
        "at": START + number * DAY,
        "source": "startup",
        "branch": "main",
        "digest": "0",
        "bytes": size,
        "pages": list(pages),
        **more,
    }
    with Path(project.state, "offers.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def said(text: str) -> dict[str, Any]:
    return {"type": "agent_message", "message": text}


def ran(command: str) -> dict[str, Any]:
    arguments = json.dumps({"cmd": command})
    return {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": "c"}


def patched(path: str) -> dict[str, Any]:
    change = {"type": "update", "unified_diff": "@@\n-a\n+b\n", "move_path": None}
    return {"type": "patch_apply_end", "call_id": "p", "success": True, "changes": {path: change}}


def session(
    project: Project, number: int, items: Sequence[dict[str, Any]], parent: int | None = None, cwd: str = ""
) -> Path:
    """Write the rollout of session `number`, in which a person asks and `items` follow; return its path."""
    meta: dict[str, Any] = {"id": session_id(number), "cwd": cwd or project.root, "cli_version": "0.142.5"}
    if parent is not None:
        spawn = {
            "thread_spawn": {"parent_thread_id": session_id(parent), "depth": 1, "agent_role": "explorer"}
        }
        meta |= {"source": {"subagent": spawn}, "parent_thread_id": session_id(parent)}
    lines = [{"type": "session_meta", "payload": meta}]
    for item in [{"type": "user_message", "message": "Go on"}, *items]:
        kind = "response_item" if item["type"] == "function_call" else "event_msg"
        lines.append({"type": kind, "payload": item})
    day = 2 + number
    stamped = [{"timestamp": f"2026-09-{day:02}T08:00:{at:02}.000Z", **line} for at, line in enumerate(lines)]
    path = rollout_path(session_id(number))
    path.write_text("".join(json.dumps(line) + "\n" for line in stamped), encoding="utf-8")
    return path


def record(store: Store, *paths: Path) -> None:
    """Read transcripts as the worker does."""
    assert ensure_private(state_home())
    recorder = Recorder(store)
    for path in paths:
        recorder.record(str(path))
    conclude(recorder)
