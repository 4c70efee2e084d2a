"""One writer at a time per folder; the only importer of filelock."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.pages.files import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_NAME = ".lock"
LOCK_TIMEOUT = 30.0


@contextlib.contextmanager
def locked(folder: str, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the lock of `folder` (which must exist), waiting at most `timeout` seconds for it.

    Raises:
        RefusedError: the lock file is a link.
        UnavailableError: another process keeps the lock, or the folder cannot be written to.
    """
    with try_locked(os.path.join(folder, LOCK_NAME), timeout) as is_ours:
        if not is_ours:
            raise UnavailableError(
                f"another process has been writing to {folder} for {timeout:g} seconds", "try again"
            )
        yield


@contextlib.contextmanager
def try_locked(path: str, timeout: float = 0) -> Iterator[bool]:
    """Hold the lock file `path` if that is possible within `timeout` seconds; yield whether it is.

    Raises:
        RefusedError: the lock file is a link.
        UnavailableError: the lock file cannot be written.
    """
    from filelock import FileLock, Timeout

    if os.path.islink(path):
        raise RefusedError(f"{path} is a link; it is not used as a lock", "remove it")
    lock = FileLock(path, timeout=timeout, poll_interval=0.01, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        pass
    except (OSError, NotImplementedError) as error:
        raise unwritable(path, error if isinstance(error, OSError) else OSError(str(error))) from error
    try:
        yield lock.is_locked
    finally:
        lock.release()
