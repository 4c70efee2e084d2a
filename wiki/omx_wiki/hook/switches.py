"""What hooks may do in a project: its settings, from a prepared copy while the files are as they were."""

from __future__ import annotations

import marshal
import os
import sys

from omx_wiki.project import is_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from omx_wiki.project import Project

    Stamp = tuple[str, int, int, int]  # (path, size, mtime_ns, inode)

SECTIONS = ("pins", "handoff", "pages", "failures", "categories", "lint")
"""Of the start-up context, in the order in which they are told."""

LEAST_BUDGET, MOST_BUDGET = 400, 9200
DEFAULTS: dict[str, Any] = {
    "enabled": True,
    "context.enabled": True,
    "context.budget": 4800,
    "context.sections": SECTIONS,
    "context.pins": (),
    "capture.enabled": True,
}
"""Every setting with its default. Lists are tuples."""

OFF, BUDGET, USER_FILE = "OMX_WIKI_DISABLE", "OMX_WIKI_BUDGET", "OMX_WIKI_CONFIG"
"""The environment variables that decide: a kill switch, `context.budget`, where the user's settings lie."""

_FORMAT = ("omx-wiki switches 1", sys.implementation.cache_tag)
_SETTLED_NANOSECONDS = 2_000_000_000
_MISSING = -1


class Switches:
    """What hooks and the worker may do; all that does not hold is already settled by `enabled`.

    Attributes:
        enabled: whether hooks do anything at all.
        capture: whether sessions are written to the journal.
        context: whether a session starts with a context.
        budget: bytes of the start-up context, at most.
        sections: names out of SECTIONS, in that order.
        pins: names of pages; to be compared with names, never made into a path.
    """

    __slots__ = ("budget", "capture", "context", "enabled", "pins", "sections")

    def __init__(self, values: dict[str, Any]) -> None:
        self.enabled: bool = values["enabled"]
        self.capture: bool = self.enabled and values["capture.enabled"]
        self.context: bool = self.enabled and values["context.enabled"]
        self.budget: int = values["context.budget"]
        self.sections: tuple[str, ...] = values["context.sections"]
        self.pins: tuple[str, ...] = values["context.pins"]


def switches(project: Project) -> Switches:
    """Return the settings of the project as they are now; never raises, whatever the files hold.

    Without a settings file it costs three stats. A changed file is read at once and remembered.
    """
    values = dict(DEFAULTS)
    try:
        values |= _file_values(project)
    except Exception:  # noqa: BLE001  (a hook never fails: the defaults hold)
        values = dict(DEFAULTS)
    budget = environment_budget()
    if budget:
        values["context.budget"] = budget
    if os.environ.get(OFF) or os.path.lexists(off_file(project)):
        values["enabled"] = False
    return Switches(values)


def prepare_switches(project: Project) -> None:
    """Keep a copy of what the settings files say for the hooks; never raises."""
    try:
        _file_values(project)
    except Exception:  # noqa: BLE001  (hooks read the files themselves then)
        return


def environment_budget() -> int:
    """Return the budget that OMX_WIKI_BUDGET sets, 0 when it sets none that is allowed."""
    text = os.environ.get(BUDGET, "")
    number = int(text) if len(text) <= len(str(MOST_BUDGET)) and text.isascii() and text.isdigit() else 0
    return number if LEAST_BUDGET <= number <= MOST_BUDGET else 0


def project_file(project: Project) -> str:
    """Return where the settings of the project lie; the file need not exist."""
    return os.path.join(project.root, ".omx", "wiki.toml")


def off_file(project: Project) -> str:
    """Return the file whose existence turns the hooks off in the project."""
    return os.path.join(project.root, ".omx", "wiki.off")


def user_file() -> str:
    """Return where the user's settings for all projects lie; the file need not exist."""
    chosen = os.environ.get(USER_FILE, "")
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    base = os.environ.get("XDG_CONFIG_HOME", "")
    if sys.platform == "win32" and not base:
        base = os.environ.get("APPDATA", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(base, "omx-wiki", "config.toml")


def prepared_switches_path(project: Project) -> str:
    """Return where the prepared copy of the settings lies."""
    return os.path.join(project.state, "switches")


def _file_values(project: Project) -> dict[str, Any]:
    """Return the valid values of both files, the project's over the user's."""
    stamps = (_stamp(user_file(), follow=True), _stamp(project_file(project), follow=False))
    if all(stamp[1] == _MISSING for stamp in stamps):
        return {}
    path = prepared_switches_path(project)
    is_ours = is_private(os.path.dirname(path))
    if is_ours and (known := _load(path)) and known[1] == stamps:
        values: dict[str, Any] = known[2]
        return values
    from omx_wiki.hook.settings_file import read_project_settings, read_user_settings

    values = {**read_user_settings(stamps[0][0]).values, **read_project_settings(project).values}
    if is_ours and _are_settled(stamps):
        _keep(path, (_FORMAT, stamps, values))
    return values


def _stamp(path: str, *, follow: bool) -> Stamp:
    """Return what tells that a file changed; the user's file may be a link, the project's is not followed."""
    try:
        status = os.stat(path) if follow else os.lstat(path)
    except (OSError, ValueError):
        return (path, _MISSING, 0, 0)
    return (path, status.st_size, status.st_mtime_ns, status.st_ino)


def _are_settled(stamps: tuple[Stamp, ...]) -> bool:
    """Whether a further change would change the stamps: clocks of file systems tick slowly."""
    import time

    latest = max(stamp[2] for stamp in stamps)
    return latest < time.time_ns() - _SETTLED_NANOSECONDS


def _load(path: str) -> Any:
    """Return the prepared copy, None when there is none; the caller checked that the folder is private."""
    try:
        with open(path, "rb") as file:
            known = marshal.load(file)  # noqa: S302  (nobody else can write there)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return known if isinstance(known, tuple) and known[:1] == (_FORMAT,) else None


def _keep(path: str, value: Any) -> None:
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:
            marshal.dump(value, file)
        os.replace(temporary, path)
    except OSError:
        return
