"""Git: whether it leaves the store alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.hosts.gitignore import is_ignored
from omx_wiki.hosts.plan import Plan, apply
from omx_wiki.hosts.setup import plan_ignore_rule
from omx_wiki.journal.git import run_git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "git"


def check_git(project: Project) -> Iterator[Finding]:
    """Yield whether git knows files of the store, and whether git ignores the others."""
    if not project.git_dir:
        yield Finding(AREA, "ok", "no repository here")
        return
    code, output = run_git(project.root, ["ls-files", "-z", "--", ".omx"])
    if code:
        yield Finding(AREA, "warning", f"git cannot answer in {project.root}", "run git status there")
        return
    tracked = [os.fsdecode(name) for name in output.split(b"\0") if name]
    if tracked:
        yield Finding(
            AREA,
            "warning",
            f"{count_of(len(tracked), 'file')} below .omx known to git: {some_of(tracked)}",
            "unless that is meant: git rm -r --cached .omx",
            facts={"tracked": len(tracked)},
        )
        return
    yield from _check_rule(project)


def _check_rule(project: Project) -> Iterator[Finding]:
    if is_ignored(project.root):
        yield Finding(AREA, "ok", "git ignores .omx", facts={"ignored": True, "tracked": 0})
    elif project.is_set_up():
        yield Finding(
            AREA,
            "warning",
            "git does not ignore .omx, so a commit may take pages along",
            "wiki setup",
            Fix("add an ignore rule to .gitignore", lambda: _add_rule(project)),
            {"ignored": False, "tracked": 0},
        )


def _add_rule(project: Project) -> None:
    plan = Plan()
    plan_ignore_rule(project, plan)
    apply(plan)
