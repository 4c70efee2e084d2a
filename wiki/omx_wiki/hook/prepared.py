"""The prepared start-up summary: written by the worker, checked and used by the hook."""

from __future__ import annotations

import marshal
import os
import sys

from omx_wiki.hook.brief import PageLine, page_text
from omx_wiki.hook.file_start import read_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from omx_wiki.project import Project

    Entry = tuple[float, str, str, str]  # (updated, slug, path, kind)
    Stamp = tuple[str, int, int]  # (path, size, mtime_ns)

_FORMAT = ("omx-wiki summary 1", sys.implementation.cache_tag)
_MAX_LINES = 96
_MAX_STAMPS = 200
_MAX_STATS = 2000
_RESERVED = {"index.md", "log.md"}
_FILE_TYPE, _REGULAR = 0o170000, 0o100000


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
    known = _load(prepared_path(project))
    if known is not None:
        folders, stamps, total, lines = known
        if folders == _folder_stamps(project) and all(_stamp(stamp[0]) == stamp for stamp in stamps):
            return Summary(total, [PageLine(*line) for line in lines], is_current=True)
    recent = {stamp[0] for stamp in known[1]} if known else set()
    total, entries = _entries(project, _Bounds(project, recent))
    return Summary(total, _read_lines(entries), is_current=False)


def prepare(project: Project) -> None:
    """Gather the summary from all pages and keep it for the next session start.

    Raises OSError when the private state cannot be written.
    """
    folders = _folder_stamps(project)
    total, entries = _entries(project, None)
    stamps = [_stamp(path) for _updated, _slug, path, _kind in entries[:_MAX_STAMPS]]
    lines = [(line.slug, line.text, line.updated) for line in _read_lines(entries[:_MAX_LINES])]
    _write(_names_path(project), "\n".join(path for _updated, _slug, path, _kind in entries))
    _write(prepared_path(project), (_FORMAT, folders, stamps, total, lines))


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


def _load(path: str) -> tuple[list[Stamp], list[Stamp], int, list[tuple[str, str, float]]] | None:
    known = _read(path)
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


class _Bounds:
    """Which files of a large folder a hook looks at: those not seen before, then the recent ones."""

    def __init__(self, project: Project, recent: set[str]) -> None:
        self._project = project
        self._recent = recent

    def choose(self, files: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        if len(files) <= _MAX_STATS:
            return files
        seen = set((_read(_names_path(self._project)) or "").split("\n"))
        files.sort(key=lambda file: (file.path in seen, file.path not in self._recent))
        return files[:_MAX_STATS]


def _entries(project: Project, bounds: _Bounds | None) -> tuple[int, list[Entry]]:
    """Return the number of pages and what is known of them without opening any, newest first."""
    total = 0
    found: list[Entry] = []
    for folder, prefix, kind in ((project.store, "", "page"), (project.shared_store, "omx_wiki/", "shared")):
        files = list(_page_files(folder, project.root))
        chosen = bounds.choose(files) if bounds else files
        total += sum(file.is_file(follow_symlinks=False) for file in files[len(chosen) :])
        for file in chosen:
            status = _regular(file, project.root)
            if status is not None:
                slug = prefix + os.path.splitext(file.name)[0]
                found.append((status.st_mtime, slug, file.path, kind))
    found.sort(key=lambda known: (-known[0], known[1]))
    return total + len(found), found


def _page_files(folder: str, root: str) -> Iterator[os.DirEntry[str]]:
    if not f"{os.path.realpath(folder)}{os.sep}".startswith(f"{root}{os.sep}"):
        return
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name.lower()
                if name.endswith(".md") and name not in _RESERVED and not name.startswith("."):
                    yield entry
    except OSError:
        return


def _regular(entry: os.DirEntry[str], root: str) -> os.stat_result | None:
    """Return the status of a regular file, or of one inside the project that a link leads to."""
    try:
        if entry.is_symlink() and not os.path.realpath(entry.path).startswith(root + os.sep):
            return None
        status = entry.stat()
    except OSError:
        return None
    return status if status.st_mode & _FILE_TYPE == _REGULAR else None


def _read_lines(entries: Iterable[Entry]) -> Iterator[PageLine]:
    from omx_wiki.hook.page_head import HEAD_BYTES, read_head

    for updated, slug, path, _kind in entries:
        raw = read_start(path, HEAD_BYTES)
        if raw is None:
            continue
        head = read_head(raw, slug.rpartition("/")[2])
        yield PageLine(slug, page_text(slug, head.title, head.summary, head.tags), updated)
