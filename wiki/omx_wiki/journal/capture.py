"""From a transcript file to the facts of its session, at once or continued where the last run stopped."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.facts import (
    AskedFact,
    CommandFact,
    CommitFact,
    FamilyFact,
    PageUse,
    SessionFacts,
    Tokens,
)
from omx_wiki.journal.fold import Fold
from omx_wiki.journal.mentions import no_mentions
from omx_wiki.journal.outcome import outcome_of
from omx_wiki.journal.statements import title_of
from omx_wiki.journal.transcripts import Transcript, open_transcript
from omx_wiki.journal.transcripts.stamps import format_stamp

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

STATE_VERSION = 3
_TITLE_TURN = "Generate a concise, single-line task title"
_MEMORIES = "/.codex/memories"
_COPIED = ("id", "cwd", "branch", "commit", "repository", "originator", "parent", "role", "forked_from")
_LISTED = (
    "versions",
    "models",
    "decisions",
    "pages_read",
    "pages_added",
    "searches",
    "subagents",
    "tool_errors",
)


class Capture(NamedTuple):
    """The facts of a session so far, and the state (JSON values) from which the next run continues."""

    facts: SessionFacts
    state: dict[str, Any]


def unchanged(text: str) -> str:
    """Return the text as it is: the cleaning of callers that redact nothing."""
    return text


def capture(
    path: str | os.PathLike[str],
    state: Mapping[str, Any] | None = None,
    clean: Callable[[str], str] = unchanged,
    mentions: Callable[[str], Iterable[str]] = no_mentions,
) -> Capture:
    """Read a transcript's facts; with the `state` of an earlier capture only what was added since.

    A state that does not fit the file, or was written by another version, is ignored and everything is
    read. `clean` is applied to every text before it is kept; `mentions` returns the pages that a prompt or an
    answer names. Raises the errors of `open_transcript`.
    """
    with open_transcript(path) as transcript:
        fold = Fold(clean, mentions)
        if state and not _continue(fold, transcript, state):
            fold = Fold(clean, mentions)
        for record in transcript.records():
            fold.add(record)
        saved = copy.deepcopy(fold.save())
        whole = {"version": STATE_VERSION, "transcript": transcript.save(), "fold": saved}
        for prompt in transcript.reader.unconfirmed():
            fold.add(prompt)
        return Capture(facts_of(fold, transcript), whole)


def _continue(fold: Fold, transcript: Transcript, state: Mapping[str, Any]) -> bool:
    """Let fold and transcript take up a state; return False, the fold then spoilt, when it does not fit."""
    try:
        if state["version"] != STATE_VERSION:
            return False
        fold.load(copy.deepcopy(state["fold"]))
        return transcript.resume(state["transcript"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def facts_of(fold: Fold, transcript: Transcript) -> SessionFacts:
    """Return the facts of what was folded so far."""
    meta = fold.meta
    told: dict[str, Any] = {
        **{name: meta[name] for name in _COPIED},
        **{name: list(fold.lists[name]) for name in _LISTED},
        **{name: fold.counts[name] for name in ("tool_calls", "compactions", "aborted", "base_ordinal")},
        **_work(fold),
        **_wiki(fold),
        **_reading(transcript),
    }
    prompts = [AskedFact(p["text"], format_stamp(p["at"]), p["correction"]) for p in fold.prompts]
    return SessionFacts(
        **told,
        effort=meta["effort"],
        kind=_kind(meta, prompts),
        started=format_stamp(fold.started if fold.started is not None else transcript.reader.first_ms),
        title=title_of(prompt.text for prompt in prompts),
        prompts=prompts,
        prompt_count=fold.counts["prompts"],
        open_steps=list(fold.plan),
        tools=dict(sorted(fold.tools.items())),
        turns=fold.turns.count,
        finished=fold.turns.is_finished,
        last_message=fold.turns.last_message,
        tokens=Tokens(*fold.tokens),
        cut=dict(sorted({**transcript.reader.cut, **fold.keeper.cut}.items())),
    )


def _work(fold: Fold) -> dict[str, Any]:
    """Return the facts of what was done and how it came out."""
    commands = _commands(fold)
    files = [copy.copy(file) for file in fold.changes.files.values()]
    commits = [CommitFact(*text.split(" ", 1)) for text in fold.lists["commits"] if " " in text]
    families = {name: _family(count) for name, count in sorted(fold.runs.counts.items())}
    looked = bool(commands or fold.lists["searches"] or fold.counts["tool_calls"])
    return {
        "commands": commands,
        "files": files,
        "commits": commits,
        "families": families,
        "failures": sum(count.failed for count in families.values()),
        "outcome": outcome_of(commits, commands, files, broken_off=fold.turns.is_broken_off, looked=looked),
    }


def _wiki(fold: Fold) -> dict[str, Any]:
    """Return the facts of how the wiki was used."""
    uses = [
        PageUse(page, how, format_stamp(at))
        for how, pages in fold.uses.seen.items()
        for page, at in pages.items()
    ]
    return {
        "page_uses": uses,
        "wiki_searches": fold.uses.searches,
        "wiki_searches_used": fold.uses.answered,
    }


def _reading(transcript: Transcript) -> dict[str, Any]:
    """Return the facts of the file and of the reader's clock."""
    reader, total = transcript.reader, transcript.bytes_total
    return {
        "agent": transcript.agent,
        "ended": format_stamp(reader.last_ms),
        "active_seconds": reader.active_ms // 1000,
        "bad_lines": reader.bad_lines,
        "replayed_lines": reader.replayed,
        "bytes_read": transcript.offset,
        "bytes_total": transcript.offset if total is None else total,
    }


def _kind(meta: Mapping[str, str], prompts: list[AskedFact]) -> str:
    """Return the kind; the agent's housekeeping is also known by its folder or its first prompt."""
    is_title_turn = bool(prompts) and prompts[0].text.startswith(_TITLE_TURN)
    is_memory_work = meta["cwd"].replace("\\", "/").endswith(_MEMORIES)
    return "internal" if is_title_turn or is_memory_work else meta["kind"] or "main"


def _family(count: list[int | None]) -> FamilyFact:
    runs, failed, last_exit = count
    return FamilyFact(runs or 0, failed or 0, last_exit)


def _commands(fold: Fold) -> list[CommandFact]:
    """Return the commands in order; a failure is fixed later when the same command then succeeds."""
    passed: set[str] = set()
    found = []
    for run in reversed(fold.runs.runs):
        found.append(
            CommandFact(
                command=run.command,
                family=run.family,
                exit=run.exit,
                duration_ms=run.duration_ms,
                error=run.error,
                error_class=run.error_class,
                fixed_later=bool(run.exit) and run.key in passed,
                time=format_stamp(run.at),
            )
        )
        if run.exit == 0 and run.key:
            passed.add(run.key)
    return found[::-1]
