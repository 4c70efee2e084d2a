"""Remembers which files of other people hold something of ours, one small private record per file.

Only two questions need it: whether an ignore rule is ours, and whether a launcher is still in use.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import Any, Literal

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts.edit import FileEdit, read_file
from omx_wiki.project import state_home

Kind = Literal["hooks", "gitignore"]


@dataclass(frozen=True)
class Install:
    """One file that holds something of ours: what kind of thing, and the absolute path."""

    kind: Kind
    file: str

    @property
    def record_path(self) -> str:
        """Where the record of it lies."""
        digest = hashlib.blake2b(os.fsencode(self.file), digest_size=12).hexdigest()
        return os.path.join(_folder(), f"{self.kind}-{digest}.json")

    def is_recorded(self) -> bool:
        """Whether there is a record of it."""
        return os.path.isfile(self.record_path)

    def remember(self) -> FileEdit:
        """Return the edit that writes the record."""
        new = f"{json.dumps(asdict(self))}\n".encode()
        path = self.record_path
        return FileEdit(path, read_file(path), new, "record of the installation", is_private=True)

    def forget(self) -> FileEdit:
        """Return the edit that deletes the record."""
        path = self.record_path
        return FileEdit(path, read_file(path), None, "record of the installation", is_private=True)


def recorded(kind: Kind) -> tuple[Install, ...]:
    """Return every recorded installation of one kind; a record that cannot be read counts as none."""
    found = []
    try:
        names = sorted(os.listdir(_folder()))
    except OSError:
        return ()
    for name in names:
        if name.startswith(f"{kind}-") and name.endswith(".json"):
            record = _read(os.path.join(_folder(), name))
            if isinstance(record, dict) and isinstance(record.get("file"), str):
                found.append(Install(kind, record["file"]))
    return tuple(found)


def _folder() -> str:
    return os.path.join(state_home(), "installs")


def _read(path: str) -> Any:
    try:
        return json.loads(read_file(path) or b"null")
    except (ValueError, RecursionError, RefusedError, UnavailableError):
        return None
