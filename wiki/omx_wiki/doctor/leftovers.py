"""Temporary files that a killed run of ours left beside the files of hosts."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.hosts.claude import claude_home
from omx_wiki.hosts.temporary import stale_files
from omx_wiki.hosts.trust import codex_home
from omx_wiki.project import state_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "private"


def check_leftovers(project: Project) -> Iterator[Finding]:
    """Yield the temporary files that stand where setup writes; the remedy deletes them."""
    found = [path for folder in _folders(project) for path in stale_files(folder)]
    if found:
        text = f"{count_of(len(found), 'file')} left by runs that were killed: {some_of(found)}"
        fix = Fix("delete what killed runs left", lambda: _delete(_folders(project)))
        yield Finding(AREA, "note", text, fix=fix)


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
