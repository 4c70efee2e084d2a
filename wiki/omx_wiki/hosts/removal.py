"""Takes out what the hosts share: the launcher, and our records of the files that run it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.hosts import launcher
from omx_wiki.hosts.edit import FileEdit, read_file
from omx_wiki.hosts.installs import recorded
from omx_wiki.hosts.notify import wrapper
from omx_wiki.hosts.tolerance import holds

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Plan


def plan_launcher_removal(plan: Plan) -> None:
    """Delete the launcher unless something that is left runs it."""
    if reason := _why_launcher_stays(plan):
        plan.messages.append(reason)
        return
    for path in launcher.launcher_files():
        plan.edits.append(FileEdit(path, read_file(path), None, "launcher", is_private=True))


def plan_record_removal(plan: Plan) -> None:
    """Forget every file that no longer runs our launcher; planned last, so that nothing is lost."""
    for record in recorded("hooks"):
        if record.file not in plan.problems and not _runs_launcher(record.file, plan):
            plan.edits.append(record.forget())


def _why_launcher_stays(plan: Plan) -> str:
    if program := wrapper(plan):
        return (
            f"The launcher stays: {program} runs it as notify, and behind it any program that you had there."
            " When that is gone (omx uninstall), run wiki uninstall once more."
        )
    left = [record.file for record in recorded("hooks") if _runs_launcher(record.file, plan)]
    runners = [*filter(holds, plan.problems), *left]
    return f"The launcher stays: {runners[0]} runs it." if runners else ""


def _runs_launcher(path: str, plan: Plan) -> bool:
    """Whether a file still names a launcher once the plan is carried out."""
    real = os.path.realpath(path)
    for item in plan.edits:
        if os.path.realpath(item.path) == real:
            return item.new is not None and launcher.MARK in item.new
    return holds(path, launcher.MARK)
