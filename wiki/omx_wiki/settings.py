"""The settings of a project: each value, where it came from, and what is wrong with the files.

Environment over project over user over default. The project's file is untrusted: it can name pages and turn
things off, never a path or a command.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hook.settings_file import read_project_settings, read_user_settings
from omx_wiki.hook.switches import (
    BUDGET,
    DEFAULTS,
    LEAST_BUDGET,
    MOST_BUDGET,
    OFF,
    environment_budget,
    off_file,
    project_file,
    user_file,
)
from omx_wiki.hook.toml_lines import key_lines
from omx_wiki.pages.files import is_inside, write_atomic
from omx_wiki.templates import template

if TYPE_CHECKING:
    from omx_wiki.hook.settings_file import SettingsFile
    from omx_wiki.project import Project

_TEMPLATE = "wiki.toml"
_MOST_PROBLEMS = 50
"""Of one file; a file of nothing but mistakes needs no longer list."""


@dataclass(frozen=True)
class ContextSettings:
    """What a session starts with.

    Attributes:
        enabled: whether it starts with a context at all.
        budget: bytes, at most.
        sections: which of `omx_wiki.hook.switches.SECTIONS` it has, in that order.
        pins: names of pages that always come first, besides those that say `pinned: true`. They are untrusted
            text: compare them with names of pages, never make a path of them.
    """

    enabled: bool = DEFAULTS["context.enabled"]
    budget: int = DEFAULTS["context.budget"]
    sections: tuple[str, ...] = DEFAULTS["context.sections"]
    pins: tuple[str, ...] = DEFAULTS["context.pins"]


@dataclass(frozen=True)
class CaptureSettings:
    """Whether sessions are written to the journal."""

    enabled: bool = DEFAULTS["capture.enabled"]


@dataclass(frozen=True)
class Settings:
    """All settings; `enabled` is the kill switch and does not change what the others say."""

    enabled: bool = DEFAULTS["enabled"]
    context: ContextSettings = field(default_factory=ContextSettings)
    capture: CaptureSettings = field(default_factory=CaptureSettings)


@dataclass(frozen=True)
class Problem:
    """Something in the settings that was ignored.

    Attributes:
        path: the file, or the environment variable.
        line: counted from 1; 0 for a whole file and for a variable.
        key: the dotted name of the setting, "" when no single one is meant.
        message: what is wrong, and what is allowed.
    """

    path: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.key}{': ' if self.key else ''}{self.message}"


@dataclass(frozen=True)
class Loaded:
    """The settings as they are in force.

    Attributes:
        values: every value by its dotted key; `settings` says the same.
        sources: by dotted key, "default", "user: PATH:LINE", "project: PATH:LINE" or "environment: NAME";
            the kill switch file counts as "project: PATH".
        problems: what was ignored, in the order of the files.
    """

    settings: Settings
    values: dict[str, Any]
    sources: dict[str, str]
    problems: tuple[Problem, ...]


def load_settings(project: Project) -> Loaded:
    """Return the settings of the project as they are now; what is wrong in them becomes a problem."""
    values, sources = dict(DEFAULTS), dict.fromkeys(DEFAULTS, "default")
    problems: list[Problem] = []
    files = (
        ("user", user_file(), read_user_settings(user_file())),
        ("project", project_file(project), read_project_settings(project)),
    )
    for level, path, found in files:
        lines = key_lines(found.text) if found.values or found.complaints else {}
        for key, value in found.values.items():
            values[key] = value
            sources[key] = f"{level}: {path}:{_line_of(key, lines)}"
        problems += _problems(path, found, lines)
    problems += _apply_environment(project, values, sources)
    return Loaded(_settings(values), values, sources, tuple(problems))


def write_template(project: Project) -> str:
    """Write a commented settings file for the project and return its path.

    Raises:
        RefusedError: there is one already, or it would lie outside of the project.
        UnavailableError: the project has no wiki, or the file cannot be written.
    """
    path = project_file(project)
    if not project.is_set_up():
        raise UnavailableError(f"no wiki in {project.root}", "run `wiki setup` there first")
    if os.path.lexists(path):
        raise RefusedError(f"{path} exists already", "edit it")
    if not is_inside(os.path.dirname(path), os.path.realpath(project.root)):
        raise RefusedError(f"{path} lies outside of the project")
    write_atomic(path, template(_TEMPLATE).encode())
    return path


def _settings(values: dict[str, Any]) -> Settings:
    return Settings(
        values["enabled"],
        ContextSettings(
            values["context.enabled"],
            values["context.budget"],
            values["context.sections"],
            values["context.pins"],
        ),
        CaptureSettings(values["capture.enabled"]),
    )


def _line_of(key: str, lines: dict[str, int]) -> int:
    """Return the line of a key, of the table it stands in when that is written in one line, else 1."""
    return lines.get(key) or lines.get(key.partition(".")[0]) or 1


def _problems(path: str, found: SettingsFile, lines: dict[str, int]) -> list[Problem]:
    """Return the complaints with their lines, in the order of the file, long lists cut."""
    problems = [
        Problem(path, line or (_line_of(key, lines) if key else 0), key[:100], message)
        for line, key, message in found.complaints
    ]
    problems.sort(key=lambda problem: problem.line)
    more = len(problems) - _MOST_PROBLEMS
    if more > 0:
        problems[_MOST_PROBLEMS:] = [Problem(path, 0, "", f"{more} more problems")]
    return problems


def _apply_environment(project: Project, values: dict[str, Any], sources: dict[str, str]) -> list[Problem]:
    """Put what the environment and the kill switch file say over the values."""
    if os.path.lexists(off_file(project)):
        values["enabled"], sources["enabled"] = False, f"project: {off_file(project)}"
    if os.environ.get(OFF):
        values["enabled"], sources["enabled"] = False, f"environment: {OFF}"
    budget = environment_budget()
    if budget:
        values["context.budget"], sources["context.budget"] = budget, f"environment: {BUDGET}"
    elif told := os.environ.get(BUDGET):
        allowed = f"must be a number of bytes from {LEAST_BUDGET} to {MOST_BUDGET}, not {told[:40]!r}"
        return [Problem(BUDGET, 0, "context.budget", allowed)]
    return []
