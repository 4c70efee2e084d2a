"""What `wiki setup` and `wiki uninstall` will do: computed first, shown on request, then carried out."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import Literal

from omx_wiki.errors import UnavailableError
from omx_wiki.hosts import edit
from omx_wiki.hosts.edit import FileEdit

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
        problems: by path, why a file that holds something of ours is left as it is, one line each.
    """

    edits: list[FileEdit] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    new_folders: list[str] = field(default_factory=list)
    spare_folders: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_change(self) -> bool:
        """Whether applying the plan would change a file or create a folder."""
        return bool(self.new_folders) or any(item.is_change for item in self.edits)

    def content(self, path: str) -> bytes | None:
        """Return a file as it will be after the edits planned so far: a host may share it with another."""
        planned = [item.new for item in self.edits if item.path == path]
        return planned[-1] if planned else edit.read_file(path)

    def change(self, path: str, new: bytes | None, what: str, *, mode: int = 0o600) -> None:
        """Plan to write `new` to a foreign file (None: delete it); edits of one file become one."""
        for index, item in enumerate(self.edits):
            if item.path == path:
                self.edits[index] = FileEdit(path, item.old, new, f"{item.what}, {what}", mode=item.mode)
                return
        self.edits.append(FileEdit(path, edit.read_file(path), new, what, mode=mode))


def apply(plan: Plan) -> tuple[str, ...]:
    """Carry a plan out; return the paths of the files that changed.

    Raises RefusedError, before anything is written, when a file has changed since the plan was made.
    """
    paths = edit.apply(plan.edits)
    for folder in plan.new_folders:
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"{folder} cannot be created: {error.strerror}") from error
    for folder in plan.spare_folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    return paths
