"""Where one term stands: pages, counts by field and positions in the text; and the bytes that hold this.

A block of bytes is a checksum, sizes, widths, then columns. A column is an array of unsigned numbers of 1,
2 or 4 bytes in the order of the machine, so that reading is a cast and not a loop.
"""

from __future__ import annotations

from bisect import bisect_left
from zlib import crc32

from omx_wiki.search.page_words import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Literal

SMALL_FIELDS = len(FIELDS) - 1
_FORMATS: dict[int, Literal["B", "H", "I"]] = {1: "B", 2: "H", 4: "I"}
_HEADER = 16


class DamagedError(ValueError):
    """Bytes of the index are not those that were written."""


class Postings:
    """The pages of one segment that have a term.

    Attributes:
        documents: their numbers in the segment, ascending.
        counts: for each of them how often the term stands in the body.
        small: for each of `FIELDS` but the body such counts, b"" when no page has the term there.
        positions: where the term stands in the bodies, one page after the other.
    """

    def __init__(
        self,
        documents: Sequence[int],
        counts: Sequence[int],
        small: Sequence[bytes],
        positions: Sequence[int],
    ) -> None:
        self.documents = documents
        self.counts = counts
        self.small = small
        self.positions = positions

    def rows(self, wanted: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield (document, its row) for those of the wanted documents that have the term, in order."""
        documents, row, end = self.documents, 0, len(self.documents)
        for document in sorted(wanted):
            row = bisect_left(documents, document, row, end)
            if row == end:
                return
            if documents[row] == document:
                yield document, row

    def positions_in(self, wanted: Iterable[int]) -> dict[int, Sequence[int]]:
        """Return the positions in the body of each of the wanted documents that has the term."""
        found: dict[int, Sequence[int]] = {}
        start = before = 0
        for document, row in self.rows(wanted):
            start += sum(self.counts[before:row])
            before = row
            found[document] = self.positions[start : start + self.counts[row]]
        return found


def encode(
    documents: Sequence[int], small: Sequence[bytes], counts: Sequence[int], positions: Sequence[int]
) -> bytes:
    """Return the block of what `Postings` is made of."""
    from array import array

    widths = _width(counts), _width(positions)
    mask = sum(1 << field for field, column in enumerate(small) if any(column))
    body = b"".join(
        [
            len(documents).to_bytes(4, "little"),
            len(positions).to_bytes(4, "little"),
            bytes([mask, *widths, 0]),
            array("I", documents).tobytes(),
            array(_FORMATS[widths[0]], counts).tobytes(),
            array(_FORMATS[widths[1]], positions).tobytes(),
            *(column for field, column in enumerate(small) if mask >> field & 1),
        ]
    )
    return crc32(body).to_bytes(4, "little") + body


def decode(block: bytes) -> Postings:
    """Return what `encode` was given; raises DamagedError when the bytes were changed."""
    view = memoryview(block)
    if len(block) < _HEADER or crc32(view[4:]).to_bytes(4, "little") != block[:4]:
        raise DamagedError("a list of postings in the index is damaged")
    size, total = (int.from_bytes(block[at : at + 4], "little") for at in (4, 8))
    mask, count_width, position_width = block[12:15]
    at = _HEADER
    columns = []
    for width, length in ((4, size), (count_width, size), (position_width, total)):
        columns.append(view[at : at + width * length].cast(_FORMATS[width]))
        at += width * length
    small = []
    for field in range(SMALL_FIELDS):
        end = at + size if mask >> field & 1 else at
        small.append(block[at:end])
        at = end
    return Postings(columns[0], columns[1], small, columns[2])


def _width(numbers: Sequence[int]) -> int:
    greatest = max(numbers, default=0)
    return 1 if greatest < 1 << 8 else 2 if greatest < 1 << 16 else 4
