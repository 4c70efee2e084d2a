"""All pages as they are at this moment: the index where it still holds, the files themselves elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from omx_wiki.errors import WikiError
from omx_wiki.search.fields import FIELDS
from omx_wiki.search.fresh import FreshPages, no_counts
from omx_wiki.search.generations import UnusableIndexError, open_generation
from omx_wiki.search.manifest import Manifest, entry_of
from omx_wiki.search.texts import Text, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import TracebackType

    from omx_wiki.pages.page import Page
    from omx_wiki.project import Project
    from omx_wiki.search.engine import Index
    from omx_wiki.search.fresh import Counts
    from omx_wiki.search.source import PageSource

_NOTHING = Manifest("", [], {}, {})


class Corpus:
    """The pages that one query is about, compared with the index when it is made; close it after use.

    Attributes:
        entries: what a hit shows of each page, whether indexed or just read.
        paths: the file of each page.
        behind: how many pages are new, changed or gone since they were indexed.
        note: why there is no index to use, "" if there is one.
    """

    def __init__(
        self, project: Project, store: PageSource, *, sessions: bool, use_index: bool = True
    ) -> None:
        self._store = store
        self._index: Index | None = None
        self.note = ""
        self._folder, manifest = "", _NOTHING
        if use_index:
            try:
                self._folder, manifest = open_generation(project)
            except UnusableIndexError as error:
                self.note = str(error)
        stats = {slug: stat for slug, stat in store.scan().items() if sessions or stat.kind != "session"}
        self._known = {
            slug: entry
            for slug, stat in stats.items()
            if (entry := manifest.entries.get(slug)) is not None and entry.is_current(stat)
        }
        self._names = [slug if slug in self._known else "" for slug in manifest.slugs]
        self._engine = manifest.engine
        self._fresh = FreshPages(_read_all(store, [slug for slug in stats if slug not in self._known]))
        gone = sum(
            sessions or entry.kind != "session"
            for slug, entry in manifest.entries.items()
            if slug not in stats
        )
        self.behind = len(self._fresh.pages) + gone
        self.entries = dict(self._known)
        for slug, page in self._fresh.pages.items():
            self.entries[slug] = entry_of(page, stats[slug], self._fresh.lengths[slug], b"")
        self.paths = {slug: stat.path for slug, stat in stats.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._index is not None:
            self._index.__exit__(kind, error, trace)

    def __len__(self) -> int:
        return len(self.entries)

    def average_lengths(self) -> tuple[float, ...]:
        """Return how many words each of `FIELDS` has on average."""
        if not self.entries:
            return (0.0,) * len(FIELDS)
        columns = zip(*(entry.lengths for entry in self.entries.values()), strict=True)
        return tuple(sum(column) / len(self.entries) for column in columns)

    def count(self, wanted: Collection[str]) -> dict[str, Counts]:
        """Return where each of the terms occurs.

        Raises:
            BrokenIndexError: the index cannot be read; make a corpus without it.
        """
        found = self._fresh.count(wanted) if self._fresh.pages else {term: no_counts() for term in wanted}
        if self._known:
            self._ask_index(lambda index: self._count_indexed(index, found))
        return found

    def terms(self, prefix: str) -> set[str]:
        """Return the terms that begin with `prefix`; some may stand only in pages that are gone.

        Raises:
            BrokenIndexError: as `count`.
        """
        found = self._fresh.terms(prefix) if self._fresh.pages else set()
        if self._known:
            self._ask_index(lambda index: found.update(index.terms(prefix)))
        return found

    def text(self, slug: str) -> Text | None:
        """Return the text of a page, None if it has just vanished."""
        if slug in self._known and (text := read_text(self.paths[slug], self._known[slug])):
            return text
        page = self._fresh.pages.get(slug) or _read(self._store, slug)
        return Text(page.title, page.body, page.body_line) if page else None

    def _count_indexed(self, index: Index, found: dict[str, Counts]) -> None:
        names = self._names
        for term, counts in found.items():
            for field, by_slug in zip(FIELDS, counts, strict=True):
                by_slug.update(index.counts(field, term, names))

    def _ask_index(self, ask: Callable[[Index], None]) -> None:
        try:
            if self._index is None:
                from omx_wiki.search.engine import ENGINE, Index

                _require_engine(self._engine, ENGINE)
                self._index = Index(self._folder)
            ask(self._index)
        except Exception as error:
            raise BrokenIndexError(f"the index cannot be read: {error}") from error


class BrokenIndexError(Exception):
    """Files of the index are damaged."""


def _require_engine(written: str, running: str) -> None:
    if written != running:
        raise BrokenIndexError(f"it was written by {written}")


def _read_all(store: PageSource, slugs: list[str]) -> dict[str, Page]:
    return {slug: page for slug in slugs if (page := _read(store, slug)) is not None}


def _read(store: PageSource, slug: str) -> Page | None:
    try:
        return store.read(slug)
    except (WikiError, OSError):
        return None
