"""The pages of one project: find, read and change them."""

from __future__ import annotations

from omx_wiki.errors import NotFoundError
from omx_wiki.pages.regular import read_regular
from omx_wiki.pages.scan import PageStat, find_page, scan_pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from omx_wiki.pages.changes import AddResult
    from omx_wiki.pages.draft import Draft as Draft  # noqa: PLC0414 - exported, see __getattr__
    from omx_wiki.pages.history import Version
    from omx_wiki.pages.index_page import Listed
    from omx_wiki.pages.page import Page
    from omx_wiki.project import Project


class Store:
    """All pages of a project: its own, those of its sessions, and the shared ones (read only).

    Reading never creates anything. Every change is made under the store's lock, is atomic, and keeps what it
    replaces in the project's private history.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    def scan(self) -> dict[str, PageStat]:
        """Return where every page is, by slug, without opening one."""
        return scan_pages(self.project, lambda _: None)

    def scan_problems(self) -> list[str]:
        """Return one line for every file that looks like a page and is none, such as a FIFO."""
        found: list[str] = []
        scan_pages(self.project, found.append)
        return found

    def read(self, slug: str) -> Page:
        """Return the page of exactly this slug.

        Raises:
            NotFoundError: there is no such page.
        """
        found = find_page(self.project, slug)
        page = self._read(slug, found) if found else None
        if page is None:
            raise NotFoundError(f"there is no page {slug!r}")
        return page

    def pages(self) -> Iterator[Page]:
        """Yield every page in the order of slugs; one that vanishes meanwhile is left out."""
        for slug, found in sorted(self.scan().items()):
            page = self._read(slug, found)
            if page is not None:
                yield page

    def resolve(self, name: str) -> str:
        """Return the slug that `name` means: a slug, file name, title, or the beginning of one slug.

        Raises:
            NotFoundError: nothing is called that; the hint names what is close.
            RefusedError: several pages could be meant; the message names them.
        """
        from omx_wiki.pages.resolve import resolve_page

        return resolve_page(self.project, name)

    def add(self, draft: Draft, *, new: bool = False, known: str = "") -> AddResult:
        """Make a draft a new page, or a dated section of the page that has its title.

        Nothing is ever overwritten, and the cost does not depend on the number of pages. The store is created
        if there is none.

        Args:
            draft: what to add.
            new: refuse when a page of this title exists.
            known: a page that may have the title, whatever its file is called.

        Raises:
            InvalidInputError: title or text is blank or too large.
            RefusedError: the page exists and `new` is set, is not UTF-8, or leads outside the store.
            UnavailableError: the store is not writable, or locked for too long.
        """
        from omx_wiki.pages.changes import add_draft

        return add_draft(self.project, draft, new=new, known=known)

    def put(self, slug: str, data: bytes, *, operation: str = "edit", keep: bool = True) -> bool:
        """Write the whole bytes of one own or session page; return whether anything changed.

        Args:
            slug: the page, which need not exist.
            data: its new bytes.
            operation: the word under which the replaced version is kept in history (lower case letters).
            keep: keep the replaced version.

        Raises:
            RefusedError: the page is shared, or leads outside the store.
            NotFoundError: the slug cannot be the name of a page.
            UnavailableError: the store is not writable, or locked for too long.
        """
        from omx_wiki.pages.changes import put_page

        return put_page(self.project, slug, data, operation=operation, keep=keep)

    def remove(self, slug: str) -> Page:
        """Delete a page and return what it was; `undo` brings it back.

        Raises:
            NotFoundError: there is no such page.
            RefusedError: the page is shared.
            UnavailableError: the store is not writable, or locked for too long.
        """
        from omx_wiki.pages.changes import remove_page
        from omx_wiki.pages.page import parse_page

        if find_page(self.project, slug) is None:
            raise NotFoundError(f"there is no page {slug!r}")
        raw, found = remove_page(self.project, slug)
        return parse_page(raw, found.path, slug, found.kind, found.mtime_ns / 1e9)

    def history(self, slug: str) -> list[Version]:
        """Return the kept versions of a page, newest first."""
        from omx_wiki.pages.history import versions_of

        return versions_of(self.project, slug)

    def undo(self, slug: str) -> Page:
        """Bring back the newest kept version of a page and return it; a second undo takes that back.

        Raises:
            NotFoundError: no earlier version is kept.
            RefusedError: the page leads outside the store.
            UnavailableError: the store is not writable, or locked for too long.
        """
        from omx_wiki.pages.changes import undo_change

        undo_change(self.project, slug)
        return self.read(slug)

    def write_index(self, listed: Iterable[Listed] | None = None) -> bool:
        """Generate `index.md` for people who browse the folder; return whether it changed.

        Args:
            listed: all pages, for callers who know them; else every page is read.

        Raises:
            RefusedError: the file is a link, or the store leads outside the project.
            UnavailableError: the store is not writable, or locked for too long.
        """
        from omx_wiki.pages.changes import write_index_file
        from omx_wiki.pages.index_page import index_text

        return write_index_file(self.project, index_text(self.pages() if listed is None else listed))

    def _read(self, slug: str, found: PageStat) -> Page | None:
        from omx_wiki.pages.page import parse_page

        raw = read_page_file(found.path)
        return None if raw is None else parse_page(raw, found.path, slug, found.kind, found.mtime_ns / 1e9)


def read_page_file(path: str) -> bytes | None:
    """Return the bytes of a page that was found (one more than its limit at most), None when it is gone."""
    import os

    from omx_wiki.pages.page import MAX_PAGE_BYTES

    limit = MAX_PAGE_BYTES + 1
    raw = read_regular(path, limit)
    return read_regular(os.path.realpath(path), limit) if raw is None and os.path.islink(path) else raw


def __getattr__(name: str) -> object:
    """Offer `Draft` here too, without its imports for those who only read."""
    if name == "Draft":
        from omx_wiki.pages.draft import Draft

        return Draft
    raise AttributeError(name)
