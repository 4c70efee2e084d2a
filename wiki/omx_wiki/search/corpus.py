"""All pages as they are at this moment: the index where it still holds, the files themselves elsewhere."""

from __future__ import annotations

import os

from omx_wiki.errors import WikiError
from omx_wiki.search.generations import PAGES, SESSIONS, UnusableIndexError, shelf_of
from omx_wiki.search.occurrences import Occurrences
from omx_wiki.search.page_words import FIELDS
from omx_wiki.search.shelf import Shelf
from omx_wiki.search.sweep import Differences, NeedsScanError, compared, swept
from omx_wiki.search.texts import Text, read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from typing import Self, TypeVar

    from omx_wiki.pages.page import Page
    from omx_wiki.project import Project
    from omx_wiki.search.entry import Entry
    from omx_wiki.search.memory_segment import MemorySegment
    from omx_wiki.search.segment import Segment
    from omx_wiki.search.source import FileStat, PageSource

    T = TypeVar("T")


class BrokenIndexError(Exception):
    """Files of the index are damaged."""


class Part:
    """A segment in its place.

    Attributes:
        base: the number of its first document in the corpus.
        dead: the documents, numbered in the segment, that are deleted or not as their files are now.
    """

    __slots__ = ("base", "dead", "segment")

    def __init__(self, segment: Segment | MemorySegment, base: int, dead: set[int]) -> None:
        self.segment = segment
        self.base = base
        self.dead = dead


