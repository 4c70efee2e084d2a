"""Look at the pages themselves with bounded work: all of them when nothing is prepared, else the news."""

from __future__ import annotations

import os

from omx_wiki.hook.branch import split_words
from omx_wiki.hook.dates import last_change
from omx_wiki.hook.file_start import read_start
from omx_wiki.hook.item import PINNED, RELEVANT, Item, page_text, rule_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from omx_wiki.project import Project

_ALL_STATS = 2000
_MOST_STATS = 200
_MOST_HEADS = 40
_MOST_SHARED = 80
_MOST_ITEMS = 30
_FILE_TYPE, _REGULAR = 0o170000, 0o100000
_SUFFIXES = frozenset({".md", ".MD", ".Md", ".mD"})
_RESERVED = frozenset({"index.md", "log.md"})
_LONGEST_RESERVED = 8
_NAMED = 400
_PIN = b"pinned"


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


def page_folders(project: Project) -> tuple[tuple[str, str], ...]:
    """Return (folder, slug prefix) of the places of pages, sessions aside."""
    return ((project.store, ""), (project.shared_store, "omx_wiki/"))


def entries_now(project: Project) -> tuple[int, list[Entry]]:
    """Return the number of pages and the most recently updated ones, newest first.

    Of a folder with more than 2,000 pages only some are looked at.
    """
    total = 0
    own, shared = ([], [])  # type: tuple[list[Entry], list[Entry]]
    for (folder, prefix), found in zip(page_folders(project), (own, shared), strict=True):
        names = page_names(names_in(folder, project.root))
        chosen = names if len(names) <= _ALL_STATS else names[:_MOST_STATS]
        found.extend(entries_of(folder, chosen, prefix, project.root))
        total += len(names) - len(chosen) + len(found)
    own.sort(key=_newest_first)
    date(own[:_MOST_HEADS], is_shared=False)
    date(shared[:_MOST_SHARED], is_shared=True)
    return total, sorted(own[:_MOST_HEADS] + shared[:_MOST_SHARED], key=_newest_first)


def items_of(entries: Sequence[Entry], why: str, pins: Sequence[str] = ()) -> list[Item]:
    """Return the lines of the first thirty pages that can be read, and the rules of all that are pinned.

    A page that is pinned, by itself or as one of `pins`, has its rule as well as its line.
    """
    found: list[Item] = []
    for entry in entries[:_MOST_ITEMS]:
        found += _items(entry, why, pins)
    for entry in entries[_MOST_ITEMS:]:
        if _PIN in (entry.start or b"") or entry.slug in pins:
            found += [item for item in _items(entry, why, pins) if item.section == PINNED]
    return found


def pinned_now(project: Project, slugs: Iterable[str], pins: Sequence[str]) -> list[Item]:
    """Return the rules of those of the pages that are there and pinned, by themselves or as one of `pins`."""
    found = [item for item in pages_now(project, slugs, "pinned: true", pins) if item.section == PINNED]
    for item in found:
        item.why = ("pinned in the settings",) if item.page in pins else item.why
    return found


def pages_now(project: Project, slugs: Iterable[str], why: str, pins: Sequence[str]) -> Iterator[Item]:
    """Yield the lines of those of the pages that are there; pins have their rule as well."""
    wanted = list(slugs)
    for folder, prefix in page_folders(project):
        inner = [slug[len(prefix) :] for slug in wanted if slug.startswith(prefix)]
        names = page_names(f"{name}.md" for name in inner if name and "/" not in name)
        if not names or not _is_inside(folder, project.root):
            continue
        entries = list(entries_of(folder, names, prefix, project.root))
        date(entries, is_shared=bool(prefix))
        for entry in entries:
            yield from _items(entry, why, pins)


def date(entries: Iterable[Entry], *, is_shared: bool) -> None:
    """Date the entries by what the pages themselves tell."""
    from omx_wiki.hook.page_head import HEAD_BYTES, written_date

    for entry in entries:
        entry.start = read_start(entry.path, HEAD_BYTES)
        entry.updated = last_change(written_date(entry.start or b""), entry.updated, is_shared=is_shared)


def names_in(folder: str, root: str) -> list[str]:
    """Return the names in a folder of pages; one that leads outside the project has none."""
    if not _is_inside(folder, root):
        return []
    try:
        return os.listdir(folder)
    except OSError:
        return []


def page_names(names: Iterable[str]) -> list[str]:
    """Return those of the names that pages have."""
    return [
        name
        for name in names
        if name[-3:] in _SUFFIXES
        and name[0] != "."
        and name.isprintable()
        and (len(name) > _LONGEST_RESERVED or name.lower() not in _RESERVED)
    ]


def entries_of(folder: str, names: Iterable[str], prefix: str, root: str) -> Iterator[Entry]:
    """Yield the regular files of these names, dated by their time of change."""
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


def file_names(folder: str, root: str) -> list[str]:
    """Return the names of all that is a page in a folder of pages."""
    entries = entries_of(folder, page_names(names_in(folder, root)), "", root)
    return [entry.path[len(folder) + 1 :] for entry in entries]


def _is_inside(folder: str, root: str) -> bool:
    return f"{os.path.realpath(folder)}{os.sep}".startswith(f"{root}{os.sep}")


def _items(entry: Entry, why: str, pins: Sequence[str]) -> Iterator[Item]:
    from omx_wiki.hook.page_head import HEAD_BYTES, read_head

    start = read_start(entry.path, HEAD_BYTES) if entry.start is None else entry.start
    if start is None:
        return
    head = read_head(start, entry.slug.rpartition("/")[2])
    words = [word.lower() for word in split_words(" ".join((head.title, entry.slug, *head.tags))[:_NAMED])]
    texts = [(RELEVANT, page_text(entry.slug, head.title, head.summary, head.tags))]
    if head.pinned or entry.slug in pins:
        texts.insert(0, (PINNED, rule_text(entry.slug, head.title, head.summary)))
    for section, text in texts:
        item = Item(section, text, entry.slug, entry.path, entry.updated)
        item.why = (why,)
        item.words = words
        yield item


def _newest_first(entry: Entry) -> tuple[float, str]:
    return (-entry.updated, entry.slug)
