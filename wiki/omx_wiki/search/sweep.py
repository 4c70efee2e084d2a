"""Tell whether page files are as an index knows them: fast when they all are, exactly when they are not."""

from __future__ import annotations

import os

from omx_wiki.pages.regular import is_inside, is_regular
from omx_wiki.pages.scan import page_folders
from omx_wiki.search.generations import shelf_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.project import Project
    from omx_wiki.search.shelf import Stamp
    from omx_wiki.search.source import FileStat

_SUFFIX = ".md"
_GENERATED = ("index.md", "log.md")


def is_as_indexed(project: Project, shelf: str, known: Mapping[str, Stamp]) -> bool:
    """Whether the folders of a shelf hold exactly the known pages, each with size and time as known.

    One look at each name and file, a third of what a full scan costs. False may also mean that there is
    something that only a full scan understands, such as a link.
    """
    left = len(known)
    for folder, prefix, kind in page_folders(project):
        if shelf_of(kind) != shelf:
            continue
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        if not is_inside(folder, os.path.realpath(project.root)):
            return False
        start = folder + os.sep
        for name in names:
            stamp = known.get(prefix + name[:-3]) if name.endswith(_SUFFIX) else None
            if stamp is None:
                if _may_be_page(name):
                    return False
                continue
            try:
                status = os.lstat(start + name)
            except OSError:
                return False
            if (status.st_size, status.st_mtime_ns) != stamp or not is_regular(status.st_mode):
                return False
            left -= 1
    return not left


def differences(
    stats: Mapping[str, FileStat], known: Mapping[str, Stamp], digests: Mapping[str, bytes]
) -> tuple[list[str], list[str]]:
    """Return the pages that are new or changed, and those that are gone."""
    changed = [
        slug
        for slug, stat in stats.items()
        if known.get(slug) != (stat.size, stat.mtime_ns) or not _has_digest(stat.path, digests.get(slug))
    ]
    return changed, [slug for slug in known if slug not in stats]


def _may_be_page(name: str) -> bool:
    return name[-3:].lower() == _SUFFIX and name[0] != "." and name.lower() not in _GENERATED


def _has_digest(path: str, digest: bytes | None) -> bool:
    if not digest:
        return True
    from omx_wiki.search.digests import UNREADABLE, digest_of

    return digest == digest_of(path) != UNREADABLE
