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
    from filelock import FileLock, Timeout

    path = os.path.join(folder, LOCK_NAME)
    if os.path.islink(path):
        raise RefusedError(f"{path} is a link; it is not used as a lock", "remove it")
    lock = FileLock(path, timeout=timeout, poll_interval=0.01, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise UnavailableError(
            f"another process has been writing to {folder} for {timeout:g} seconds", "try again"
        ) from error
    except (OSError, NotImplementedError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise unwritable(path, cause) from error
    try:
        yield
    finally:
        lock.release()
