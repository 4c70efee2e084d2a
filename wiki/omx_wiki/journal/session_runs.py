"""The failures of a session, one entry for all runs of the same command, and whether they were overcome."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.journal.commands import normalise, program

if TYPE_CHECKING:
    from omx_wiki.journal.facts import CommandFact, SessionFacts

CHECKS = ("test", "lint", "build")
_PUBLISHES = re.compile(r"git (?:push|commit|merge|rebase|pull|cherry-pick|revert|tag)\b")
_SEARCHES = frozenset(
    {"rg", "grep", "egrep", "fgrep", "diff", "cmp", "test", "[", "which", "pgrep", "command"}
)
_LOOKS = _SEARCHES | frozenset(
    {"awk", "cat", "cd", "df", "du", "echo", "env", "file", "find", "git", "head", "jq", "less", "ls", "nl"}
    | {"ps", "pwd", "readlink", "realpath", "sed", "sleep", "stat", "tail", "tree", "type", "wc", "whereis"}
)


class Failure(NamedTuple):
    """A command that failed at least once.

    Attributes:
        command: as it was run when it failed last.
        tries: how often it was run until it passed, or in all.
        failed: how often it failed.
        exit: the last exit code other than 0.
        error: the line that says what went wrong when it failed last.
        passed: the same command succeeded later.
        covered: the same program (for git: the same command of it) succeeded later with other arguments.
    """

    command: str
    family: str
    tries: int
    failed: int
    exit: int
    error: str
    error_class: str
    time: str
    passed: bool
    covered: bool

    @property
    def is_open(self) -> bool:
        """Whether work failed, looking around aside, and nothing later made up for it."""
        line = normalise(self.command)
        matters = (
            self.family in CHECKS
            or _PUBLISHES.match(line)
            or (self.family == "other" and bool(line) and program(line.split(maxsplit=1)[0]) not in _LOOKS)
        )
        return bool(matters) and not self.passed and not self.covered


def shown_command(command: str, cwd: str) -> str:
    """Return a command without the change into the session's own folder."""
    for quote in ("", "'", '"'):
        start = f"cd {quote}{cwd}{quote} && "
        if cwd and command.startswith(start):
            return command[len(start) :]
    return command


def failures(facts: SessionFacts) -> list[Failure]:
    """Return the failed commands in the order of their last failure.

    A search that only found nothing (exit code 1 without a message) is no failure.
    """
    groups: dict[tuple[str, str], list[CommandFact]] = {}
    last_pass: dict[tuple[str, str], int] = {}
    order: dict[int, int] = {}
    for at, command in enumerate(facts.commands):
        line = normalise(command.command) or command.command
        groups.setdefault((command.family, line), []).append(command)
        order[id(command)] = at
        if command.exit == 0:
            last_pass[command.family, _program(line)] = at
    found = []
    for (family, line), runs in groups.items():
        failed = [run for run in runs if run.exit and not _found_nothing(run, line)]
        if failed:
            at = order[id(failed[-1])]
            covered = last_pass.get((family, _program(line)), -1) > at
            failure = _failure(runs, failed, covered=covered)
            found.append((at, failure._replace(command=shown_command(failure.command, facts.cwd))))
    return [failure for _, failure in sorted(found, key=lambda pair: pair[0])]


def _failure(runs: list[CommandFact], failed: list[CommandFact], *, covered: bool) -> Failure:
    last = failed[-1]
    place = next(at for at, run in enumerate(runs) if run is last)
    later = [run.exit for run in runs[place + 1 :]]
    passed = 0 in later
    return Failure(
        command=last.command,
        family=last.family,
        tries=place + 2 + later.index(0) if passed else len(runs),
        failed=len(failed),
        exit=last.exit or 0,
        error=last.error,
        error_class=last.error_class,
        time=last.time,
        passed=passed,
        covered=covered and not passed,
    )


def _program(line: str) -> str:
    """Return the program of a command, with git's own command where it is git."""
    words = line.split(maxsplit=2)
    name = program(words[0]) if words else ""
    return " ".join([name, *words[1:2]]) if name == "git" else name


def _found_nothing(run: CommandFact, line: str) -> bool:
    return run.exit == 1 and not run.error and _program(line) in _SEARCHES
