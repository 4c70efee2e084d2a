"""Which of our hooks stand in the files of hosts, whether or not these trust them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts.codex import hooks_path
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.hooks_file import EVENTS, find_ours
from omx_wiki.hosts.registry import HOSTS

if TYPE_CHECKING:
    from omx_wiki.project import Project


def installed_events(project: Project) -> dict[str, list[str]]:
    """Return for the scopes "user" and "project" the events that run our launcher.

    A file that cannot be read or understood has none.
    """
    return {
        "user": _events(hooks_path(project, "user")),
        "project": _events(hooks_path(project, "project")),
    }


def other_hosts(project: Project) -> dict[str, list[str]]:
    """Return for each host besides Codex that runs our launcher what we hear of."""
    states = (host.state(project) for name, host in HOSTS.items() if name != "codex")
    return {state.name: list(state.events) for state in states if state.files}


def missing_events(project: Project) -> list[str]:
    """Return the events of `EVENTS` that no scope has, as after an upgrade that brought a new one."""
    found = {event for events in installed_events(project).values() for event in events}
    return [hook.event for hook in EVENTS if hook.event not in found]


def _events(path: str) -> list[str]:
    try:
        places = find_ours(read_file(path) or b"{}", path)
    except (RefusedError, UnavailableError):
        return []
    return list(dict.fromkeys(place.event for place in places))
