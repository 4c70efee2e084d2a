"""Files written whole or not at all; reading is in `regular`, which imports less."""

from __future__ import annotations

import contextlib
import os
import stat

from omx_wiki.errors import UnavailableError
from omx_wiki.pages.regular import is_inside, read_regular

__all__ = [
    "is_inside",
    "read_regular",
    "remove_leftovers",
    "sync_folder",
    "unwritable",
    "write_atomic",
    "write_temporary",
]

_WRITE_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)
_MAX_NAME_IN_TEMPORARY = 100


def write_atomic(path: str, data: bytes, mode: int = 0o644) -> None:
    """Write `path` so that it holds the old bytes or the new ones, whatever happens; keeps an existing mode.

    Raises:
        UnavailableError: the file cannot be written.
    """
    temporary = write_temporary(path, data, mode)
    try:
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise unwritable(path, error) from error
    sync_folder(os.path.dirname(path))


def write_temporary(path: str, data: bytes, mode: int, *, sync: bool = True) -> str:
    """Write `data` beside `path` under a hidden name that is no page, and return that name.

    Raises:
        UnavailableError: the folder cannot be written to.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:_MAX_NAME_IN_TEMPORARY]}.{os.urandom(6).hex()}.tmp")
    try:
        with contextlib.suppress(OSError):
            mode = stat.S_IMODE(os.lstat(path).st_mode)
        handle = os.open(temporary, _WRITE_FLAGS, mode & 0o777)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        with open(handle, "wb") as file:
            file.write(data)
            if os.path.lexists(path) and hasattr(os, "fchmod"):
                os.fchmod(handle, mode)
            if sync:
                file.flush()
                os.fsync(handle)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise
    return temporary


def remove_leftovers(folder: str) -> None:
    """Remove the temporaries of writers that were killed; call it only while no writer can be at work."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if name[0] == "." and name.endswith(".tmp") and name.count(".") > 2:  # noqa: PLR2004 - as made above
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, name))


def sync_folder(folder: str) -> None:
    """Make renames in `folder` survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def unwritable(path: str, error: OSError) -> UnavailableError:
    """Return the error that says that `path` cannot be written, and why."""
    folder = os.path.dirname(path)
    return UnavailableError(
        f"cannot write {path}: {error.strerror or error}",
        f"inside a read-only sandbox, start codex with --add-dir {folder}",
    )
