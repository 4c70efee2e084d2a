"""The two files of a segment, written; see `segment_files` for what they look like."""

from __future__ import annotations

import marshal
from array import array
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from omx_wiki.search.page_words import BODY, FIELDS
from omx_wiki.search.postings import SMALL_FIELDS, encode
from omx_wiki.search.segment_files import KEYS_IN_BLOCK, checked, table_and_tail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.search.entry import Fields
    from omx_wiki.search.page_words import PageTerms
    from omx_wiki.search.postings import Postings
    from omx_wiki.search.segment_files import Key


_NOWHERE = bytes(SMALL_FIELDS)
_FIXED = SMALL_FIELDS + 2
"""A posting's value is the counts of the small fields, the length of its surfaces, these, then positions."""


class Record(NamedTuple):
    """What the file of pages holds of one page."""

    slug: str
    size: int
    changed_ns: int
    lengths: tuple[int, ...]
    entry: Fields


class PagesWriter:
    """Writes the file of pages: records as they come, columns at the end."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "wb")  # noqa: SIM115 - closed by `close`
        self._slugs: list[str] = []
        self._sizes, self._times, self._ends = array("q"), array("q"), array("q")
        self._lengths = [array("I") for _ in FIELDS]
        self._at = 0

    def add(self, record: Record) -> None:
        """Write the next page."""
        self._at += self._file.write(checked(marshal.dumps(record.entry)))
        self._slugs.append(record.slug)
        self._sizes.append(record.size)
        self._times.append(record.changed_ns)
        self._ends.append(self._at)
        for column, length in zip(self._lengths, record.lengths, strict=True):
            column.append(length)

    def close(self) -> None:
        """Write the columns and end the file."""
        names = "\n".join(self._slugs).encode("utf-8", "surrogatepass")
        columns = [self._sizes, self._times, self._ends, *self._lengths]
        data = b"".join([names, *(column.tobytes() for column in columns)])
        self._file.write(data)
        totals = [sum(column) for column in self._lengths]
        table = (len(self._slugs), self._at, len(data), len(names), crc32(data), totals)
        self._file.write(table_and_tail(table))
        self._file.close()


class TermsWriter:
    """Writes the file of terms, which must come in order."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "wb")  # noqa: SIM115 - closed by `close`
        self._firsts: list[str] = []
        self._blocks: list[bytes] = []
        self._keys: list[Key] = []
        self._at = 0

    def add(self, term: str, values: Iterable[tuple[int, bytes]]) -> None:
        """Write the postings of a term: pairs of a document's number and its `posting_value`."""
        documents, small, counts, positions = [], [], [], []
        surfaces: set[bytes] = set()
        for document, value in values:
            end = _FIXED
            if length := value[SMALL_FIELDS] | value[SMALL_FIELDS + 1] << 8:
                end += length
                surfaces.update(value[_FIXED:end].split())
            documents.append(document)
            small.append(value[:SMALL_FIELDS])
            counts.append((len(value) - end) // 4)
            positions.append(value[end:])
        rows, joined = b"".join(small), array("I", b"".join(positions))
        block = encode(
            documents, [rows[field::SMALL_FIELDS] for field in range(SMALL_FIELDS)], counts, joined
        )
        written = tuple(sorted(surface.decode() for surface in surfaces))
        self._keys.append((term, self._at, len(block), written))
        self._at += self._file.write(block)
        if len(self._keys) == KEYS_IN_BLOCK:
            self._end_block()

    def close(self) -> None:
        """Write the keys and end the file."""
        if self._keys:
            self._end_block()
        starts = [self._at]
        for block in self._blocks:
            starts.append(starts[-1] + self._file.write(block))
        self._file.write(table_and_tail((self._firsts, starts)))
        self._file.close()

    def _end_block(self) -> None:
        self._firsts.append(self._keys[0][0])
        self._blocks.append(checked(marshal.dumps(self._keys)))
        self._keys = []


def posting_value(term: str, page: PageTerms) -> bytes:
    """Return what a posting says of one term in one page: counts, ways to write it, positions."""
    surfaces = " ".join(page.surfaces[term]).encode() if term in page.surfaces else b""
    counts = bytes(page.counts.get(term, _NOWHERE))
    positions = array("I", page.positions.get(term, ()))
    return counts + len(surfaces).to_bytes(2, "little") + surfaces + positions.tobytes()


def posting_values(postings: Postings, surfaces: Iterable[str]) -> list[tuple[int, bytes]]:
    """Return (document, `posting_value`) of all that a segment has of one term, to be written once more."""
    found = []
    start = 0
    written = " ".join(surfaces).encode()
    for at, (document, count) in enumerate(zip(postings.documents, postings.counts, strict=True)):
        small = bytes(column[at] if column else 0 for column in postings.small)
        positions = array("I", postings.positions[start : start + count])
        value = [small, len(written).to_bytes(2, "little"), written, positions.tobytes()]
        found.append((document, b"".join(value)))
        start += count
    return found


assert BODY == SMALL_FIELDS  # the body is the last field: its counts are those of the positions  # noqa: S101
