"""What search needs of a store of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.pages.page import Page


class FileStat(Protocol):
    """Where a page file is, and what tells whether it changed."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def size(self) -> int:
        """Its size in bytes."""

    @property
    def mtime_ns(self) -> int:
        """The time of its last change, in nanoseconds since 1970, as programs may set it."""

    @property
    def changed_ns(self) -> int:
        """When the system saw it change last."""

    @property
    def kind(self) -> str:
        """Either "page", "session" or "shared"."""


class PageSource(Protocol):
    """A store as search sees it."""

    def scan(self) -> Mapping[str, FileStat]:
        """Return every page by slug, without reading one."""

    def read(self, slug: str) -> Page:
        """Return one page; raises WikiError or OSError when it is gone."""
