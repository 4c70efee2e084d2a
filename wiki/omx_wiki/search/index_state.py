"""What the index knows, asked without searching."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.search.analysis import normal, terms, words
from omx_wiki.search.generations import PAGES, SHELVES, UnusableIndexError, shelf_of
from omx_wiki.search.page_words import TITLE
from omx_wiki.search.shelf import Shelf
from omx_wiki.search.sweep import compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project
    from omx_wiki.search.entry import Entry
    from omx_wiki.search.source import PageSource


class IndexState(NamedTuple):
    """How many pages the index has, and how many are new, changed or gone since it was written."""

    pages: int
    behind: int


class IndexedPage(NamedTuple):
    """What a list of pages shows of one; `file` is relative to the project."""

    slug: str
    file: str
    kind: str
    title: str
    category: str
    summary: str
    updated: str


def behind(store: PageSource, project: Project) -> IndexState:
    """Compare the index with the pages; without a usable index all pages are behind."""
    stats = store.scan()
    pages = late = 0
    for name in SHELVES:
        mine = {slug: stat for slug, stat in stats.items() if shelf_of(stat.kind) == name}
        shelf = _opened(project, name)
        known = shelf.stamps() if shelf else {}
        found = compared(mine, known, shelf.manifest.digests if shelf else {})
        pages += len(known)
        late += len(found.changed) + len(found.gone)
        if shelf:
            shelf.close()
    return IndexState(pages, late)


def indexed_pages(project: Project) -> Iterator[IndexedPage]:
    """Yield every page as it was indexed; nothing without a usable index."""
    for name in SHELVES:
        if shelf := _opened(project, name):
            for slug, entry in _entries(shelf):
                yield IndexedPage(
                    slug, entry.path, entry.kind, entry.title, entry.category, entry.summary, entry.updated
                )
            shelf.close()


def page_titled(project: Project, title: str) -> str:
    """Return the indexed page that has a title, "" when none has or there is no usable index."""
    from omx_wiki.pages.slug import same_title

    shelf = _opened(project, PAGES)
    if shelf is None:
        return ""
    try:
        found = _titled(shelf, title)
        return next((s for s, entry in found if entry.kind == "page" and same_title(entry.title, title)), "")
    except (OSError, ValueError):
        return ""
    finally:
        shelf.close()


def _titled(shelf: Shelf, title: str) -> Iterator[tuple[str, Entry]]:
    """Yield the pages that may have a title: those whose titles have its first word."""
    found = words(normal(title))
    first = terms(found[0]) if found else ()
    if not first:
        yield from _entries(shelf)
        return
    for segment, deleted in zip(shelf.segments, shelf.deleted, strict=True):
        postings = segment.postings(first[0])
        if postings and postings.small[TITLE]:
            for document, count in zip(postings.documents, postings.small[TITLE], strict=True):
                if count and document not in deleted:
                    yield segment.slugs[document], segment.entry(document)


def _entries(shelf: Shelf) -> Iterator[tuple[str, Entry]]:
    for at, document, slug in shelf.documents():
        yield slug, shelf.segments[at].entry(document)


def _opened(project: Project, name: str) -> Shelf | None:
    try:
        return Shelf(project, name)
    except (UnusableIndexError, OSError, ValueError):
        return None
