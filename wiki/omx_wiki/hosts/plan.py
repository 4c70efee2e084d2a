"""What `wiki setup` and `wiki uninstall` will do: computed first, shown on request, then carried out."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import Literal

from omx_wiki.errors import UnavailableError
from omx_wiki.hosts import edit
from omx_wiki.hosts.edit import FileEdit
from omx_wiki.hosts.temporary import stale_files

Scope = Literal["user", "project"]


@dataclass(frozen=True)
class SetupOptions:
    """What a person asked `wiki setup` for.

    Attributes:
        scope: where the hooks go.
        trust: whether to write trust records.
        agents_md: whether to tell of the wiki in the project's AGENTS.md.
        hosts: names of the hosts to install into.
        skip_refused: whether a host that cannot be set up is told of and left out.
    """

    scope: Scope = "user"
    trust: bool = False
    agents_md: bool = False
    hosts: tuple[str, ...] = ("codex",)
    skip_refused: bool = False


@dataclass
class Plan:
    """What will be done. Making one reads files and writes nothing; pages are never part of it.

    Attributes:
        edits: files to write or delete, in order; the private ones are our own.
        messages: short lines for the person, about what happens and what is left to do.
        new_folders: folders to create.
        spare_folders: folders to remove when they are empty afterwards, in order.
        leftovers: temporary files of runs that were killed, to delete.
        problems: by path, why a file that holds something of ours is left as it is, one line each.
    """

    edits: list[FileEdit] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    new_folders: list[str] = field(default_factory=list)
    spare_folders: list[str] = field(default_factory=list)
    leftovers: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    @property
    def is_change(self) -> bool:
        """Whether applying the plan would change a file or create a folder."""
        return bool(self.new_folders or self.leftovers) or any(item.is_change for item in self.edits)

    def content(self, path: str) -> bytes | None:
        """Return a file as it will be after the edits planned so far: a host may share it with another."""
        self._seen.add(path)
        planned = [item.new for item in self.edits if item.path == path]
        return planned[-1] if planned else edit.read_file(path)

    def change(self, path: str, new: bytes | None, what: str, *, mode: int = 0o600) -> None:
        """Plan to write `new` to a foreign file (None: delete it); edits of one file become one."""
        for index, item in enumerate(self.edits):
            if item.path == path:
                self.edits[index] = FileEdit(path, item.old, new, f"{item.what}, {what}", mode=item.mode)
                return
        self.edits.append(FileEdit(path, edit.read_file(path), new, what, mode=mode))

    def find_leftovers(self, *folders: str) -> None:
        """Plan to delete what killed runs left in `folders` and wherever this plan has looked."""
        paths = self._seen | {item.path for item in self.edits}
        places = {os.path.dirname(os.path.realpath(path)) for path in paths} | set(folders)
        self.leftovers = tuple(path for folder in sorted(places) for path in stale_files(folder))
        if self.leftovers:
            self.messages.append(f"Temporary files of an interrupted run are deleted: {len(self.leftovers)}.")


def apply(plan: Plan) -> tuple[str, ...]:
    """Carry a plan out; return the paths of the files that changed.

    Raises RefusedError, before anything is written, when a file has changed since the plan was made, and
    UnavailableError when something cannot be written; what was changed until then is undone.
    """
    for path in plan.leftovers:
        with contextlib.suppress(OSError):
            os.unlink(path)
    made: list[str] = []
    try:
        for folder in plan.new_folders:
            _make(folder, made)
        paths = edit.apply(plan.edits)
    except BaseException:
        edit.remove_folders(made)
        raise
    for folder in plan.spare_folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    return paths


def _make(folder: str, made: list[str]) -> None:
    try:
        edit.make_folders(folder, made)
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be created: {error.strerror}") from error
