"""How a session ended, in one word."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.changes import ChangedFile
    from omx_wiki.journal.facts import CommandFact, CommitFact

_CHECKS = ("test", "lint", "build")


def outcome_of(
    commits: Sequence[CommitFact],
    commands: Sequence[CommandFact],
    files: Sequence[ChangedFile],
    *,
    broken_off: bool,
    looked: bool,
) -> str:
    """Return the first that holds: shipped, left failing, interrupted, research, done.

    "left failing" looks at the last test, lint or build command whose end is known.
    """
    if commits:
        return "shipped"
    checks = [command.exit for command in commands if command.family in _CHECKS and command.exit is not None]
    if checks and checks[-1]:
        return "left failing"
    if broken_off:
        return "interrupted"
    if looked and not files:
        return "research"
    return "done"
