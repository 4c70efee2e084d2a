"""The programs that run our hooks: what stands in their configuration, and whether they act on it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from omx_wiki.doctor.codex import check_codex
from omx_wiki.doctor.finding import Finding, Fix, count_of
from omx_wiki.doctor.skills import check_skills
from omx_wiki.hosts.plan import Plan, SetupOptions, apply
from omx_wiki.hosts.registry import HOSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from omx_wiki.doctor.finding import Level
    from omx_wiki.hosts.host import Host, HostState
    from omx_wiki.hosts.plan import Scope
    from omx_wiki.project import Project

    Check = Callable[[Project, HostState], Iterable[Finding]]

_FILE = re.compile(r"/.*?\.(?:json|toml)\b")
_USUAL, _STAND_IN = "codex", "notify"

_SWITCHES = {
    "codex": "remove hooks = false (up to 0.128 codex_hooks = false) under [features] in its config.toml",
    "claude": "remove disableAllHooks from its settings.json",
}
"""How hooks are switched on again."""

_SPECIAL: dict[str, Check] = {"codex": check_codex}
"""What is to be looked at in one host besides what all have in common."""


def host_states(project: Project, names: Iterable[str] = tuple(HOSTS)) -> tuple[HostState, ...]:
    """Return the state of every host named that is on this machine or holds something of ours.

    Nobody misses `notify`: it stands in for the hooks of a Codex before 0.145.
    """
    states = (HOSTS[name].state(project) for name in names)
    return tuple(state for state in states if state.files or (state.is_present and state.name != _STAND_IN))


def check_host(project: Project, state: HostState) -> Iterator[Finding]:
    """Yield what is to be said of one host."""
    special = list(_SPECIAL[state.name](project, state)) if state.name in _SPECIAL else []
    explained = " ".join(finding.text for finding in special if finding.level != "ok")
    problems = [problem for problem in state.problems if not _is_explained(problem, explained)]
    for problem in problems:
        yield Finding(state.name, "error", problem)
    is_troubled = bool(problems) or any(
        found.level == "error" or "plugin" in found.facts for found in special
    )
    yield from _check_events(project, state, is_troubled=is_troubled)
    yield from _check_enabled(state)
    yield from check_skills(state)
    yield from special


def _is_explained(problem: str, explained: str) -> bool:
    """Whether another finding tells of the file that a problem begins with."""
    path = _FILE.match(problem)
    return path is not None and path[0] in explained


def _check_events(project: Project, state: HostState, *, is_troubled: bool) -> Iterator[Finding]:
    """Yield what we hear of; a host with files in trouble, or with our plugin, is not offered setup."""
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
        if not is_troubled:
            is_usual = host.name == _USUAL
            level: Level = "warning" if is_usual else "note"
            hint = "wiki setup" if is_usual else f"wiki setup --host {host.name}"
            yield Finding(host.name, level, f"{host.title} has no hook of ours", hint, facts=facts)
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
            _SWITCHES.get(host.name, ""),
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
