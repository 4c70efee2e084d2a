"""Edits of other people's files: shown as a diff, checked, backed up, then written all at once."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import temporary
from omx_wiki.project import ensure_private, is_private, state_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 16 * 1024 * 1024
_NEW_FILE_MODE = 0o600
_NOT_PRIVATE, _MAKE_PRIVATE = "is not a private folder of yours", "chmod 700 it, or set OMX_WIKI_HOME"


@dataclass(frozen=True)
class FileEdit:
    """One file as it was read and as it shall be.

    Attributes:
        path: absolute; a symlink stays, its target is written.
        old: the content the edit was computed from, None when there was no file.
        new: the content to write, None to delete the file.
        what: the purpose in a few words, for people.
        mode: the mode of a file that is created; a foreign file that exists keeps its own.
        is_private: whether the file is one of our own in the private folder; it is not backed up.
    """

    path: str
    old: bytes | None
    new: bytes | None
    what: str
    mode: int = _NEW_FILE_MODE
    is_private: bool = False

    @property
    def is_change(self) -> bool:
        """Whether applying the edit would change anything."""
        return self.old != self.new or (self.is_private and self.new is not None and not self._has_mode())

    def _has_mode(self) -> bool:
        return stat.S_IMODE(os.stat(self.path).st_mode) == self.mode


def read_file(path: str) -> bytes | None:
    """Return the content of a file, None when it does not exist.

    Raises UnavailableError when it cannot be read, RefusedError when it is no ordinary file or a huge one.
    """
    try:
        if os.path.lexists(path) and os.path.exists(path) and not os.path.isfile(path):
            raise RefusedError(f"{path} is not an ordinary file", "move it away, then run this again")
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise RefusedError(f"{path} is larger than {MAX_BYTES >> 20} MB", "look into the file")
    return content


def is_inside(root: str, path: str) -> bool:
    """Whether `path`, with all links followed, lies in the folder `root`."""
    real = os.path.realpath(root)
    return os.path.commonpath([os.path.realpath(path), real]) == real


def require_inside(root: str, path: str) -> None:
    """Refuse to write through a symlink of a repository to a place outside of it."""
    if not is_inside(root, path):
        raise RefusedError(
            f"{path} leads outside the project, to {os.path.realpath(path)}", "replace the symlink"
        )


def diff(edit: FileEdit) -> str:
    """Return the edit as a unified diff with control characters spelled out and a missing newline named."""
    names = (
        "/dev/null" if edit.old is None else edit.path,
        "/dev/null" if edit.new is None else edit.path,
    )
    return "".join(difflib.unified_diff(_rows(edit.old), _rows(edit.new), *names))


def apply(edits: Iterable[FileEdit]) -> tuple[str, ...]:
    """Write the edits in order, all of them or none, and return the paths that changed.

    Nothing is written when any file differs from what its edit was computed from (RefusedError), or a new
    content cannot be stored beside its file (UnavailableError). Each file is looked at once more directly
    before it is replaced; a displaced content is kept under `backups`. When a later file fails, the earlier
    ones get their content back; UnavailableError names those where that was impossible.
    """
    changes = [edit for edit in edits if edit.is_change]
    for edit in changes:
        _check_unchanged(edit)
    staged: list[_Staged] = []
    folders: list[str] = []
    try:
        for edit in changes:
            staged.append(_Staged(edit))
            staged[-1].prepare(folders)
        for each in staged:
            each.commit()
    except BaseException as error:
        changed = [each.edit.path for each in reversed(staged) if not each.undo()]
        remove_folders(folders)
        if changed:
            raise UnavailableError(
                f"{error}; changed already: {', '.join(changed)}", "run wiki uninstall"
            ) from error
        raise
    return tuple(edit.path for edit in changes)


class _Staged:
    """One edit on its way to the disk."""

    def __init__(self, edit: FileEdit) -> None:
        self.edit = edit
        self._target = os.path.realpath(edit.path)
        self._folder = os.path.dirname(self._target)
        self._status: os.stat_result | None = None
        self._temporary = ""
        self._is_done = False

    def prepare(self, folders: list[str]) -> None:
        """Do everything that may fail: back up, make folders (added to `folders`), store the new content."""
        edit = self.edit
        with _naming(edit.path):
            self._status = None if edit.old is None else os.stat(self._target)
            if edit.old is not None and not edit.is_private:
                _back_up(edit)
            if edit.is_private and edit.new is not None:
                _ensure_private(self._folder)
            make_folders(self._folder, folders)
            mode = (
                edit.mode if self._status is None or edit.is_private else stat.S_IMODE(self._status.st_mode)
            )
            self._store(edit.new or b"", mode)

    def commit(self) -> None:
        """Let the new content take the place of the old one."""
        with _naming(self.edit.path):
            _check_unchanged(self.edit)
            if self.edit.new is None:
                os.unlink(self._target)
            else:
                os.replace(self._temporary, self._target)
                self._temporary = ""
            self._is_done = True
            self._drop()

    def undo(self) -> bool:
        """Give the file its old content back; return whether that, or nothing, was to be done."""
        try:
            self._drop()
            if not self._is_done:
                return True
            if read_file(self._target) != self.edit.new:
                return False
            if self._status is None:
                os.unlink(self._target)
            else:
                self._store(self.edit.old or b"", stat.S_IMODE(self._status.st_mode))
                os.replace(self._temporary, self._target)
        except (OSError, RefusedError, UnavailableError):
            return False
        return True

    def _store(self, content: bytes, mode: int) -> None:
        """Write a file beside the target, with the mode and, where allowed, the owner of the target."""
        handle, self._temporary = temporary.create(self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if sys.platform != "win32":
                if self._status is not None:
                    with contextlib.suppress(PermissionError):
                        os.fchown(handle, self._status.st_uid, self._status.st_gid)
                os.fchmod(handle, mode)
            file.flush()
            os.fsync(handle)

    def _drop(self) -> None:
        path, self._temporary = self._temporary, ""
        if path:
            with contextlib.suppress(OSError):
                os.unlink(path)


@contextlib.contextmanager
def _naming(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error.strerror}") from error


def make_folders(folder: str, made: list[str]) -> None:
    """Create a folder and those above it; add what was created to `made`, outermost first."""
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for path in reversed(missing):
        os.mkdir(path)
        made.append(path)


def remove_folders(made: list[str]) -> None:
    """Remove folders that `make_folders` created, those that are still empty."""
    for folder in reversed(made):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _check_unchanged(edit: FileEdit) -> None:
    if read_file(edit.path) != edit.old:
        raise RefusedError(f"{edit.path} was changed by another program meanwhile", "run this again")


def _back_up(edit: FileEdit) -> None:
    folder = os.path.join(state_home(), "backups")
    _ensure_private(folder)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    handle, _ = tempfile.mkstemp(dir=folder, prefix=f"{stamp}-", suffix=f"-{os.path.basename(edit.path)}")
    with os.fdopen(handle, "wb") as file:
        file.write(edit.old or b"")
        file.flush()
        os.fsync(file.fileno())


def private_problem() -> str:
    """Return why nothing of ours can be kept in the private folder of all projects, "" when it can."""
    home = state_home()
    return f"{home} {_NOT_PRIVATE}; {_MAKE_PRIVATE}" if os.path.lexists(home) and not is_private(home) else ""


def _ensure_private(folder: str) -> None:
    culprit = next((path for path in (state_home(), folder) if not ensure_private(path)), "")
    if culprit and not os.path.lexists(culprit):
        raise UnavailableError(f"{culprit} cannot be created", "set OMX_WIKI_HOME to a folder of yours")
    if culprit:
        raise UnavailableError(f"{culprit} {_NOT_PRIVATE}", _MAKE_PRIVATE)


def _rows(content: bytes | None) -> list[str]:
    """Split into lines that a terminal shows as they are."""
    text = (content or b"").decode(errors="backslashreplace")
    shown = "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)
    *rows, last = shown.split("\n")
    return [f"{row}\n" for row in rows] + ([f"{last}\n\\ No newline at end of file\n"] if last else [])
