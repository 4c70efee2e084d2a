"""Files read safely: bounded, and regular files only; imports little for cold queries."""

from __future__ import annotations

import os

_FILE_TYPE, _REGULAR = 0o170000, 0o100000
_READ_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def read_regular(path: str, limit: int) -> bytes | None:
    """Return at most `limit` bytes of a regular file; None for a link, FIFO, device, folder or nothing."""
    try:
        handle = os.open(path, _READ_FLAGS)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(handle)
        if not is_regular(status.st_mode):
            return None
        return _read(handle, min(limit, status.st_size))
    except OSError:
        return None
    finally:
        os.close(handle)


def _read(handle: int, size: int) -> bytes:
    """Read `size` bytes or up to the end; asking for what is there spares buffers of the greatest size."""
    chunks = []
    while size > 0 and (chunk := os.read(handle, size)):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def is_inside(path: str, root: str) -> bool:
    """Whether `path`, with all links followed, lies in the folder `root` (a real path) or is it."""
    try:
        real = os.path.realpath(path)
    except (OSError, ValueError):
        return False
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)


def is_regular(mode: int) -> bool:
    """Whether the mode of a file says that it is a regular file."""
    return mode & _FILE_TYPE == _REGULAR
