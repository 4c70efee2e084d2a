"""What hosts have in common that take our hook from a `config.toml` of the user."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import launcher
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.host import HostState
from omx_wiki.hosts.installs import Install, recorded
from omx_wiki.hosts.tolerance import tolerating

if TYPE_CHECKING:
    from omx_wiki.hosts.edit import FileEdit
    from omx_wiki.hosts.hooks_table import HooksTable
    from omx_wiki.hosts.plan import Plan, Scope, SetupOptions
    from omx_wiki.project import Project

CONFIG = "config.toml"


class ConfigHost(ABC):
    """A host whose hooks are settings in one file of the user; hosts may share that file.

    Attributes:
        name: as `--host` names it.
        title: as people call it.
        events: what we listen to, as the host names it.
    """

    name: str
    title: str
    events: tuple[str, ...]

    @abstractmethod
    def is_present(self) -> bool:
        """Whether the program, or a folder of its, is on this machine."""

    @abstractmethod
    def config_path(self) -> str:
        """Return the file that the host reads."""

    def places(self) -> list[str]:
        """Return every file that may hold our hooks without a record of it."""
        return [self.config_path()]

    @abstractmethod
    def install(self, old: bytes | None, path: str) -> bytes:
        """Return the content with our hooks; a second time the same. Raises RefusedError."""

    @abstractmethod
    def remove(self, content: bytes, path: str) -> bytes | None:
        """Return the content without our hooks, None when there was nothing else. Raises RefusedError."""

    @abstractmethod
    def heard(self, content: bytes, path: str) -> tuple[str, ...]:
        """Return the events that run our launcher. Raises RefusedError when the file cannot be read."""

    @abstractmethod
    def advice(self, new: bytes, *, is_change: bool) -> list[str]:
        """Return what a person should know once the content is in place."""

    def plan_setup(self, project: Project, options: SetupOptions, plan: Plan) -> None:
        """Plan our hooks in the user's configuration; there are none of a project."""
        if options.scope == "project":
            raise RefusedError(
                f"{self.title} takes hooks for all projects at once, not for {project.root} alone",
                f"leave out --scope project, or --host {self.name}",
            )
        path = self.config_path()
        old = plan.content(path)
        new = self.install(old, path)
        if not os.path.isdir(os.path.dirname(path)):
            plan.messages.append(
                f"{self.title} has no folder {os.path.dirname(path)} yet; it will be created."
            )
        _add_once(plan, Install("hooks", path).remember())
        plan.change(path, new, f"{self.name} hooks")
        if new != old:
            plan.messages.append(f"Hooks of {self.title} for {', '.join(self.events)} go into {path}.")
        plan.messages += self.advice(new, is_change=new != old)

    def plan_removal(self, project: Project, scope: Scope | None, plan: Plan) -> None:
        """Plan to take our hooks out of every configuration that this host may read or was set up in."""
        del project
        if scope == "project":
            return
        for path in self._paths():
            with tolerating(path, plan):
                self._plan_removal_from(path, plan)

    def _plan_removal_from(self, path: str, plan: Plan) -> None:
        old = plan.content(path)
        if old is None or not _may_hold_ours(old):
            return
        new = self.remove(old, path)
        if new != old:
            plan.change(path, new, f"{self.name} hooks")
            plan.messages.append(f"Hooks of {self.title} leave {path}.")

    def state(self, project: Project) -> HostState:
        """Return which of our hooks stand in the configuration."""
        del project
        files: list[str] = []
        events: set[str] = set()
        problems: list[str] = []
        for path in self._paths():
            try:
                content = read_file(path) or b""
                found = self.heard(content, path) if _may_hold_ours(content) else ()
            except (RefusedError, UnavailableError) as error:
                problems.append(str(error))
                continue
            events.update(found)
            files += [path] if found else []
        return HostState(
            self.name,
            self.is_present(),
            tuple(files),
            tuple(event for event in self.events if event in events),
            tuple(event for event in self.events if event not in events),
            problems=tuple(problems),
        )

    def _paths(self) -> list[str]:
        """Return the files to look into, each in one spelling: a plan knows a file by its path."""
        paths = [*self.places(), *(record.file for record in recorded("hooks"))]
        return list({os.path.realpath(path): path for path in reversed(paths) if _is_config(path)}.values())


def _may_hold_ours(content: bytes) -> bool:
    """Whether a file names our launcher; one that does not is not even parsed, broken or not."""
    return launcher.PROGRAM.encode() in content


class TableHost(ConfigHost):
    """A host that takes commands from arrays under `[hooks]`.

    Attributes:
        table: its events, and the form of a command.
    """

    table: HooksTable

    def remove(self, content: bytes, path: str) -> bytes | None:
        """Return the content without our commands."""
        return self.table.remove(content, path)

    def heard(self, content: bytes, path: str) -> tuple[str, ...]:
        """Return the events that run our launcher."""
        return self.table.heard(content, path)

    def advice(self, new: bytes, *, is_change: bool) -> list[str]:
        """Tell that nothing reaches the agent at its start."""
        del new
        told = f"{self.title} takes no start-up context; wiki setup --agents-md tells its agents of the wiki."
        return [f"{told[0].upper()}{told[1:]}" if told.startswith("the ") else told] if is_change else []


def _is_config(path: str) -> bool:
    return os.path.basename(path) == CONFIG


def _add_once(plan: Plan, change: FileEdit) -> None:
    """Plan a change of a record unless another host of the same file has planned it."""
    if all(item.path != change.path for item in plan.edits):
        plan.edits.append(change)
