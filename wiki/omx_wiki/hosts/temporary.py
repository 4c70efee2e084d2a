"""Names the files that are written beside others before they take their place, and finds forgotten ones.

A process that is killed leaves its own behind. Its number is part of their names, so they can be told from
those that are being written now.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
import time

_PREFIX = ".omx-wiki-"
_NAME = re.compile(re.escape(_PREFIX) + r"(?:(\d+)-)?[a-z0-9_]{8}")
_MAX_AGE_SECONDS = 60.0


def create(folder: str) -> tuple[int, str]:
    """Create an empty file with the mode 0600 in `folder`; return an open descriptor and its path."""
    return tempfile.mkstemp(dir=folder, prefix=f"{_PREFIX}{os.getpid()}-")


def stale_files(folder: str) -> tuple[str, ...]:
    """Return the files that a run of ours left in `folder`: its process is gone, or a minute has passed.

    A folder that cannot be read has none. Only ordinary files with exactly our kind of name count.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith(_PREFIX))
    except OSError:
        return ()
    return tuple(path for name in names if _is_stale(path := os.path.join(folder, name), name))


def _is_stale(path: str, name: str) -> bool:
    match = _NAME.fullmatch(name)
    try:
        status = os.lstat(path)
    except OSError:
        return False
    if match is None or not stat.S_ISREG(status.st_mode):
        return False
    return abs(time.time() - status.st_mtime) > _MAX_AGE_SECONDS or _is_gone(match[1])


def _is_gone(number: str | None) -> bool:
    """Whether the process with that number has ended; on Windows a signal is no question, so age decides."""
    if number is None or sys.platform == "win32":
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False
