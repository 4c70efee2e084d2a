"""The variables that say where a person's configuration lies."""

from __future__ import annotations

import os
import sys

from omx_wiki.errors import UnavailableError

_VARIABLES = ("CODEX_HOME", "CLAUDE_CONFIG_DIR")


def require_homes() -> None:
    """Raise UnavailableError when a home is relative, or HOME empty: files would land in the wrong place.

    An empty variable of a host counts as none, as the host takes it.
    """
    found = {name: value for name in _VARIABLES if (value := os.environ.get(name))}
    if "HOME" in os.environ and sys.platform != "win32":
        found["HOME"] = os.environ["HOME"]
    for name, value in found.items():
        if not os.path.isabs(value):
            raise UnavailableError(
                f"{name} is {value!r}, not an absolute path", f"set {name} to the full path of a folder"
            )
