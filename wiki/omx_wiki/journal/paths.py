"""Paths of a repository compared as people write them."""

from __future__ import annotations

import os
import posixpath


def tidy(path: str) -> str:
    """Return a path with forward slashes and without `./`, doubled or trailing slashes."""
    clean = path.strip().replace("\\", "/")
    return posixpath.normpath(clean) if clean else ""


def covers(asked: str, path: str) -> bool:
    """Whether `path` is the file or folder asked for, lies in it, or ends with it, as with `cart.py`."""
    wanted, found = tidy(asked), tidy(path)
    if not wanted or not found:
        return False
    return wanted == "." or lies_in(found, wanted) or found.endswith("/" + wanted)


def lies_in(path: str, place: str) -> bool:
    """Whether a tidy path is the tidy `place` or lies below it."""
    return path == place or path.startswith(place.rstrip("/") + "/")


def from_root(path: str, folder: str, root: str) -> str:
    """Return a path written in `folder` as seen from the repository's `root`; others stay as they are."""
    whole = os.path.normpath(os.path.join(folder, path))
    seen = os.path.relpath(whole, root)
    is_outside = seen == os.pardir or seen.startswith(os.pardir + os.sep)
    return tidy(path if is_outside else seen)
