"""Files of marshalled plain data in the private state; nothing else is ever unmarshalled."""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_VERSION = 1
_FORMAT = ("omx-wiki context", _VERSION, sys.implementation.cache_tag)


def write_data(path: str, value: Any) -> None:
    """Write data of tuples, lists, dicts, texts and numbers, by a rename.

    Raises OSError when the private state cannot be written.
    """
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as file:
        marshal.dump((_FORMAT, value), file)
    os.replace(temporary, path)


def read_data(path: str) -> Any:
    """Return what `write_data` wrote, None for anything else, and where others could have written it."""
    from omx_wiki.project import is_private

    if not is_private(os.path.dirname(path)):
        return None
    try:
        with open(path, "rb") as file:
            known = marshal.load(file)  # noqa: S302  (nobody else can write there: checked above)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return known[1] if isinstance(known, tuple) and known[:1] == (_FORMAT,) else None
