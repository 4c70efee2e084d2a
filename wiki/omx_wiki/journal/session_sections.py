"""The sections of a session page as small bounded lists of safe texts, for a template to lay out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.safe_text import code, inline, item, plain, quote
from omx_wiki.journal.session_outcome import duration, plural
from omx_wiki.journal.session_runs import Failure, failures
from omx_wiki.journal.transcripts.stamps import parse_stamp

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.git_facts import GitFacts

_FAMILIES = ("test", "lint", "build", "git", "other")
_KEPT_FIRST = 75  # the facts drop prompts behind these once there are too many
_SHA = 10
_PROGRAMS = {"codex": "Codex", "claude": "Claude Code"}
_QUESTION = re.compile(r"[^\s].*[?\uff1f\u061f][\s*_`\")]*\Z")
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


class Limits(NamedTuple):
    """How much of each list a page shows; texts are in characters."""

    prompts: int = 30
    prompt: int = 160
    folders: int = 20
    files: int = 60
    commits: int = 20
    failures: int = 12
    command: int = 120
    statements: int = 12
    links: int = 20
    message: int = 1500

    def divided(self, by: int) -> Limits:
        """Return limits that many times as narrow, never less than one entry."""
        return Limits(*(max(1, value // by) for value in self))


def asked(facts: SessionFacts, limits: Limits) -> dict[str, Any]:
    """Return the prompts by number; of many the first and the last, `gap` telling how many are between."""
    start = parse_stamp(facts.started)
    lost = facts.cut.get("prompts", 0)
    rows = []
    for at, prompt in enumerate(facts.prompts):
        time = _since(start, parse_stamp(prompt.time))
        marks = (f"[{time}] " if time else "") + ("(correction) " if prompt.correction else "")
        text = inline(prompt.text, limits.prompt) if marks else item(prompt.text, limits.prompt)
        row = {"number": at + 1 + (lost if at >= _KEPT_FIRST else 0), "at": time, "text": text}
        rows.append({**row, "correction": prompt.correction, "line": f"{row['number']}. {marks}{text}"})
    if len(rows) <= limits.prompts:
        is_whole = not lost or len(rows) <= _KEPT_FIRST
        first, last = (rows, []) if is_whole else (rows[:_KEPT_FIRST], rows[_KEPT_FIRST:])
    else:
        first = rows[: (limits.prompts + 1) // 2]
        last = rows[len(rows) - limits.prompts // 2 :]
    return {"first": first, "gap": len(rows) + lost - len(first) - len(last), "last": last}


def _since(start: int | None, moment: int | None) -> str:
    if start is None or moment is None:
        return ""
    minutes, seconds = divmod(max(0, moment - start) // 1000, 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 24:  # noqa: PLR2004  a day
        return f"t+{hours // 24}d {hours % 24}h"
    return f"t+{hours}:{rest:02d}:{seconds:02d}" if hours else f"t+{minutes:02d}:{seconds:02d}"


def commits(facts: SessionFacts, git: GitFacts | None, limits: Limits) -> dict[str, Any]:
    """Return the commits, the last ones when there are too many, each with what git says of it."""
    shown = facts.commits[-limits.commits :]
    rows = []
    for commit in shown:
        known = git.commits.get(commit.sha) if git else None
        sha = code((known.sha if known else commit.sha)[:_SHA], _SHA)
        subject = inline((known and known.subject) or commit.subject, limits.command)
        state = "verified" if known else "not in this repository any more" if git and git.checked else ""
        line = f"{sha} {subject}{f' ({state})' if state else ''}"
        rows.append({"sha": sha, "subject": subject, "state": state, "line": line})
    return {"rows": rows, "more": len(facts.commits) + facts.cut.get("commits", 0) - len(rows)}


def ran(facts: SessionFacts, limits: Limits) -> dict[str, Any]:
    """Return the commands by family, then the failed ones: those still open first, then by time."""
    families = []
    for name in _FAMILIES:
        family = facts.families.get(name)
        if family:
            last = (
                "" if family.last_exit is None else "last passed" if not family.last_exit else "last failed"
            )
            failed_runs = f"{family.failed} failed" if family.failed else ""
            told = ", ".join(filter(None, [plural(family.runs, "run"), failed_runs, last]))
            families.append(
                {"name": name, "runs": family.runs, "failed": family.failed, "line": f"{name}: {told}"}
            )
    failed = sorted(failures(facts), key=lambda failure: not failure.is_open)
    told_rows = [_failure(failure, limits) for failure in failed]
    told_rows += [_tool_error(text, limits) for text in facts.tool_errors]
    rows = told_rows[: limits.failures]
    return {"families": families, "failures": rows, "more": len(told_rows) - len(rows)}


def _tool_error(text: str, limits: Limits) -> dict[str, Any]:
    name, _, error = text.partition(": ")
    tool, why = code(name, limits.command), inline(error, limits.command)
    return {"command": tool, "exit": "", "error": why, "then": "", "line": f"{tool} failed: {why}"}


def _failure(failure: Failure, limits: Limits) -> dict[str, Any]:
    if failure.passed:
        then = f"passed on try {failure.tries}"
    elif failure.covered:
        then = "a later run with other arguments passed"
    elif failure.is_open:
        then = "never passed"
    else:
        then = ""
    command, error = code(failure.command, limits.command), inline(failure.error, limits.command)
    times = f", {failure.failed} times" if failure.failed > 1 else ""
    line = (
        f"{command} exit {failure.exit}{times}{f' ({then})' if then else ''}{f': {error}' if error else ''}"
    )
    return {"command": command, "exit": failure.exit, "error": error, "then": then, "line": line}


def decided(facts: SessionFacts, limits: Limits) -> dict[str, Any]:
    """Return what was decided in so many words."""
    rows = [item(text.lstrip("-*+>#0123456789.) "), 300) for text in facts.decisions[: limits.statements]]
    return {"rows": [row for row in rows if row], "more": len(facts.decisions) - len(rows)}


def still_open(facts: SessionFacts, limits: Limits) -> dict[str, Any]:
    """Return what is left to do: an unanswered prompt, failing checks, plan steps, a question."""
    rows = []
    if not facts.finished and facts.prompts:
        rows.append(
            f"The last prompt was not worked through: {inline(facts.prompts[-1].text, limits.prompt)}"
        )
    failing = [failure for failure in failures(facts) if failure.is_open]
    rows += [f"Failing: {code(each.command, limits.command)} (exit {each.exit})" for each in failing]
    rows += [f"Not done: {inline(step, limits.prompt)}" for step in facts.open_steps]
    question = _question(facts.last_message) if facts.finished else ""
    if question:
        rows.append(f"Question left: {inline(question, 2 * limits.prompt)}")
    shown = rows[: limits.statements]
    if question and len(rows) > len(shown):
        shown[-1] = rows[-1]
    return {"rows": shown, "more": len(rows) - len(shown)}


def _question(message: str) -> str:
    """Return the last sentence of a message's last paragraph that asks something, "" without one."""
    paragraph = " ".join(plain(message).strip().rpartition("\n\n")[2].split())
    asking = [text for text in _SENTENCE.split(paragraph) if _QUESTION.match(text)]
    return asking[-1] if asking else ""