class Corpus:
    """The pages that one query is about, compared with the index when it is made; close it after use.

    Documents are numbered through all parts.

    Attributes:
        behind: how many pages are new, changed or gone since they were indexed.
        problem: what is wrong with the index, "" if nothing is or there is none.
        averages: the average number of words in each of `FIELDS`.
    """

    def __init__(
        self, project: Project, store: PageSource, *, sessions: bool, use_index: bool = True
    ) -> None:
        self._project = project
        self._store = store
        self._shelves: list[Shelf] = []
        self._stats: Mapping[str, FileStat] | None = None
        self._occurrences: dict[str, list[Occurrences]] = {}
        self.behind = 0
        self.problem = ""
        self.parts: list[Part] = []
        try:
            self._add_parts((PAGES, SESSIONS) if sessions else (PAGES,), use_index=use_index)
        except BaseException:
            self.__exit__()
            raise
        self._count = sum(len(part.segment) - len(part.dead) for part in self.parts)
        self.averages = [self._average(field) for field in range(len(FIELDS))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for shelf in self._shelves:
            shelf.close()

    def __len__(self) -> int:
        return self._count

    def numbers(self) -> Iterator[int]:
        """Yield the number of every document."""
        for part in self.parts:
            yield from (part.base + at for at in range(len(part.segment)) if at not in part.dead)

    def slug(self, number: int) -> str:
        """Return the page of a document."""
        part = self.part_of(number)
        return part.segment.slugs[number - part.base]

    def entry(self, number: int) -> Entry:
        """Return what is known of a document; raises BrokenIndexError as everything that reads the index."""
        part = self.part_of(number)
        return self._reading(lambda: part.segment.entry(number - part.base))

    def length(self, number: int, field: int) -> int:
        """Return the number of words in a field of a document."""
        part = self.part_of(number)
        return part.segment.lengths[field][number - part.base]

    def find(self, slug: str) -> int | None:
        """Return the number of a page, None when it is not in the corpus."""
        for part in self.parts:
            for at, found in enumerate(part.segment.slugs):
                if found == slug and at not in part.dead:
                    return part.base + at
        return None

    def occurrences(self, term: str) -> list[Occurrences]:
        """Return where a term stands, part by part.

        Raises:
            BrokenIndexError: the index cannot be read; make a corpus without it.
        """
        if term not in self._occurrences:
            self._occurrences[term] = self._reading(lambda: list(self._find_occurrences(term)))
        return self._occurrences[term]

    def vocabulary(self, prefix: str) -> dict[str, set[str]]:
        """Return the terms that begin with `prefix`, each with how its words are written.

        Some may stand only in pages that are gone. Raises BrokenIndexError as `occurrences`.
        """
        found: dict[str, set[str]] = {}
        for term, surfaces in self._written(prefix):
            found.setdefault(term, set()).update(surfaces)
        return found

    def written_words(self, first: str, lengths: Container[int]) -> Iterator[tuple[str, str]]:
        """Yield the plain words that begin with a letter, as people write them, each with its term."""
        for term, surfaces in self._written(first):
            if len(term) in lengths and term.isalpha():
                yield term, term
            for surface in surfaces:
                if len(surface) in lengths:
                    yield surface, term

    def _written(self, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the terms of every part that begin with `prefix`, each with how its words are written."""
        for part in self.parts:
            yield from self._reading(lambda p=part: list(p.segment.vocabulary(prefix)))  # type: ignore[misc]  # bound now

    def part_of(self, number: int) -> Part:
        """Return the part that has a document."""
        return next(part for part in reversed(self.parts) if part.base <= number)

    def text(self, number: int) -> Text | None:
        """Return the text of a document, None if its page has just vanished."""
        part, entry = self.part_of(number), self.entry(number)
        sizes = getattr(part.segment, "sizes", None)
        found = read_text(self.path(entry), sizes[number - part.base], entry) if sizes else None
        if found is None and (page := self._read(self.slug(number))) is not None:
            found = Text(page.title, page.body, page.body_line)
        return found

    def path(self, entry: Entry) -> str:
        """Return the file of a page."""
        return os.path.join(self._project.root, entry.path)

    def _read(self, slug: str) -> Page | None:
        try:
            return self._store.read(slug)
        except (WikiError, OSError):
            return None

    def _add_parts(self, names: Iterable[str], *, use_index: bool) -> None:
        fresh: list[str] = []
        for name in names:
            fresh += self._add_shelf(name) if use_index else self._stats_of(name)
        if fresh:
            self.behind += len(fresh)
            self._add_fresh(fresh)

    def _find_occurrences(self, term: str) -> Iterator[Occurrences]:
        for part in self.parts:
            postings = part.segment.postings(term)
            if postings is not None:
                found = Occurrences(part.segment, part.base, postings, part.dead)
                if found.documents:
                    yield found

    def _add_shelf(self, name: str) -> list[str]:
        """Add the segments of one index; return the pages that it does not have as they are now."""
        try:
            shelf = Shelf(self._project, name)
        except UnusableIndexError as error:
            self.problem = error.problem
            return self._stats_of(name)
        except (OSError, ValueError) as error:
            self.problem = str(error)
            return self._stats_of(name)
        self._shelves.append(shelf)
        found = self._reading(lambda: self._differences(shelf))
        self.behind += len(found.gone)
        stale = {*found.changed, *found.gone}
        for segment, deleted in zip(shelf.segments, shelf.deleted, strict=True):
            dead = deleted
            if stale:
                dead = deleted | {at for at, slug in enumerate(segment.slugs) if slug in stale}
            self._add_part(segment, dead)
        return found.changed

    def _differences(self, shelf: Shelf) -> Differences:
        try:
            return swept(self._project, shelf)
        except NeedsScanError:
            slugs = self._stats_of(shelf.name)
            stats = {slug: self._stats[slug] for slug in slugs} if self._stats else {}
            return compared(stats, shelf.stamps(), shelf.manifest.digests)

    def _stats_of(self, name: str) -> list[str]:
        if self._stats is None:
            self._stats = self._store.scan()
        return [slug for slug, stat in self._stats.items() if shelf_of(stat.kind) == name]

    def _add_fresh(self, slugs: list[str]) -> None:
        from omx_wiki.search.memory_segment import MemorySegment

        pages = {slug: page for slug in slugs if (page := self._read(slug)) is not None}
        self._add_part(MemorySegment(pages, self._project.root), set())

    def _add_part(self, segment: Segment | MemorySegment, dead: set[int]) -> None:
        base = self.parts[-1].base + len(self.parts[-1].segment) if self.parts else 0
        if len(segment):
            self.parts.append(Part(segment, base, dead))

    def _average(self, field: int) -> float:
        total = 0
        for part in self.parts:
            column = part.segment.lengths[field]
            total += part.segment.totals[field] - sum(column[at] for at in part.dead)
        return total / self._count if self._count else 0.0

    def _reading(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (OSError, ValueError, TypeError, IndexError, EOFError, MemoryError) as error:
            raise BrokenIndexError(str(error)) from error
