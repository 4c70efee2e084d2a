"""Temporary files that a killed run of ours left beside the files of hosts."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.hosts.claude import claude_home
from omx_wiki.hosts.trust import codex_home
from omx_wiki.project import state_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "private"

_NAME = re.compile(r"\.omx-wiki-(?:\d+-)?[a-z0-9_]{8}")
_MIN_AGE_SECONDS = 3600.0
"""Nothing is written for that long: what is younger may be on its way to its place."""


def check_leftovers(project: Project) -> Iterator[Finding]:
    """Yield the temporary files that stand where setup writes; the remedy deletes them."""
    found = [path for folder in _folders(project) for path in stale_files(folder)]
    if found:
        text = f"{count_of(len(found), 'file')} left by runs that were killed: {some_of(found)}"
        fix = Fix("delete what killed runs left", lambda: _delete(_folders(project)))
        yield Finding(AREA, "note", text, fix=fix)


def stale_files(folder: str) -> list[str]:
    """Return the ordinary files of a folder that have our kind of temporary name and are an hour old."""
    try:
        names = sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name))
    except OSError:
        return []
    return [path for name in names if _is_stale(path := os.path.join(folder, name))]


def _is_stale(path: str) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > _MIN_AGE_SECONDS


def _folders(project: Project) -> list[str]:
    """Return the folders whose files setup replaces, each once."""
    home = state_home()
    folders = [codex_home(), claude_home(), os.path.join(home, "bin"), os.path.join(home, "installs")]
    folders += [project.root, *(os.path.join(project.root, name) for name in (".codex", ".claude"))]
    return list({os.path.realpath(folder): folder for folder in folders}.values())


def _delete(folders: list[str]) -> None:
    for path in (path for folder in folders for path in stale_files(folder)):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
