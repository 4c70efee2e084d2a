"""Read the beginning of a file that may be anything or nothing."""

from __future__ import annotations

import os


def read_start(path: str, size: int) -> bytes | None:
    """Return at most `size` bytes of a file, None when it cannot be read; a FIFO does not make it wait."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            return os.read(descriptor, size)
        finally:
            os.close(descriptor)
    except OSError:
        return None
