"""The pages of one project: find, read and change them."""

from __future__ import annotations

from omx_wiki.errors import NotFoundError
from omx_wiki.pages.files import read_regular
from omx_wiki.pages.scan import PageStat, find_page, scan_pages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

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
