"""Gather the pages for the start-up summary with bounded work, when nothing prepared holds."""

from __future__ import annotations

import os

from omx_wiki.hook.brief import PageLine, page_text
from omx_wiki.hook.dates import last_change
from omx_wiki.hook.file_start import read_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from omx_wiki.project import Project

ALL_STATS = 2000
_MOST_STATS = 500
_MOST_HEADS = 64
_MOST_SHARED = 200
_FILE_TYPE, _REGULAR = 0o170000, 0o100000
_SUFFIXES = frozenset({".md", ".MD", ".Md", ".mD"})
_RESERVED = frozenset({"index.md", "log.md"})


class Entry:
    """One page file.

    Attributes:
        updated: when the page changed last, in seconds since 1970.
        start: the first bytes of the file, None while they were not read.
    """

    __slots__ = ("path", "slug", "start", "updated")

    def __init__(self, slug: str, path: str, updated: float) -> None:
        self.slug = slug
        self.path = path
        self.updated = updated
        self.start: bytes | None = None


def entries_now(project: Project, recent: Collection[str], seen: Collection[str]) -> tuple[int, list[Entry]]:
    """Return the number of pages and the most recently updated ones, newest first.

    Of a folder with more than ALL_STATS files few are looked at: those not in `seen`, those in `recent`, some
    others.
    """
    total = 0
    own: list[Entry] = []
    shared: list[Entry] = []
    for folder, prefix, found in ((project.store, "", own), (project.shared_store, "omx_wiki/", shared)):
        names = _page_names(folder, project.root)
        chosen = _choose(folder, names, recent, seen)
        total += len(names) - len(chosen)
        found.extend(_entries(folder, chosen, prefix, project.root))
    total += len(own) + len(shared)
    own.sort(key=_newest_first)
    _date(own[:_MOST_HEADS], is_shared=False)
    _date(shared[:_MOST_SHARED], is_shared=True)
    return total, sorted(own[:_MOST_HEADS] + shared[:_MOST_SHARED], key=_newest_first)


def read_lines(entries: Iterable[Entry]) -> Iterator[PageLine]:
    """Yield the summary's line of each page that can be read."""
    from omx_wiki.hook.page_head import HEAD_BYTES, read_head

    for entry in entries:
        start = read_start(entry.path, HEAD_BYTES) if entry.start is None else entry.start
        if start is not None:
            head = read_head(start, entry.slug.rpartition("/")[2])
            yield PageLine(
                entry.slug, page_text(entry.slug, head.title, head.summary, head.tags), entry.updated
            )


def _newest_first(entry: Entry) -> tuple[float, str]:
    return (-entry.updated, entry.slug)


def _page_names(folder: str, root: str) -> list[str]:
    """Return the names that pages have; a folder that leads outside the project has none."""
    if not f"{os.path.realpath(folder)}{os.sep}".startswith(f"{root}{os.sep}"):
        return []
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [
        name
        for name in names
        if name[-3:] in _SUFFIXES and name[0] != "." and name.isprintable() and name.lower() not in _RESERVED
    ]


def _choose(folder: str, names: list[str], recent: Collection[str], seen: Collection[str]) -> list[str]:
    """Return the names to look at: all of a usual folder, of a large one those that may be news."""
    if len(names) <= ALL_STATS:
        return names
    start = len(folder) + 1
    new = set(names).difference(path[start:] for path in seen) if seen else set()
    known = set(names).intersection(path[start:] for path in recent) - new
    first = [*sorted(new), *sorted(known)][:_MOST_STATS]
    rest = (name for name in names if name not in new and name not in known)
    return first + [name for name, _ in zip(rest, range(_MOST_STATS - len(first)), strict=False)]


def _entries(folder: str, names: list[str], prefix: str, root: str) -> Iterator[Entry]:
    for name in names:
        path = f"{folder}{os.sep}{name}"
        try:
            status = os.lstat(path)
            if status.st_mode & _FILE_TYPE != _REGULAR:
                if not os.path.realpath(path).startswith(root + os.sep):
                    continue
                status = os.stat(path)
        except OSError:
            continue
        if status.st_mode & _FILE_TYPE == _REGULAR:
            yield Entry(prefix + name[:-3], path, status.st_mtime)


def _date(entries: list[Entry], *, is_shared: bool) -> None:
    """Date the entries by what the pages themselves tell."""
    from omx_wiki.hook.page_head import HEAD_BYTES, written_date

    for entry in entries:
        entry.start = read_start(entry.path, HEAD_BYTES)
        entry.updated = last_change(written_date(entry.start or b""), entry.updated, is_shared=is_shared)
