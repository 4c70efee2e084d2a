"""What every program that runs our hook has in common, however it is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Plan, Scope, SetupOptions
    from omx_wiki.project import Project


@dataclass(frozen=True)
class HostState:
    """What stands in one host's configuration, for people who ask how things are.

    Attributes:
        name: the host, as `--host` names it.
        is_present: whether the program, or its folder, is on this machine.
        files: the files that run our launcher.
        events: what we hear of, as the host names it.
        missing: what an installation of today would listen to besides.
        is_enabled: whether the host runs hooks at all.
        trusted: whether the host has been told to run ours; None where it does not ask.
        problems: what is wrong, one line each.
        skills: the files that tell an agent on request how to work with the wiki.
    """

    name: str
    is_present: bool
    files: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_enabled: bool = True
    trusted: bool | None = None
    problems: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


class Host(Protocol):
    """One program that can run our hook.

    Attributes:
        name: as `--host` names it, such as `codex`.
        title: as people call it, such as `Codex`.
    """

    name: str
    title: str

    def is_present(self) -> bool:
        """Whether the program, or a folder of its, is on this machine."""

    def plan_setup(self, project: Project, options: SetupOptions, plan: Plan) -> None:
        """Add what brings our hooks in; a second time nothing. Raises RefusedError."""

    def plan_removal(self, project: Project, scope: Scope | None, plan: Plan) -> None:
        """Add what takes everything of ours out again; `scope` None means everywhere. Raises RefusedError."""

    def state(self, project: Project) -> HostState:
        """Return what stands in its configuration; never raises for what is in the files."""
