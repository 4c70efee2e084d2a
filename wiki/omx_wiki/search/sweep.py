"""Tell which page files are not as an index knows them: fast when few changed, exactly whatever happened."""

from __future__ import annotations

import os
from itertools import chain

from omx_wiki.pages.regular import is_inside, is_regular
from omx_wiki.pages.scan import page_folders
from omx_wiki.search.generations import shelf_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from omx_wiki.project import Project
    from omx_wiki.search.shelf import Shelf, Stamp
    from omx_wiki.search.source import FileStat

    Row = tuple[str, int, int]  # a page, the size of its file, when it changed

_SUFFIX = ".md"
_GENERATED = ("index.md", "log.md")
_HAS_HANDLES = os.listdir in os.supports_fd and os.stat in os.supports_dir_fd


class NeedsScanError(Exception):
    """Something lies in a folder that only a full scan understands, such as a link."""


class Differences:
    """What is not as it was indexed.

    Attributes:
        changed: pages that are new, or whose file is another one or has other contents.
        gone: pages that are no more.
    """

    __slots__ = ("changed", "gone")

    def __init__(self, changed: list[str], gone: list[str]) -> None:
        self.changed = changed
        self.gone = gone


def swept(project: Project, shelf: Shelf) -> Differences:
    """Compare the folders of a shelf with what it knows, at one look for each file.

    Raises:
        NeedsScanError: compare the result of a full scan with `compared` instead.
    """
    if not _HAS_HANDLES:
        raise NeedsScanError
    found = Differences([], [])
    for folder, prefix, kind in page_folders(project):
        if shelf_of(kind) == shelf.name:
            if os.path.lexists(folder) and not is_inside(folder, os.path.realpath(project.root)):
                raise NeedsScanError
            _sweep_folder(shelf, folder, prefix, found)
    unsure = shelf.manifest.digests.keys() - {*found.changed, *found.gone}
    found.changed += (slug for slug in unsure if not _is_digested(project, shelf, slug))
    return found


def compared(
    stats: Mapping[str, FileStat], known: Mapping[str, Stamp], digests: Mapping[str, bytes]
) -> Differences:
    """Compare all pages with what an index knows of them."""
    changed = [
        slug
        for slug, stat in stats.items()
        if known.get(slug) != (stat.size, stat.changed_ns) or not _has_digest(stat.path, digests.get(slug))
    ]
    return Differences(changed, [slug for slug in known if slug not in stats])


def _sweep_folder(shelf: Shelf, folder: str, prefix: str, found: Differences) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        found.gone += (slug for slug, _, _ in _rows(shelf, prefix))
        return
    try:
        left = set(os.listdir(handle))
        for slug, size, changed_ns in _rows(shelf, prefix):
            name = slug[len(prefix) :] + _SUFFIX
            if name not in left:
                found.gone.append(slug)
                continue
            left.remove(name)
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
            if status.st_ctime_ns != changed_ns or status.st_size != size:
                found.changed.append(slug)
            if not is_regular(status.st_mode):
                raise NeedsScanError
        found.changed += _new_pages(handle, prefix, left)
    except OSError as error:
        raise NeedsScanError from error
    finally:
        os.close(handle)


def _rows(shelf: Shelf, prefix: str) -> Iterable[Row]:
    """Return what is known of the pages in one folder."""
    found: list[Iterable[Row]] = []
    for segment, deleted in zip(shelf.segments, shelf.deleted, strict=True):
        rows: Iterable[Row] = zip(segment.slugs, segment.sizes, segment.times, strict=True)
        if deleted:
            rows = [row for number, row in enumerate(rows) if number not in deleted]
        if prefix:
            rows = [row for row in rows if row[0].startswith(prefix)]
        elif "/" in segment.names:
            rows = [row for row in rows if "/" not in row[0]]
        found.append(rows)
    return chain.from_iterable(found)


def _new_pages(handle: int, prefix: str, names: set[str]) -> Iterator[str]:
    for name in names:
        if name[-3:].lower() != _SUFFIX or name[0] == "." or name.lower() in _GENERATED:
            continue
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        if name[-3:] != _SUFFIX or not name.isprintable() or not is_regular(status.st_mode):
            raise NeedsScanError
        yield prefix + name[:-3]


def _is_digested(project: Project, shelf: Shelf, slug: str) -> bool:
    for folder, prefix, kind in page_folders(project):
        if shelf_of(kind) == shelf.name and slug.startswith(prefix) and "/" not in slug[len(prefix) :]:
            path = os.path.join(folder, slug[len(prefix) :] + _SUFFIX)
            return _has_digest(path, shelf.manifest.digests[slug])
    return False


def _has_digest(path: str, digest: bytes | None) -> bool:
    if not digest:
        return True
    from omx_wiki.search.digests import UNREADABLE, digest_of

    return digest == digest_of(path) != UNREADABLE
