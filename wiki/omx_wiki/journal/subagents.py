"""Sub-agents write transcripts of their own; what they did counts for the session that started them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from omx_wiki.journal.facts import FamilyFact, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from omx_wiki.journal.changes import ChangedFile
    from omx_wiki.journal.facts import CommandFact, SessionFacts

_T = TypeVar("_T")


def fold_in(facts: SessionFacts, children: Sequence[SessionFacts]) -> SessionFacts:
    """Return the facts of a session with the work of its sub-agents; prompts and last words stay its own."""
    if not children:
        return facts
    everyone = [facts, *children]
    commands = sorted((run for each in everyone for run in each.commands), key=lambda run: run.time)
    return replace(
        facts,
        models=_united(each.models for each in everyone),
        files=_files(everyone),
        commands=commands,
        families=_families(everyone, commands),
        failures=sum(each.failures for each in everyone),
        commits=_united(each.commits for each in everyone),
        pages_read=_united(each.pages_read for each in everyone),
        pages_added=_united(each.pages_added for each in everyone),
        subagents=_united([facts.subagents, [child.id for child in children]]),
        tool_errors=_united(each.tool_errors for each in everyone),
        tool_calls=sum(each.tool_calls for each in everyone),
        tokens=_tokens(everyone),
    )


def _united(lists: Iterable[Iterable[_T]]) -> list[_T]:
    return list(dict.fromkeys(entry for entries in lists for entry in entries))


def _files(everyone: Iterable[SessionFacts]) -> list[ChangedFile]:
    """Add up the changes of each path; its kind is that of whoever touched it first."""
    found: dict[str, ChangedFile] = {}
    for facts in everyone:
        for file in facts.files:
            before = found.get(file.path)
            added = (before.added if before else 0) + file.added
            removed = (before.removed if before else 0) + file.removed
            found[file.path] = replace(before or file, added=added, removed=removed)
    return list(found.values())


def _families(everyone: Iterable[SessionFacts], commands: Iterable[CommandFact]) -> dict[str, FamilyFact]:
    """Add up the families; `commands` are in the order of time, so the last of a family tells its end."""
    last = {run.family: run.exit for run in commands}
    found: dict[str, FamilyFact] = {}
    for facts in everyone:
        for name, family in facts.families.items():
            before = found.get(name, FamilyFact(0, 0, None))
            found[name] = FamilyFact(
                before.runs + family.runs, before.failed + family.failed, last.get(name, family.last_exit)
            )
    return dict(sorted(found.items()))


def _tokens(everyone: Iterable[SessionFacts]) -> Tokens:
    parts = [facts.tokens for facts in everyone]
    return Tokens(
        sum(part.input for part in parts),
        sum(part.cached for part in parts),
        sum(part.output for part in parts),
        sum(part.reasoning for part in parts),
    )
