"""The line on top of a session page: what came of it, for a reader with five seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.journal.safe_text import code, inline, one_line, strong
from omx_wiki.journal.session_runs import CHECKS, failures, shown_command

if TYPE_CHECKING:
    from omx_wiki.journal.changes import ChangedFile
    from omx_wiki.journal.facts import CommandFact, SessionFacts
    from omx_wiki.journal.git_facts import GitFacts

_SHORT = 80
_SAYING = 140
_MINUTE = 60
_COMMITS = re.compile(r"\bgit\b[^|;&\n]{0,200}?\s(?:commit|merge|cherry-pick|revert|am)(?!\S)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|(?<=[\u3002\uff01\uff1f])")


def outcome_line(facts: SessionFacts, git: GitFacts | None) -> str:
    """Return one line: the outcome in bold, then what a reader asks next."""
    headline = _HEADLINES.get(facts.outcome, _done)(facts, git)
    rest = [_changes(facts, git), _checks(facts), _saying(facts)]
    return " ".join([strong(headline), *filter(None, rest)])


def plural(number: int, noun: str) -> str:
    """Return `1 run`, `1,200 runs`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: int) -> str:
    """Return `45 s`, `12 min` or `3 h 20 min`."""
    if seconds < _MINUTE:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def size(added: int, removed: int) -> str:
    """Return `+3 -1`, "" when no line is known to have changed."""
    return f"+{added:,} -{removed:,}" if added or removed else ""


def _shipped(facts: SessionFacts, git: GitFacts | None) -> str:
    commits = facts.commits
    number = len(commits) + facts.cut.get("commits", 0)
    standing = [c for c in commits if git is None or not git.checked or c.sha in git.commits]
    if not standing:
        lost = "the commit is not" if number == 1 else "none of the commits is"
        return f"Committed {plural(number, 'time')}, but {lost} in this repository any more."
    known = git.commits.get(standing[-1].sha) if git else None
    subject = _ended(inline(known.subject if known else standing[-1].subject, _SHORT))
    if number == 1:
        return f"Shipped 1 commit: {subject}"
    gone = f" ({len(commits) - len(standing)} gone since)" if len(standing) < len(commits) else ""
    return f"Shipped {number} commits{gone}, the last: {subject}"


def _left_failing(facts: SessionFacts, _git: GitFacts | None) -> str:
    last = next((c for c in reversed(facts.commands) if c.family in CHECKS and c.exit), None)
    if last is None:
        return "Left failing."
    error = inline(last.error, _SHORT)
    why = f": {_ended(error)}" if error else "."
    command = code(shown_command(last.command, facts.cwd), _SHORT)
    return f"Left failing: {command} ended with exit {last.exit}{why}"


def _interrupted(facts: SessionFacts, _git: GitFacts | None) -> str:
    if not facts.prompts:
        return "Interrupted before the end."
    return f"Interrupted while working on: {_ended(inline(facts.prompts[-1].text, _SHORT))}"


def _research(facts: SessionFacts, _git: GitFacts | None) -> str:
    runs = sum(family.runs for family in facts.families.values())
    looked = [plural(runs, "command")] if runs else []
    if facts.searches:
        looked.append(plural(len(facts.searches), "web lookup"))
    return f"Research only, nothing changed ({', '.join(looked) or 'no commands'})."


def _done(facts: SessionFacts, _git: GitFacts | None) -> str:
    if facts.files:
        number = len(facts.files) + facts.cut.get("files", 0)
        return f"Changed {plural(number, 'file')}{_uncommitted(facts)}."
    return "Conversation only, nothing run or changed."


_HEADLINES = {
    "shipped": _shipped,
    "left failing": _left_failing,
    "interrupted": _interrupted,
    "research": _research,
}


def line_counts(file: ChangedFile, git: GitFacts | None) -> tuple[int, int]:
    """Return lines added and removed; git's count where the transcript tells none."""
    if file.added or file.removed or git is None:
        return file.added, file.removed
    return git.sizes.get(file.path, (0, 0))


def _changes(facts: SessionFacts, git: GitFacts | None) -> str:
    """Return what changed on disk, for outcomes whose headline does not say it."""
    if facts.outcome not in ("shipped", "left failing", "interrupted"):
        return ""
    if not facts.files:
        return "" if facts.outcome == "shipped" else "No file was changed."
    number = len(facts.files) + facts.cut.get("files", 0)
    counts = [line_counts(file, git) for file in facts.files]
    sizes = size(sum(added for added, _ in counts), sum(removed for _, removed in counts))
    return f"{plural(number, 'file')} changed{f' ({sizes})' if sizes else ''}{_uncommitted(facts)}."


def _uncommitted(facts: SessionFacts) -> str:
    """Return that nothing was committed, "" when something may have been: `git commit -q` names no commit."""
    ran = (run.command for run in facts.commands if run.exit in (0, None))
    may_have = bool(facts.commits) or any(_COMMITS.search(command) for command in ran)
    return "" if may_have else ", nothing committed"


def _checks(facts: SessionFacts) -> str:
    """Return how the last tests and other checks went, for outcomes whose headline does not say it."""
    if facts.outcome == "left failing":
        return ""
    lasts: dict[str, CommandFact] = {}
    for command in facts.commands:
        if command.family in CHECKS and command.exit is not None:
            lasts[command.family] = command
    if not lasts:
        return "No tests were run." if facts.files or facts.commits else ""
    passed = [name for name in CHECKS if name in lasts and not lasts[name].exit]
    failed = [name for name in CHECKS if name in lasts and lasts[name].exit]
    told = ", ".join(filter(None, [_last(passed, "passed"), _last(failed, "failed")]))
    never = sum(failure.is_open and failure.family in CHECKS for failure in failures(facts))
    rest = f" {plural(never, 'earlier check')} never passed." if never and not failed else ""
    return f"{told[0].upper()}{told[1:]}.{rest}"


def _last(families: list[str], how: str) -> str:
    return f"last {' and '.join(families)} run{'s' if len(families) > 1 else ''} {how}" if families else ""


def _saying(facts: SessionFacts) -> str:
    """Return the first sentence of the answer when the answer is all that came of the session."""
    if facts.files or facts.commits or facts.outcome not in ("research", "done"):
        return ""
    first = next((line for line in facts.last_message.splitlines() if line.strip(" #*->")), "")
    sentence = _SENTENCE_END.split(one_line(first, 4 * _SAYING).lstrip("#*-> "), maxsplit=1)[0]
    return f"Answer: {inline(sentence, _SAYING)}" if sentence else ""


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
