"""The header and the turn settings of a Codex rollout."""

from __future__ import annotations

import re
from typing import Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.records import SessionMeta, TurnContext
from omx_wiki.journal.transcripts.stamps import parse_stamp

_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")
_INTERNAL = ("memory_consolidation", "memory", "title", "internal")


def bare_url(url: str) -> str:
    """Return a repository address without user, password, query and fragment."""
    return _CREDENTIALS.sub("", url).partition("?")[0].partition("#")[0]


def session_meta(payload: dict[str, Any], stamp: int | None) -> SessionMeta:
    """Read a `session_meta` payload; `stamp` is the time of its line."""
    git = fields.mapping(payload, "git")
    kind, parent, role = _origin(payload)
    base = fields.mapping(payload, "history_base")
    own_id = fields.text(payload, "id", "session_id")
    forked_from = fields.text(payload, "forked_from_id") or fields.text(base, "thread_id")
    is_continued = fields.text(base, "thread_id") == own_id
    return SessionMeta(
        id=own_id,
        at=parse_stamp(payload.get("timestamp")) or stamp,
        kind=kind,
        cwd=plain_path(fields.text(payload, "cwd")),
        version=fields.text(payload, "cli_version"),
        originator=fields.text(payload, "originator"),
        branch=fields.text(git, "branch"),
        commit=fields.text(git, "commit_hash"),
        repository=bare_url(fields.text(git, "repository_url")),
        parent=parent,
        forked_from="" if forked_from == own_id else forked_from,
        role=role,
        base_ordinal=(fields.number(base, "end_ordinal_exclusive") or 0) if is_continued else 0,
        root=fields.text(payload, "session_id") if kind != "main" else "",
    )


def _origin(payload: dict[str, Any]) -> tuple[str, str, str]:
    """Return kind, parent id and role from `source`, `thread_source` and the parent fields."""
    source, thread = payload.get("source"), fields.text(payload, "thread_source")
    subagent = source.get("subagent") if isinstance(source, dict) else None
    spawn = fields.mapping(subagent, "thread_spawn")
    parent = fields.text(payload, "parent_thread_id") or fields.text(spawn, "parent_thread_id")
    role = fields.text(payload, "agent_role") or fields.text(spawn, "agent_role")
    role = role or (subagent if isinstance(subagent, str) else fields.text(subagent, "other"))
    is_internal = isinstance(source, dict) and "internal" in source
    if is_internal or thread.startswith(_INTERNAL) or role.startswith(_INTERNAL):
        return "internal", parent, role
    return ("subagent" if subagent or parent or thread == "subagent" else "main"), parent, role


def turn_context(payload: dict[str, Any]) -> TurnContext:
    """Read a `turn_context` payload; older versions keep the effort in other places."""
    settings = fields.mapping(fields.mapping(payload, "collaboration_mode"), "settings")
    effort = fields.text(payload, "effort", "reasoning_effort") or fields.text(settings, "reasoning_effort")
    return TurnContext(fields.text(payload, "model"), effort, plain_path(fields.text(payload, "cwd")))


def plain_path(path: str) -> str:
    """Return a folder without the `file://` some versions put before it."""
    return path.removeprefix("file://")
