"""All checks together, and the remedies of what they find."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.doctor.environment import check_environment
from omx_wiki.doctor.finding import LEVELS, Finding
from omx_wiki.doctor.git import check_git
from omx_wiki.doctor.hook_log import check_log
from omx_wiki.doctor.hosts import check_host, host_states
from omx_wiki.doctor.inbox import check_inbox
from omx_wiki.doctor.index import check_index
from omx_wiki.doctor.launcher import check_latency, check_launcher
from omx_wiki.doctor.leftovers import check_leftovers
from omx_wiki.doctor.pages import check_pages
from omx_wiki.doctor.private import check_private
from omx_wiki.doctor.program import check_program
from omx_wiki.doctor.traces import check_traces
from omx_wiki.errors import WikiError
from omx_wiki.hosts.registry import HOSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from omx_wiki.doctor.finding import Progress
    from omx_wiki.hosts.host import HostState
    from omx_wiki.project import Project

PAGE_SECONDS = 30.0
"""How long pages are read at most."""


class Mended(NamedTuple):
    """What became of one remedy: what it was to do, and why it failed ("" when it did not)."""

    what: str
    problem: str


def examine(project: Project, progress: Progress = lambda _done, _total: None) -> tuple[Finding, ...]:
    """Return everything that is to be said of this installation and the project, area by area.

    Whatever is found becomes a finding; nothing is written. `progress` is told of each page that was read.
    """
    states: list[HostState] = []
    unseen = [found for name in HOSTS for found in _findings(name, partial(_look, project, name, states))]
    is_needed = any(state.files for state in states)
    checks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("program", check_program),
        ("program", lambda: check_launcher(is_needed=is_needed)),
        ("program", check_latency),
        ("settings", lambda: check_environment(project)),
        *((state.name, lambda state=state: check_host(project, state)) for state in states),
        ("git", lambda: check_git(project)),
        ("private", lambda: check_private(project)),
        ("private", lambda: check_leftovers(project)),
        ("store", lambda: check_pages(project, PAGE_SECONDS, progress)),
        ("index", lambda: check_index(project)),
        ("inbox", lambda: check_inbox(project)),
        ("inbox", lambda: check_log(project)),
        ("omx", lambda: check_traces(project, tuple(states))),
    ]
    return (*unseen, *(finding for area, check in checks for finding in _findings(area, check)))


def _look(project: Project, name: str, states: list[HostState]) -> Iterator[Finding]:
    """Add the state of one host; a generator, so that a failure is told as any other."""
    states += host_states(project, (name,))
    yield from ()


def _findings(area: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what a check finds; one that cannot go on, or has a mistake, ends in a finding of its own."""
    try:
        yield from check()
    except (WikiError, OSError) as error:
        yield Finding(area, "error", f"could not be looked at: {error}", getattr(error, "hint", ""))
    except Exception as error:  # noqa: BLE001  (one mistake of ours must not hide what the others find)
        yield Finding(area, "error", f"could not be looked at: {error!r}", "a mistake of omx-wiki: report it")


def mend(findings: Iterable[Finding]) -> tuple[Mended, ...]:
    """Apply every remedy of what is not fine, once each, and return what became of it."""
    fixes = {found.fix.what: found.fix for found in findings if found.fix and found.level != "ok"}
    done = []
    for what, fix in fixes.items():
        try:
            fix.apply()
        except (WikiError, OSError) as error:
            done.append(Mended(what, str(error) or repr(error)))
        else:
            done.append(Mended(what, ""))
    return tuple(done)


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing is wrong; warnings and notes may be."""
    return all(finding.level != "error" for finding in findings)


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings by level, those of one level in their order."""
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))


def facts_of(findings: Iterable[Finding]) -> dict[str, dict[str, Any]]:
    """Return the facts of all findings by area."""
    facts: dict[str, dict[str, Any]] = {}
    for finding in findings:
        facts.setdefault(finding.area, {}).update(finding.facts)
    return facts
