"""The bounded log of hook runs, in the private state: hooks have no other place to complain."""

from __future__ import annotations

import os
import time

MAX_BYTES = 64 * 1024
_MAX_LINE = 2000


def append(folder: str, text: str) -> None:
    """Add one line to `hook.log` in the existing folder `folder`; never raises.

    The file is moved to `hook.log.1` when it has grown past MAX_BYTES.
    """
    path = os.path.join(folder, "hook.log")
    line = "".join(c if c.isprintable() else " " for c in text)[:_MAX_LINE]
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    try:
        descriptor = os.open(
            path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600
        )
        try:
            os.write(descriptor, f"{stamp} {line}\n".encode("utf-8", "replace"))
            is_full = os.fstat(descriptor).st_size > MAX_BYTES
        finally:
            os.close(descriptor)
        if is_full:
            os.replace(path, path + ".1")
    except OSError:
        return
