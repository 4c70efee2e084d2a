"""Where a term stands in one part of the corpus, without the documents that do not count."""

from __future__ import annotations

from omx_wiki.search.page_words import BODY
from omx_wiki.search.postings import SMALL_FIELDS, Postings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from omx_wiki.search.memory_segment import MemorySegment
    from omx_wiki.search.segment import Segment


class Occurrences:
    """The documents of a part that have a term.

    Attributes:
        segment: the part's segment.
        base: what to add to a document's number in the segment for its number in the corpus.
        documents: their numbers in the segment, ascending.
        counts: for each of them how often the term stands in the body.
        small: for each field but the body such counts, b"" when no document has the term there.
    """

    __slots__ = ("_live", "_postings", "base", "counts", "documents", "segment", "small")

    def __init__(
        self, segment: Segment | MemorySegment, base: int, postings: Postings, dead: Collection[int]
    ) -> None:
        self.segment = segment
        self.base = base
        self._postings = postings
        self.documents: Sequence[int] = postings.documents
        self.counts: Sequence[int] = postings.counts
        self.small: Sequence[bytes] = postings.small
        rows = [row for _, row in postings.rows(dead)] if dead else []
        if rows:
            self.documents = _without(self.documents, rows)
            self.counts = _without(self.counts, rows)
            self.small = [bytes(_without(column, rows)) if column else b"" for column in self.small]
        self._live = Postings(self.documents, self.counts, self.small, ())

    def column(self, field: int) -> Sequence[int]:
        """Return the counts in one of `FIELDS`, nothing when no document has the term there."""
        return self.counts if field == BODY else self.small[field]

    def having(self, field: int) -> int:
        """Return how many documents have the term in one of `FIELDS`."""
        column = self.column(field)
        raw = column.tobytes() if isinstance(column, memoryview) and column.format == "B" else column
        if isinstance(raw, memoryview):
            return len(raw) - raw.tolist().count(0)
        return len(raw) - raw.count(0)

    def numbers(self) -> set[int]:
        """Return the documents by their numbers in the corpus."""
        base = self.base
        return {base + document for document in self.documents} if base else set(self.documents)

    def positions(self, numbers: Iterable[int]) -> dict[int, Sequence[int]]:
        """Return where in the body the term stands, for those of the given documents that have it there."""
        found = self._postings.positions_in(self._own(numbers))
        return {self.base + document: positions for document, positions in found.items()}

    def counts_in(self, field: int, numbers: Iterable[int]) -> dict[int, int]:
        """Return how often the term stands in one field of the given documents, where it does at all."""
        column = self.column(field)
        if not column:
            return {}
        rows = self._live.rows(self._own(numbers))
        return {self.base + document: column[row] for document, row in rows if column[row]}

    def _own(self, numbers: Iterable[int]) -> list[int]:
        """Return those of the corpus's documents that are of this part, as it numbers them."""
        base, last = self.base, self.base + len(self.segment)
        return [number - base for number in numbers if base <= number < last]


def _without(column: Sequence[int], rows: Sequence[int]) -> list[int]:
    left = list(column)
    for row in reversed(rows):
        del left[row]
    return left


def merged(found: Iterable[Occurrences]) -> Occurrences:
    """Return the occurrences of several terms in one part as if they were those of one term."""
    several = list(found)
    rows: dict[int, tuple[list[int], list[int]]] = {}
    for each in several:
        positions = each.positions([each.base + document for document in each.documents])
        for at, document in enumerate(each.documents):
            small, where = rows.setdefault(document, ([0] * SMALL_FIELDS, []))
            for field, column in enumerate(each.small):
                small[field] = min(small[field] + (column[at] if column else 0), 255)
            where += positions.get(each.base + document, ())
    documents = sorted(rows)
    lists = [sorted(rows[document][1]) for document in documents]
    small_columns = [
        bytes(rows[document][0][field] for document in documents) for field in range(SMALL_FIELDS)
    ]
    joined = [position for each in lists for position in each]
    columns = [column if any(column) else b"" for column in small_columns]
    postings = Postings(documents, list(map(len, lists)), columns, joined)
    return Occurrences(several[0].segment, several[0].base, postings, ())
