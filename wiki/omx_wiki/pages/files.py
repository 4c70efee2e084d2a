"""Files read and written safely: bounded, regular files only, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat

from omx_wiki.errors import UnavailableError

_READ_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_WRITE_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)
_MAX_NAME_IN_TEMPORARY = 100


def read_regular(path: str, limit: int) -> bytes | None:
    """Return at most `limit` bytes of a regular file; None for a link, FIFO, device, folder or nothing."""
    try:
        handle = os.open(path, _READ_FLAGS)
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with open(handle, "rb", closefd=False) as file:
            return file.read(limit)
    except OSError:
        return None
    finally:
        os.close(handle)


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


def is_inside(path: str, root: str) -> bool:
    """Whether `path`, with all links followed, lies in the folder `root` (a real path) or is it."""
    try:
        real = os.path.realpath(path)
    except (OSError, ValueError):
        return False
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)