def last_message(facts: SessionFacts, limits: Limits) -> str:
    """Return the agent's last message as a block quote."""
    return quote(facts.last_message, limits.message) if facts.last_message.strip() else ""


def numbers(facts: SessionFacts, git: GitFacts | None) -> list[str]:
    """Return lines that tell when and where it was, and what it cost."""
    told = [_time(facts), _place(facts, git), _tokens(facts), _model(facts), _tools(facts)]
    events = [
        (facts.compactions, "compaction"),
        (facts.aborted, "stopped turn"),
        (len(facts.subagents), "sub-agent"),
        (facts.bad_lines, "unreadable line"),
        (facts.cut.get("events", 0), "dropped event"),
    ]
    told.append(", ".join(plural(number, noun) for number, noun in events if number))
    if facts.bytes_read < facts.bytes_total:
        told.append(
            f"{facts.bytes_read * 100 // facts.bytes_total} % of the transcript was complete and read"
        )
    return [line for line in told if line]


def _time(facts: SessionFacts) -> str:
    start, end = (text[:16].replace("T", " ") for text in (facts.started, facts.ended))
    if not start or not end:
        return ""
    until = end.removeprefix(start[:11]) if start[:10] == end[:10] else end
    return f"Time: {start} to {until} UTC, {duration(facts.active_seconds)} of work"


def _place(facts: SessionFacts, git: GitFacts | None) -> str:
    commits = [code(sha[:_SHA], _SHA) for sha in (facts.commit, git.end_commit if git else "") if sha]
    parts = [code(facts.branch, 80), " to ".join(dict.fromkeys(commits))]
    worktree = code(git.worktree, 80) if git else ""
    told = ", ".join(filter(None, [*parts, f"worktree {worktree}" if worktree else ""]))
    return f"Branch: {told}" if facts.branch else f"Commit: {told}" if told else ""


def _tokens(facts: SessionFacts) -> str:
    tokens = facts.tokens
    if not tokens.input and not tokens.output:
        return ""
    share = f" ({tokens.cached * 100 // tokens.input} % cached)" if tokens.cached and tokens.input else ""
    thought = f" ({tokens.reasoning:,} reasoning)" if tokens.reasoning else ""
    return f"Tokens: {tokens.input:,} in{share}, {tokens.output:,} out{thought}"


def _model(facts: SessionFacts) -> str:
    names = ", ".join(inline(model, 60) for model in facts.models[:5])
    effort = f" ({inline(facts.effort, 20)} effort)" if facts.effort and names else ""
    agent = _PROGRAMS.get(facts.agent, facts.agent)
    program = f"{agent} {inline(facts.versions[-1], 30)}" if facts.versions else agent
    return f"Model: {names}{effort}, {program}" if names else f"Program: {program}"


def _tools(facts: SessionFacts) -> str:
    if not facts.tool_calls:
        return ""
    most = sorted(facts.tools.items(), key=lambda pair: (-pair[1], pair[0]))
    names = ", ".join(f"{code(name, 40)} {count:,}" for name, count in most[:6])
    rest = f", {plural(len(most) - 6, 'other tool')}" if len(most) > 6 else ""  # noqa: PLR2004  as shown above
    return f"Tool calls: {facts.tool_calls:,} ({names}{rest})"
