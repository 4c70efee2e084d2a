"""The front matter of a session page: our keys in their order, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.journal.safe_text import one_line
from omx_wiki.pages.yaml_text import flow_sequence, quoted_scalar, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.git_facts import GitFacts

Front = dict[str, str | list[str]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KEYS = _words(
    """
    title tags category id agent started ended active branch start_commit end_commit worktree models
    cli_version turns tokens_in tokens_cached tokens_out tokens_reasoning prompts commands failures files
    added removed commits outcome parent forked_from created updated schemaVersion
    """
)
_NUMBERS = _words(
    """
    active turns tokens_in tokens_cached tokens_out tokens_reasoning prompts commands failures files added
    removed commits schemaVersion
    """
)
_ALWAYS = frozenset({"prompts", "commands", "failures", "files", "commits"})
_MAX_VALUE = 120
_MAX_MODELS = 5


def front_of(facts: SessionFacts, git: GitFacts | None, title: str, size: tuple[int, int]) -> Front:
    """Return our keys with their values; empty ones are left out, but the main counts are told at 0 too."""
    texts, numbers = _texts(facts, git, title), _numbers(facts, size)
    values: Front = {name: front_value(text) for name, text in texts.items()}
    values |= {name: str(number) for name, number in numbers.items() if number or name in _ALWAYS}
    values["tags"] = [
        "session",
        *filter(None, [front_value(facts.agent), "sub-agent" if facts.parent else ""]),
    ]
    values["models"] = [front_value(model)[:60] for model in facts.models[:_MAX_MODELS]]
    return {key: values[key] for key in KEYS if values.get(key)}


def front_value(text: str) -> str:
    """Return a foreign text as it stands in the front matter: one line, and never a marker of ours."""
    return one_line(text, _MAX_VALUE).replace("<!--", "<! --")


def _texts(facts: SessionFacts, git: GitFacts | None, title: str) -> dict[str, str]:
    return {
        "title": title,
        "category": "session-log",
        "id": facts.id,
        "agent": facts.agent,
        "started": _seconds(facts.started),
        "ended": _seconds(facts.ended),
        "branch": facts.branch,
        "start_commit": facts.commit,
        "end_commit": git.end_commit if git else "",
        "worktree": git.worktree if git else "",
        "cli_version": facts.versions[-1] if facts.versions else "",
        "outcome": facts.outcome,
        "parent": facts.parent,
        "forked_from": facts.forked_from,
        "created": facts.started,
        "updated": facts.ended or facts.started,
    }


def _numbers(facts: SessionFacts, size: tuple[int, int]) -> dict[str, int]:
    return {
        "active": facts.active_seconds,
        "turns": facts.turns,
        "tokens_in": facts.tokens.input,
        "tokens_cached": facts.tokens.cached,
        "tokens_out": facts.tokens.output,
        "tokens_reasoning": facts.tokens.reasoning,
        "prompts": facts.prompt_count,
        "commands": sum(family.runs for family in facts.families.values()),
        "failures": facts.failures,
        "files": len(facts.files) + facts.cut.get("files", 0),
        "added": size[0],
        "removed": size[1],
        "commits": len(facts.commits) + facts.cut.get("commits", 0),
        "schemaVersion": 1,
    }


def _seconds(stamp: str) -> str:
    """Return an ISO time without its fraction."""
    return stamp.partition(".")[0] + "Z" if "." in stamp else stamp


def front_line(key: str, value: str | list[str]) -> str:
    """Return the one line that a key is written as."""
    if isinstance(value, list):
        return f"{key}: {flow_sequence(value)}"
    if key in _NUMBERS and value.isascii() and value.isdigit():
        return f"{key}: {value}"
    return f"{key}: {quoted_scalar(value) if key == 'title' else scalar(value)}"


def front_text(front: Mapping[str, str | list[str]]) -> str:
    """Return the whole block with its rules."""
    return "".join(["---\n", *(f"{front_line(key, value)}\n" for key, value in front.items()), "---\n"])
