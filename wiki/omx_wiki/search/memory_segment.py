"""A segment in memory: pages that the index does not know as they are now, searched just like the others."""

from __future__ import annotations

from omx_wiki.search.entry import Entry, entry_of
from omx_wiki.search.page_words import FIELDS, PageWords
from omx_wiki.search.postings import SMALL_FIELDS, Postings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from omx_wiki.pages.page import Page

_NOWHERE = bytes(SMALL_FIELDS)


class MemorySegment:
    """Some pages, read and taken apart; with the attributes and methods of a `Segment`."""

    def __init__(self, pages: Mapping[str, Page], root: str) -> None:
        self.slugs = list(pages)
        self._words = [PageWords(page) for page in pages.values()]
        self._entries = [
            entry_of(page, root, words.passages)
            for page, words in zip(pages.values(), self._words, strict=True)
        ]
        self.lengths = [[words.lengths[field] for words in self._words] for field in range(len(FIELDS))]
        self.totals = [sum(column) for column in self.lengths]

    def __len__(self) -> int:
        return len(self.slugs)

    def entry(self, document: int) -> Entry:
        """Return what is known of a page."""
        return self._entries[document]

    def postings(self, term: str) -> Postings | None:
        """Return where a term stands, None when it stands nowhere."""
        having = [
            number
            for number, words in enumerate(self._words)
            if term in words.positions or term in words.counts
        ]
        if not having:
            return None
        positions = [self._words[number].positions.get(term, []) for number in having]
        rows = b"".join(bytes(self._words[number].counts.get(term, _NOWHERE)) for number in having)
        columns = [rows[field::SMALL_FIELDS] for field in range(SMALL_FIELDS)]
        return Postings(
            having,
            list(map(len, positions)),
            [column if any(column) else b"" for column in columns],
            [position for each in positions for position in each],
        )

    def vocabulary(self, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the terms that begin with `prefix`, each with the ways its words are written."""
        found: dict[str, set[str]] = {}
        for words in self._words:
            for term in words.terms():
                if term.startswith(prefix):
                    found.setdefault(term, set()).update(words.surfaces.get(term, ()))
        for term, surfaces in sorted(found.items()):
            yield term, tuple(sorted(surfaces))

    def close(self) -> None:
        """Do nothing; files have something to do here."""
