"""Leaves a file that cannot be changed out of an uninstallation, which then goes on with all the others."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import launcher
from omx_wiki.hosts.installs import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hosts.plan import Plan

_ADVICE = "repair it and run wiki uninstall again, or delete by hand the lines that name"
_CHUNK = 1 << 20


@contextlib.contextmanager
def tolerating(path: str, plan: Plan, *marks: bytes) -> Iterator[None]:
    """Leave one file out of a plan when it cannot be read, understood or written; a problem if it holds ours.

    `marks` are the bytes that tell, by default the name of our launcher.
    """
    edits, messages, folders = list(plan.edits), list(plan.messages), list(plan.spare_folders)
    try:
        yield
        if any(item.path == path and item.is_change for item in plan.edits):
            _require_writable(path)
    except (RefusedError, UnavailableError) as error:
        plan.edits, plan.messages, plan.spare_folders = edits, messages, folders
        if holds(path, *marks):
            _keep(path, str(error), plan, os.fsdecode(marks[0]) if marks else launcher.PROGRAM)


def holds(path: str, *marks: bytes) -> bool:
    """Whether a file of any size holds one of `marks`; of one that cannot be read our records decide."""
    sought = marks or (launcher.PROGRAM.encode(),)
    overlap = max(map(len, sought)) - 1
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            tail = b""
            while chunk := file.read(_CHUNK):
                if any(mark in tail + chunk for mark in sought):
                    return True
                tail = chunk[-overlap:]
    except FileNotFoundError:
        return False
    except OSError:
        real, records = os.path.realpath(path), (*recorded("hooks"), *recorded("gitignore"))
        return any(os.path.realpath(record.file) == real for record in records)
    return False


def _require_writable(path: str) -> None:
    folder = os.path.dirname(os.path.realpath(path))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnavailableError(f"{path} cannot be written, nor can anything else in its folder")


def _keep(path: str, reason: str, plan: Plan, mark: str) -> None:
    told = reason if path in reason else f"{path}: {reason}"
    plan.problems.setdefault(path, f"Not taken out: {told}; {_ADVICE} {mark}.")
