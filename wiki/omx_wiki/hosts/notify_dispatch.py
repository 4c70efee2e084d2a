"""Finds our launcher behind a program that took the place of `notify`, as Oh My Codex's dispatcher does.

OMX 0.21 keeps the program that was there before as `previousNotify` in `.omx/notify-dispatch.json`, names
that file in its own command, and puts the program back when it leaves. Until then our launcher must stay:
with it the person's program would stop, which stands behind ours.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import launcher
from omx_wiki.hosts.edit import read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = os.path.join(".omx", "notify-dispatch.json")
_GAP = re.compile(r"[\s=\"']+")


def is_wrapped(words: Sequence[str], config: str = "") -> bool:
    """Whether another program that was put in front runs our launcher.

    It names it among its arguments, or in a JSON file that is one of them, or in OMX's file beside the
    configuration `config` or in the home folder. A file there that says it belongs to another command is what
    OMX left behind.
    """
    arguments = [part for word in words[1:] for part in (word, *_GAP.split(word))]
    if any(launcher.MARK.decode() in part for part in arguments):
        return True
    if any(launcher.MARK in _read(part) for part in arguments if part.endswith(".json")):
        return True
    return bool(words) and any(
        _owner(_read(path)) in {None, tuple(words)} for path in files_with_launcher(config)
    )


def files_with_launcher(config: str) -> list[str]:
    """Return the files of OMX, beside a configuration and in the home folder, that name our launcher."""
    folders = [os.path.dirname(config), os.path.expanduser("~")] if os.path.isabs(config) else []
    paths = [os.path.join(folder, _FILE) for folder in folders]
    return [path for path in paths if launcher.MARK in _read(path)]


def _owner(content: bytes) -> tuple[object, ...] | None:
    """Return the command that a file of OMX says it belongs to."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    command = found.get("dispatcherNotify") if isinstance(found, dict) else None
    return tuple(map(str, command)) if isinstance(command, list) else None


def _read(path: str) -> bytes:
    try:
        return read_file(path) or b""
    except (RefusedError, UnavailableError, ValueError):
        return b""
