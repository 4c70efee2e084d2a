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


def remove_old_state(project: Project) -> None:
    """Remove the summaries and the index of earlier versions; a worker's task.

    Raises OSError when the private state cannot be written.
    """
    if not is_private(project.state):
        return
    for name in _FILES:
        path = os.path.join(project.state, name)
        if os.path.isfile(path) or os.path.islink(path):
            os.unlink(path)
    index = os.path.dirname(index_folder(project, SHELVES[0]))
    if not is_private(index):
        return
    for name in set(os.listdir(index)).difference(SHELVES):
        path = os.path.join(index, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
