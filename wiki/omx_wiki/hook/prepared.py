"""The prepared start-up summary: written by the worker, checked and used by the hook."""

from __future__ import annotations

import marshal
import os
import sys

from omx_wiki.hook.brief import PageLine
from omx_wiki.hook.gather import ALL_STATS, Entry, entries_now, read_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from omx_wiki.project import Project

    Stamp = tuple[str, int, int]  # (path, size, mtime_ns)

_FORMAT = ("omx-wiki summary 2", sys.implementation.cache_tag)
_MOST_LINES = 96
_MOST_STAMPS = 200


class Summary:
    """What the start-up summary is composed of.

    Attributes:
        total: how many pages there are.
        lines: the most recently updated pages, newest first; may be lazy.
        is_current: whether it was prepared and nothing it shows has changed since.
    """

    __slots__ = ("is_current", "lines", "total")

    def __init__(self, total: int, lines: Iterable[PageLine], *, is_current: bool) -> None:
        self.total = total
        self.lines = lines
        self.is_current = is_current


def summary(project: Project) -> Summary:
    """Return the prepared summary if it still holds, else one gathered now with bounded work."""
    known = _load(project)
    if known is not None:
        folders, stamps, total, lines = known
        if folders == _folder_stamps(project) and all(_stamp(stamp[0]) == stamp for stamp in stamps):
            return Summary(total, [PageLine(*line) for line in lines], is_current=True)
    recent = [stamp[0] for stamp in known[1]] if known else []
    seen = _read(_names_path(project)) if known else None
    total, entries = entries_now(project, recent, seen if isinstance(seen, list) else [])
    return Summary(total, read_lines(entries), is_current=False)


def prepare(project: Project, entries: list[Entry]) -> None:
    """Keep the summary of `entries`, which are all pages, for the next session start.

    Raises OSError when the private state cannot be written.
    """
    folders = _folder_stamps(project)
    entries = sorted(entries, key=lambda entry: (-entry.updated, entry.slug))
    stamps = [_stamp(entry.path) for entry in entries[:_MOST_STAMPS]]
    lines = [(line.slug, line.text, line.updated) for line in read_lines(entries[:_MOST_LINES])]
    names = [entry.path for entry in entries] if len(entries) > ALL_STATS else []
    _write(_names_path(project), names)
    _write(prepared_path(project), (_FORMAT, folders, stamps, len(entries), lines))


def prepared_path(project: Project) -> str:
    """Return where the prepared summary of the project lies."""
    return os.path.join(project.state, "summary")


def _names_path(project: Project) -> str:
    return os.path.join(project.state, "summary-pages")


def _write(path: str, value: Any) -> None:
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as file:
        marshal.dump(value, file)
    os.replace(temporary, path)


def _read(path: str) -> Any:
    """Return what `_write` wrote, None for anything else; only the private state is ever unmarshalled."""
    from omx_wiki.project import is_private

    if not is_private(os.path.dirname(path)):
        return None
    try:
        with open(path, "rb") as file:
            return marshal.load(file)  # noqa: S302  (nobody else can write there: checked above)
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _load(project: Project) -> tuple[list[Stamp], list[Stamp], int, list[tuple[str, str, float]]] | None:
    known = _read(prepared_path(project))
    if isinstance(known, tuple) and known[:1] == (_FORMAT,):
        return known[1:]
    return None


def _folder_stamps(project: Project) -> list[Stamp]:
    return [_stamp(folder) for folder in (project.store, project.shared_store)]


def _stamp(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return (path, -1, 0)
    return (path, status.st_size, status.st_mtime_ns)
