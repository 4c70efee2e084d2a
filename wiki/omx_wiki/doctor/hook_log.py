"""What the logs of hooks tell: when one ran last, and what failed since."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.doctor.finding import Finding
from omx_wiki.hook.log import MAX_BYTES
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private, state_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

AREA = "inbox"

_NAMES = ("hook.log.1", "hook.log")
_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (.+)")
_RUN = re.compile(r"(?:([a-z][a-z0-9-]*) )?([a-z]+-[a-z]+)(?: .*)? \d+ bytes")
_USUAL_DIALECT = "codex-native"
_FAILURE = re.compile(r"(?:failed|worker failed|journal|spool|context|ignore rule|session template): ")
_WHOSE = re.compile(r" \[([a-z][a-z0-9-]*)\]$")
_SHOWN = 160
_RECENT_SECONDS = 7 * 86400


class Entry(NamedTuple):
    """One line of a log: when it was written (ISO 8601 in UTC), and what it says."""

    when: str
    text: str


class Logged(NamedTuple):
    """What the logs tell.

    Attributes:
        runs: the last run of a hook by the dialect of its host.
        failures: the last failure by the dialect of the host, "" for those of no host, such as the worker's.
    """

    runs: dict[str, Entry]
    failures: dict[str, Entry]


def check_log(project: Project) -> Iterator[Finding]:
    """Yield when each host's hook ran last here, and the last failure of each in the last week."""
    logged = read_logs(project)
    if logged.runs:
        told = ", ".join(f"{dialect} at {run.when}" for dialect, run in sorted(logged.runs.items()))
        facts = {dialect: run.when for dialect, run in logged.runs.items()}
        yield Finding(AREA, "ok", f"last hook: {told}", facts={"last_runs": facts})
    since = _stamp(time.time() - _RECENT_SECONDS)
    recent = {dialect: entry for dialect, entry in sorted(logged.failures.items()) if entry.when >= since}
    for dialect, failure in recent.items():
        is_over = any(run.when > failure.when for run in logged.runs.values())
        yield Finding(
            AREA,
            "note" if is_over else "warning",
            f"{dialect or 'something'} failed at {failure.when}: {failure.text[:_SHOWN]}",
            "nothing since" if is_over else f"see hook.log in {project.state}",
            facts={"last_failures": {name: entry.when for name, entry in recent.items()}},
        )


def read_logs(project: Project) -> Logged:
    """Return what the logs of the project, and of hooks that failed before they knew it, tell."""
    entries = sorted(
        entry for folder in (project.state, state_home()) if is_private(folder) for entry in _entries(folder)
    )
    found = ((_RUN.fullmatch(entry.text), entry) for entry in entries)
    runs = {run[1] or _USUAL_DIALECT: entry for run, entry in found if run}
    failures = {
        (told[1] if (told := _WHOSE.search(entry.text)) else ""): entry
        for entry in entries
        if _FAILURE.match(entry.text)
    }
    return Logged(runs, failures)


def _entries(folder: str) -> Iterator[Entry]:
    for name in _NAMES:
        raw = read_regular(os.path.join(folder, name), 2 * MAX_BYTES) or b""
        for line in raw.decode("utf-8", "replace").splitlines():
            if found := _LINE.fullmatch(line):
                yield Entry(found[1], found[2])


def _stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
