"""A segment in memory: pages that the index does not know as they are now, searched just like the others."""

from __future__ import annotations

from omx_wiki.search.analysis import surface, terms
from omx_wiki.search.entry import Entry, entry_of
from omx_wiki.search.matching import may_have_term, term_start
from omx_wiki.search.page_words import FIELDS, PageWords, add_counts
from omx_wiki.search.postings import SMALL_FIELDS, Postings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from omx_wiki.pages.page import Page


class MemorySegment:
    """Some pages, read and taken apart; with the attributes and methods of a `Segment`."""

    def __init__(self, pages: Mapping[str, Page], root: str) -> None:
        self.slugs = list(pages)
        self._words = [PageWords(page) for page in pages.values()]
        self._entries = [
            entry_of(page, root, words.passages)
            for page, words in zip(pages.values(), self._words, strict=True)
        ]
        self._having: dict[str, list[int]] = {}
        for number, words in enumerate(self._words):
            for word in words.positions.keys() | words.counts.keys():
                self._having.setdefault(word, []).append(number)
        self.lengths = [[words.lengths[field] for words in self._words] for field in range(len(FIELDS))]
        self.totals = [sum(column) for column in self.lengths]

    def __len__(self) -> int:
        return len(self.slugs)

    def entry(self, document: int) -> Entry:
        """Return what is known of a page."""
        return self._entries[document]

    def postings(self, term: str) -> Postings | None:
        """Return where a term stands, None when it stands nowhere."""
        positions: dict[int, list[int]] = {}
        counts: dict[int, bytearray] = {}
        for word in self._words_of(term):
            for number in self._having[word]:
                words = self._words[number]
                positions.setdefault(number, []).extend(words.positions.get(word, ()))
                add_counts(counts.setdefault(number, bytearray(SMALL_FIELDS)), words.counts.get(word, b""))
        if not counts:
            return None
        having = sorted(counts)
        lists = [sorted(positions[number]) for number in having]
        rows = b"".join(bytes(counts[number]) for number in having)
        columns = [rows[field::SMALL_FIELDS] for field in range(SMALL_FIELDS)]
        return Postings(
            having,
            list(map(len, lists)),
            [column if any(column) else b"" for column in columns],
            [position for each in lists for position in each],
        )

    def vocabulary(self, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the terms that begin with `prefix`, each with the ways its words are written."""
        found: dict[str, set[str]] = {}
        for word in self._having:
            if may_have_term(word, prefix[:1]):
                for term in terms(word):
                    if term.startswith(prefix):
                        found.setdefault(term, set())
                if (written := surface(word)) and terms(word)[0].startswith(prefix):
                    found[terms(word)[0]].add(written)
        for term, surfaces in sorted(found.items()):
            yield term, tuple(sorted(surfaces))

    def _words_of(self, term: str) -> Iterator[str]:
        """Yield the words that have a term; analysing all words would cost more than all the rest."""
        start = term_start(term)
        return (word for word in self._having if may_have_term(word, start) and term in terms(word))

    def close(self) -> None:
        """Do nothing; files have something to do here."""
