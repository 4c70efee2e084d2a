"""Generations of the index: complete folders side by side, and a pointer to the current one.

A writer fills a new folder and then replaces the pointer; readers lock nothing and never see half an index.
The generation before the current one is kept for readers that are still at it. There are two indexes of a
project, one of its pages and one of its sessions' pages, so that neither weighs on who searches the other.
"""

from __future__ import annotations

import os
import sys

from omx_wiki.project import is_private
from omx_wiki.search.manifest import load_manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.project import Project
    from omx_wiki.search.manifest import FileFacts, Manifest

POINTER = "current"
MANIFEST = "MANIFEST"
PAGES, SESSIONS = "pages", "sessions"
SHELVES = (PAGES, SESSIONS)
_LONGEST_NAME = 40
_OTHERS_WRITE = 0o022
_TRIES = 5


class UnusableIndexError(Exception):
    """There is no index, or none that may be opened; the message says why.

    Attributes:
        problem: the message, "" when nothing is wrong but that no index was made yet.
    """

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.problem = "" if is_missing else message


def index_folder(project: Project, shelf: str) -> str:
    """Return the private folder of the index of the project's `PAGES` or `SESSIONS`."""
    return os.path.join(project.state, "index", shelf)


def shelf_of(kind: str) -> str:
    """Return the index that pages of a kind are in."""
    return SESSIONS if kind == "session" else PAGES


def open_generation(project: Project, shelf: str) -> tuple[str, Manifest]:
    """Return the folder and manifest of the current generation after making sure that it is ours alone.

    Raises:
        UnusableIndexError: nothing is there, others could have written it, or it is damaged.
    """
    base = index_folder(project, shelf)
    for _ in range(_TRIES):
        name = _pointer(base)
        folder = os.path.join(base, name)
        try:
            with open(os.path.join(folder, MANIFEST), "rb") as file:
                _require_private(base, folder)
                manifest = load_manifest(file.read())
            _require_same_files(folder, manifest.files)
        except (OSError, ValueError, TypeError, EOFError, MemoryError) as error:
            if _pointer(base) == name:
                raise UnusableIndexError(str(error)) from error
        else:
            return folder, manifest
    raise UnusableIndexError("the index changes too fast")


def pointed_at(base: str) -> str:
    """Return the name of the current generation in the folder `base`, "" if there is none."""
    try:
        with open(os.path.join(base, POINTER), "rb") as file:
            name = file.read(64).decode("ascii", "replace")
    except OSError:
        return ""
    return name if generation_number(name) else ""


def generation_number(name: str) -> int:
    """Return the number in the name of a generation's folder (12 of `g12-4711`), 0 for another name."""
    number, dash, process = name[1:].partition("-")
    is_name = name[:1] == "g" and dash and (number + process).isdigit() and name.isascii()
    return int(number) if is_name and number and process and len(name) <= _LONGEST_NAME else 0


def _pointer(base: str) -> str:
    name = pointed_at(base)
    if not name:
        raise UnusableIndexError("there is no index", is_missing=True)
    return name


def _require_private(base: str, folder: str) -> None:
    index = os.path.dirname(base)
    for path in (os.path.dirname(index), index, base, folder):
        if not is_private(path):
            raise PermissionError(f"{path} is not private to this user")


def _require_same_files(folder: str, files: dict[str, FileFacts]) -> None:
    """Raise unless `folder` holds exactly these files, unchanged and writable by nobody else."""
    found = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if not entry.is_file(follow_symlinks=False) or _is_foreign(status):
                raise PermissionError(f"{entry.path} may be written by others")
            if entry.name == MANIFEST:
                continue
            if files.get(entry.name, ())[:2] != (status.st_size, status.st_mtime_ns):
                raise ValueError(f"{entry.name} in the index was changed")
            found.add(entry.name)
    if len(found) != len(files):
        raise ValueError("files of the index are missing")


def _is_foreign(status: os.stat_result) -> bool:
    if sys.platform == "win32":
        return False
    return status.st_uid != os.geteuid() or bool(status.st_mode & _OTHERS_WRITE)
