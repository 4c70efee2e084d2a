"""One session as one JSON document."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.facts import SessionFacts, Tokens
from omx_wiki.journal.session_rows import meta_count, meta_line, row_of
from omx_wiki.pages.front_matter import meta_list

if TYPE_CHECKING:
    from omx_wiki.pages.page import Page

_PLAIN = (
    "id",
    "agent",
    "kind",
    "title",
    "outcome",
    "versions",
    "models",
    "cwd",
    "branch",
    "started",
    "ended",
)
_COUNTS = ("failures", "compactions", "aborted", "finished", "last_message")


def facts_document(facts: SessionFacts) -> dict[str, Any]:
    """Return what is known of a session as JSON values.

    Prompts, files, commands and commits are objects; `cut` tells how many entries a long list lost;
    `bytes_read` less than `bytes_total` says that the transcript goes on beyond what was read.
    """
    document: dict[str, Any] = {key: getattr(facts, key) for key in _PLAIN}
    document |= {"parent": facts.parent, "forked_from": facts.forked_from}
    document["prompts"] = [asdict(prompt) for prompt in facts.prompts]
    document["files"] = [asdict(file) for file in facts.files]
    document["commands"] = [
        {"command": run.command, "family": run.family, "exit": run.exit} for run in facts.commands
    ]
    document["commits"] = [asdict(commit) for commit in facts.commits]
    document |= {key: getattr(facts, key) for key in _COUNTS}
    document["tokens"] = asdict(facts.tokens)
    document |= {"bad_lines": facts.bad_lines, "bytes_read": facts.bytes_read}
    return document | {"bytes_total": facts.bytes_total, "cut": dict(facts.cut)}


def page_facts(page: Page) -> SessionFacts:
    """Return what the front matter of a session page knows, for sessions with no facts on this machine."""
    meta = page.meta
    row = row_of(meta, page.body, str(page.path), page.slug)
    return SessionFacts(
        id=row.id,
        agent=row.agent,
        versions=meta_list(meta, "cli_version"),
        models=meta_list(meta, "models"),
        cwd=meta_line(meta, "worktree"),
        branch=row.branch,
        commit=meta_line(meta, "start_commit"),
        started=row.started,
        ended=row.ended,
        active_seconds=row.active,
        parent=row.parent,
        forked_from=meta_line(meta, "forked_from"),
        title=row.title,
        outcome=row.outcome or "done",
        prompt_count=row.prompts,
        failures=row.failures,
        tokens=Tokens(*(meta_count(meta, f"tokens_{kind}") for kind in ("in", "cached", "out", "reasoning"))),
    )
