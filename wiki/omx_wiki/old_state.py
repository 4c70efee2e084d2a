"""Files that earlier versions kept in the private state of a project and nothing reads any more."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from omx_wiki.project import is_private
from omx_wiki.search.generations import SHELVES, index_folder

if TYPE_CHECKING:
    from omx_wiki.project import Project

_FILES = ("summary", "summary-pages")


def old_state(project: Project) -> list[str]:
    """Return the files and folders of earlier versions; raises OSError when a folder cannot be read."""
    if not is_private(project.state):
        return []
    found = [os.path.join(project.state, name) for name in _FILES]
    found = [path for path in found if os.path.isfile(path) or os.path.islink(path)]
    index = os.path.dirname(index_folder(project, SHELVES[0]))
    if is_private(index):
        found += [os.path.join(index, name) for name in sorted(set(os.listdir(index)).difference(SHELVES))]
    return found


def remove_old_state(project: Project) -> None:
    """Remove the summaries and the index of earlier versions; a worker's task.

    Raises OSError when the private state cannot be written.
    """
    for path in old_state(project):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
