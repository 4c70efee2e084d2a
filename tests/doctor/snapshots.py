"""What lies in a folder, to be compared with later."""

from __future__ import annotations

import os
from pathlib import Path


def snapshot(*roots: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file and folder below some folders."""
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for root in roots
        for path in [root, *root.rglob("*")]
        if os.path.lexists(path)
    }
