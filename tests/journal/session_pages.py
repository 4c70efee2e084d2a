"""Session pages for tests, in the shape that generated ones have."""

from __future__ import annotations

import json
import os
from pathlib import Path

from omx_wiki.journal.facts import SessionFacts
from omx_wiki.pages.store import Store
from omx_wiki.project import Project, ensure_private, state_home

KEYS: dict[str, str] = {
    "category": "session-log",
    "agent": "codex",
    "started": "2026-01-31T14:05:09Z",
    "ended": "2026-01-31T15:11:00Z",
    "active": "1980",
    "branch": "main",
    "models": "[gpt-5]",
    "cli_version": "0.169.0",
    "tokens_in": "1200",
    "prompts": "2",
    "commands": "5",
    "outcome": "done",
    "schemaVersion": "1",
}


def page_text(title: str = "Fix the cart", *, sections: str = "", below: str = "", **keys: object) -> str:
    """Return a session page with these front matter keys; None leaves a key out."""
    meta = {"title": f'"{title}"', "tags": "[session]", **KEYS, **keys}
    block = "".join(f"{key}: {value}\n" for key, value in meta.items() if value is not None)
    return (
        f"---\n{block}---\n\n# {title}\n\n<!-- omx-wiki:begin -->\n**Done.**\n\n{sections}"
        f"<!-- omx-wiki:end -->\n{below}"
    )


def put(store: Store, name: str, text: str | None = None, **keys: object) -> str:
    """Write a session page of this name and return its slug; by default its id ends like the name."""
    slug = f"sessions/{name}"
    keys.setdefault("id", f"0199-{name.rpartition('-')[2]}")
    store.put(slug, (page_text(**keys) if text is None else text).encode())  # type: ignore[arg-type]  # keys of any kind
    return slug


def keep_facts(project: Project, facts: SessionFacts) -> Path:
    """Keep the facts of a session as this machine does."""
    folder = Path(project.state) / "sessions"
    assert ensure_private(state_home())
    assert ensure_private(project.state)
    assert ensure_private(os.fspath(folder))
    path = folder / f"{facts.id}.json"
    path.write_text(json.dumps({"facts": facts.as_json()}), encoding="utf-8")
    return path
