"""The skills we wrote: whether the program that they tell an agent to type is still there."""

from __future__ import annotations

import os
import re
import shlex
from functools import partial
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import skill
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.plan import Plan, apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hosts.host import HostState

_COMMAND = re.compile(r"^(/[^\n]*|'/[^\n]*) query WORDS", re.MULTILINE)
_NAME = re.compile(rb"^name: (\S+)$", re.MULTILINE)


def check_skills(state: HostState) -> Iterator[Finding]:
    """Yield the skills of a host that name a program which is gone.

    The block in AGENTS.md names a plain `wiki`, so it cannot go stale.
    """
    for path in state.skills:
        content = read_file(path) or b""
        program = named_program(content)
        if not program or os.access(program, os.X_OK):
            continue
        text = f"the skill in {path} tells agents to type {program}, which is gone"
        if skill.is_unedited(content):
            fix = Fix(f"renew the skill in {path}", partial(renew, path))
            yield Finding(state.name, "warning", text, "wiki setup", fix)
        else:
            hint = "it was edited, so it stays: put the path of wiki in, or delete it and run wiki setup"
            yield Finding(state.name, "warning", text, hint)


def named_program(content: bytes) -> str:
    """Return the full path that a skill calls `wiki` by, "" when it names none."""
    found = _COMMAND.search(content.decode(errors="replace"))
    try:
        words = shlex.split(found[1]) if found else []
    except ValueError:
        return ""
    return words[0] if words else ""


def renew(path: str) -> None:
    """Write the skill at `path` anew unless a person edited it; raises RefusedError then, and as `apply`."""
    plan = Plan()
    old = plan.content(path)
    name = _NAME.search(old or b"")
    if old is None or name is None or not skill.is_unedited(old):
        raise RefusedError(f"the skill in {path} was edited meanwhile")
    plan.change(path, skill.skill_text(name[1].decode()), "skill")
    apply(plan)
