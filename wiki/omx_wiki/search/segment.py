"""A segment: some pages that were indexed together, searched without loading more than a query needs."""

from __future__ import annotations

import os
from zlib import crc32

from omx_wiki.search.page_words import FIELDS
from omx_wiki.search.postings import DamagedError
from omx_wiki.search.segment_files import PAGES, TERMS, File, TermsFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from omx_wiki.search.entry import Entry
    from omx_wiki.search.postings import Postings


class Segment:
    """A segment in its files.

    Attributes:
        slugs: the page of each document number.
        names: all of them, a line each.
        sizes: of the pages' files, in bytes.
        times: when the system saw the pages' files change last, in nanoseconds.
        lengths: for each of `FIELDS` the number of words in each document.
        totals: for each of `FIELDS` the number of words in all documents.
    """

    def __init__(self, folder: str, name: str, documents: int) -> None:
        """Open the segment `name`, which must have that many documents."""
        path = os.path.join(folder, name)
        self._pages = File(path + PAGES)
        self._terms: TermsFile | None = None
        self._terms_path = path + TERMS
        try:
            self._read_columns(documents)
        except BaseException:
            self._pages.close()
            raise

    def __len__(self) -> int:
        return len(self.slugs)

    def _read_columns(self, documents: int) -> None:
        count, start, length, names_length, checksum, totals = self._pages.table
        self.totals: Sequence[int] = totals
        raw = memoryview(self._pages.read(start, length))
        if crc32(raw) != checksum or count != documents:
            raise DamagedError("the list of pages in the index is damaged")
        at = names_length
        self.names = bytes(raw[:at]).decode("utf-8", "surrogatepass")
        self.slugs: Sequence[str] = self.names.split("\n") if count else []
        columns: list[Sequence[int]] = []
        for _ in ("sizes", "times", "ends"):
            columns.append(raw[at : at + 8 * count].cast("q"))
            at += 8 * count
        for _ in FIELDS:
            columns.append(raw[at : at + 4 * count].cast("I"))
            at += 4 * count
        self.sizes, self.times, self._ends = columns[:3]
        self.lengths: Sequence[Sequence[int]] = columns[3:]

    def entry(self, document: int) -> Entry:
        """Return what is known of a page."""
        from omx_wiki.search.entry import Entry

        start = self._ends[document - 1] if document else 0
        return Entry(*self._pages.record(start, self._ends[document] - start))

    def postings(self, term: str) -> Postings | None:
        """Return where a term stands, None when it stands nowhere."""
        return self._open_terms().postings(term)

    def vocabulary(self, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the terms that begin with `prefix`, each with the ways its words are written."""
        for key in self._open_terms().keys(prefix):
            yield key[0], key[3]

    def close(self) -> None:
        """Let go of the files."""
        self._pages.close()
        if self._terms is not None:
            self._terms.close()

    def _open_terms(self) -> TermsFile:
        if self._terms is None:
            self._terms = TermsFile(self._terms_path)
        return self._terms
