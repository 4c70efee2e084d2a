"""Sessions for the tests of session pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from omx_wiki.journal.capture import capture
from omx_wiki.journal.facts import AskedFact, CommandFact, CommitFact, FamilyFact, SessionFacts

FIXTURES = Path(__file__).parents[1] / "fixtures"
TRANSCRIPTS = sorted((FIXTURES / "transcripts").glob("*.jsonl"))
ID = "019f1111-0000-7000-8000-00000000beef"


def facts_of(name: str) -> SessionFacts:
    """Return the facts of a transcript in the fixtures."""
    return capture(FIXTURES / "transcripts" / f"{name}.jsonl").facts


def session(**changes: Any) -> SessionFacts:
    """Return a small finished session with changes."""
    small = SessionFacts(
        id=ID,
        agent="codex",
        cwd="/srv/lantern",
        branch="main",
        started="2026-09-02T08:00:00.000Z",
        ended="2026-09-02T08:20:00.000Z",
        active_seconds=600,
        title="Make the lamp shine",
        prompts=[AskedFact("Make the lamp shine", "2026-09-02T08:00:05.000Z", correction=False)],
        prompt_count=1,
        finished=True,
        last_message="It shines.",
    )
    return replace(small, **changes)


def command(text: str, code: int | None, family: str = "test", error: str = "") -> CommandFact:
    """Return a command that ended with an exit code."""
    return CommandFact(text, family, code, 10, error, "", fixed_later=False, time="2026-09-02T08:10:00.000Z")


def with_text(text: str) -> SessionFacts:
    """Return a session that has a foreign text in every place there is."""
    stamp = "2026-09-02T08:01:00.000Z"
    return SessionFacts(
        id=text,
        agent="codex",
        versions=[text],
        models=[text] * 3,
        effort=text,
        cwd=text,
        branch=text,
        commit=text,
        started="2026-09-02T08:00:00.000Z",
        ended="2026-09-02T08:20:00.000Z",
        parent=text,
        forked_from=text,
        title=text,
        prompts=[AskedFact(text, stamp, correction=True), AskedFact(text, "", correction=False)],
        prompt_count=2,
        commands=[CommandFact(text, "test", 1, 5, text, text, fixed_later=False, time=stamp)],
        families={"test": FamilyFact(1, 1, 1)},
        failures=1,
        commits=[CommitFact(text, text)],
        open_steps=[text],
        decisions=[text, f"- {text}"],
        pages_read=[text],
        pages_added=[text],
        tools={text: 1},
        tool_calls=1,
        last_message=text,
    )
