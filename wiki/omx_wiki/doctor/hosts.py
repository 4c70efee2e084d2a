"""The programs that run our hooks: what stands in their configuration, and whether they act on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.doctor.codex import check_codex
from omx_wiki.doctor.finding import Finding, Fix, count_of
from omx_wiki.hosts.plan import Plan, SetupOptions, apply
from omx_wiki.hosts.registry import HOSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from omx_wiki.hosts.host import Host, HostState
    from omx_wiki.hosts.plan import Scope
    from omx_wiki.project import Project

    Check = Callable[[Project, HostState], Iterable[Finding]]

_SPECIAL: dict[str, Check] = {"codex": check_codex}
"""What is to be looked at in one host besides what all have in common."""


def host_states(project: Project) -> tuple[HostState, ...]:
    """Return the state of every host that is on this machine or holds something of ours."""
    states = (host.state(project) for host in HOSTS.values())
    return tuple(state for state in states if state.is_present or state.files or state.problems)


def check_host(project: Project, state: HostState) -> Iterator[Finding]:
    """Yield what is to be said of one host."""
    special = list(_SPECIAL[state.name](project, state)) if state.name in _SPECIAL else []
    explained = " ".join(finding.text for finding in special if finding.level == "error")
    for problem in state.problems:
        path = problem.split(" ", 1)[0]
        if path not in explained:
            yield Finding(state.name, "error", problem)
    yield from _check_events(project, state)
    yield from _check_enabled(state)
    yield from special


def _check_events(project: Project, state: HostState) -> Iterator[Finding]:
    facts = {
        "present": state.is_present,
        "files": list(state.files),
        "events": list(state.events),
        "missing": list(state.missing),
        "enabled": state.is_enabled,
        "trusted": state.trusted,
    }
    host = HOSTS[state.name]
    if not state.files:
        if not state.problems:
            hint = "wiki setup" if host.name in SetupOptions().hosts else f"wiki setup --host {host.name}"
            yield Finding(host.name, "warning", f"{host.title} has no hook of ours", hint, facts=facts)
        return
    if state.missing:
        text = f"{host.title} does not tell us of {', '.join(state.missing)}"
        yield Finding(host.name, "warning", text, "wiki setup", _setup_fix(project, host, state), facts)
        return
    files = " and ".join(state.files)
    yield Finding(host.name, "ok", f"{count_of(len(state.events), 'hook')} of ours in {files}", facts=facts)


def _check_enabled(state: HostState) -> Iterator[Finding]:
    host = HOSTS[state.name]
    if state.files and not state.is_enabled:
        yield Finding(
            host.name,
            "error",
            f"{host.title} has hooks switched off, so it runs none of ours",
            "remove hooks = false under [features] in its config.toml",
        )


def _setup_fix(project: Project, host: Host, state: HostState) -> Fix:
    return Fix(f"add the missing hooks to {host.title}", lambda: install(project, host, state))


def install(project: Project, host: Host, state: HostState) -> None:
    """Bring the hooks of one host up to date where they stand, without trust; raises as `apply` does."""
    own = os.path.realpath(project.root) + os.sep
    is_project = bool(state.files) and all(os.path.realpath(path).startswith(own) for path in state.files)
    plan = Plan()
    scope: Scope = "project" if is_project else "user"
    host.plan_setup(project, SetupOptions(scope, hosts=(host.name,)), plan)
    apply(plan)
