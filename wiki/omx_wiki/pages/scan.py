"""Find the page files of a project; imports little, because every cold query starts here."""

from __future__ import annotations

import os

from omx_wiki.pages.regular import is_inside, is_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from omx_wiki.project import Project

SESSIONS = "sessions"
SHARED = "omx_wiki"
_GENERATED = {"index", "log"}
_SUFFIX = ".md"
_MAX_STEM_BYTES = 255 - len(_SUFFIX)
_SUFFIXES = (_SUFFIX, ".MD", ".Md", ".mD")


class PageStat:
    """Where a page file is and what tells whether it changed.

    Attributes:
        path: the file.
        size: in bytes.
        mtime_ns: time of its last change in nanoseconds since 1970, as programs may set it.
        changed_ns: when the system saw the file change last, which no program sets; on Windows as `mtime_ns`.
        kind: "page", "session" or "shared".
    """

    __slots__ = ("changed_ns", "kind", "mtime_ns", "path", "size")

    def __init__(self, path: str, status: os.stat_result, kind: str) -> None:
        self.path = path
        self.size = status.st_size
        self.mtime_ns = status.st_mtime_ns
        self.changed_ns = status.st_mtime_ns if os.name == "nt" else status.st_ctime_ns
        self.kind = kind


def page_folders(project: Project) -> tuple[tuple[str, str, str], ...]:
    """Return (folder, slug prefix, kind) of every place where the project has pages."""
    return (
        (project.store, "", "page"),
        (os.path.join(project.store, SESSIONS), f"{SESSIONS}/", "session"),
        (project.shared_store, f"{SHARED}/", "shared"),
    )


def scan_pages(project: Project, report: Callable[[str], None]) -> dict[str, PageStat]:
    """Return every page of the project by slug.

    `report` is told of each file that looks like a page and is none.
    """
    root = os.path.realpath(project.root)
    found: dict[str, PageStat] = {}
    for folder, prefix, kind in page_folders(project):
        if not os.path.lexists(folder):
            continue
        if not is_inside(folder, root):
            report(f"{folder} leads outside the project; its pages are not read")
            continue
        try:
            with os.scandir(folder) as entries:
                special = _scan_plain(entries, prefix, kind, found)
        except OSError as error:
            report(f"{folder} cannot be read: {error.strerror or error}")
            continue
        for path in sorted(special):
            _add_special(path, prefix, linked_page(path, kind, root), found, report)
    return found


def _scan_plain(
    entries: Iterable[os.DirEntry[str]], prefix: str, kind: str, found: dict[str, PageStat]
) -> list[str]:
    """Add the ordinary pages to `found`; return the paths that need a closer look."""
    special = []
    for entry in entries:
        name = entry.name
        stem = name[:-3]
        if name[-3:].lower() != _SUFFIX or name[0] == "." or stem.lower() in _GENERATED:
            continue
        if name[-3:] == _SUFFIX and stem.isprintable() and entry.is_file(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            found[prefix + stem] = PageStat(entry.path, status, kind)
        else:
            special.append(entry.path)
    return special


def _add_special(
    path: str, prefix: str, page: PageStat | None, found: dict[str, PageStat], report: Callable[[str], None]
) -> None:
    name = os.path.basename(path)
    slug = prefix + name[:-3]
    if page is None:
        report(f"{path!a} is not a regular file of this project; it is skipped")
    elif not is_page_stem(name[:-3]):
        report(f"{path!a} has a name that cannot be shown; it is skipped")
    else:
        found[prefix + name if slug in found else slug] = page


def linked_page(path: str, kind: str, root: str) -> PageStat | None:
    """Return the page that a link leads to, None unless it is a regular file inside `root`."""
    if not is_inside(path, root):
        return None
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not is_regular(status.st_mode):
        return None
    return PageStat(path, status, kind)


def find_page(project: Project, slug: str) -> PageStat | None:
    """Return the page of exactly this slug without looking at any other."""
    for folder, prefix, kind in page_folders(project)[::-1]:
        stem = slug[len(prefix) :]
        if not slug.startswith(prefix) or not is_page_stem(stem):
            continue
        root = os.path.realpath(project.root)
        for name in _file_names(folder, stem):
            path = os.path.join(folder, name)
            if os.path.lexists(path) and is_inside(folder, root) and (page := linked_page(path, kind, root)):
                return page
    return None


def _file_names(folder: str, stem: str) -> list[str]:
    """Return the file names a page may have; `a.MD` beside `a.md` has its whole file name as its slug."""
    names = [stem + suffix for suffix in _SUFFIXES]
    if stem[-3:] in _SUFFIXES[1:] and os.path.lexists(os.path.join(folder, stem[:-3] + _SUFFIX)):
        names.append(stem)
    return names


def is_page_stem(stem: str) -> bool:
    """Whether a file of this name, its `.md` left out, can be a page.

    Such a name cannot leave its folder, hide, or disturb output.
    """
    if not stem or stem[0] == "." or os.path.basename(stem) != stem or "\\" in stem:
        return False
    if stem.lower() in _GENERATED or not (stem.isprintable() or all(map(_is_showable, stem))):
        return False
    return len(stem.encode()) <= _MAX_STEM_BYTES


def _is_showable(char: str) -> bool:
    is_control = char <= "\x9f" or "\ud800" <= char <= "\udfff" or char in "\u2028\u2029"
    return char.isprintable() or not is_control
