"""The earlier names of a file, as git knows them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omx_wiki.project import Project

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "log.showSignature=false")
_LOG = ("log", "--follow", "-M", "--diff-filter=R", "--name-status", "-z", "--format=", "--no-ext-diff")
_SECONDS = 10.0
_MAX_NAMES = 50


def earlier_names(project: Project, path: str) -> list[str]:
    """Return the names that a file had before, newest first; none without git, or when git takes too long.

    Args:
        project: whose checkout is asked.
        path: as seen from the root of the repository; a folder has no earlier names.
    """
    if not project.git_dir or os.path.isabs(path) or path.startswith("..") or "\0" in path:
        return []
    if os.path.isdir(os.path.join(project.checkout, path)):
        return []
    fields = _git(project.checkout, path).split("\0")
    names: list[str] = []
    for at in range(0, len(fields) - 2, 3):
        old = fields[at + 1]
        if not fields[at].strip().startswith("R") or len(names) >= _MAX_NAMES:
            break
        if old != path and old not in names:
            names.append(old)
    return names


def _git(folder: str, path: str) -> str:
    """Return what `git log` prints about one file, "" when it fails."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _is_config(name)
    }
    env |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1"}
    try:
        done = subprocess.run(
            [*_GIT, *_LOG, "--", path],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(done.stdout)


def _is_config(name: str) -> bool:
    """Whether the variable says which configuration git reads, rather than which repository."""
    return name.startswith("GIT_CONFIG")
