"""The two files of a segment, read: one of pages, one of terms; both are written once and never changed.

A file is data, then a table of what lies where, then 12 bytes: the table's length and checksum and a mark.
Everything read is checked first: tables as a whole, and each record, block of keys and list of postings by
itself, so that a damaged byte is noticed by whoever needs it and costs others nothing.
"""

from __future__ import annotations

import marshal
import os
from zlib import crc32

from omx_wiki.search.postings import DamagedError, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from omx_wiki.search.postings import Postings

PAGES, TERMS = ".pages", ".terms"
MARK = b"omx2"
KEYS_IN_BLOCK = 64
_TAIL = 12
_CHECKSUM = 4

Key = tuple[str, int, int, tuple[str, ...]]
"""A term, where its postings begin and how long they are, and how people write its words."""


class File:
    """An open file of a segment and its table."""

    def __init__(self, path: str) -> None:
        self._handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            size = os.fstat(self._handle).st_size
            tail = self.read(max(size - _TAIL, 0), _TAIL)
            length = int.from_bytes(tail[:4], "little")
            if tail[8:] != MARK:
                length = size + 1
            self.table: Any = _loads(self.read(max(size - _TAIL - length, 0), length), tail[4:8])
        except BaseException:
            os.close(self._handle)
            raise

    def read(self, start: int, length: int) -> bytes:
        """Return bytes of the file; raises DamagedError when there are fewer."""
        found = os.pread(self._handle, length, start) if hasattr(os, "pread") else self._seek(start, length)
        if len(found) != length:
            raise DamagedError("a file of the index is shorter than it was")
        return found

    def record(self, start: int, length: int) -> Any:
        """Return a record, which is its checksum and marshalled data."""
        raw = self.read(start, length)
        return _loads(raw[_CHECKSUM:], raw[:_CHECKSUM])

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)

    def _seek(self, start: int, length: int) -> bytes:
        os.lseek(self._handle, start, os.SEEK_SET)
        return os.read(self._handle, length)


class TermsFile:
    """The terms of a segment in their order, and their postings."""

    def __init__(self, path: str) -> None:
        self._file = File(path)
        self._firsts: list[str] = self._file.table[0]
        self._starts: list[int] = self._file.table[1]
        self._blocks: dict[int, list[Key]] = {}

    def postings(self, term: str) -> Postings | None:
        """Return where a term stands, None when it stands nowhere."""
        at = self._block_of(term)
        for key, start, length, _ in self._keys(at) if at >= 0 else ():
            if key == term:
                return decode(self._file.read(start, length))
        return None

    def keys(self, prefix: str) -> Iterator[Key]:
        """Yield the keys whose term begins with `prefix`, in order."""
        for at in range(max(self._block_of(prefix), 0), len(self._firsts)):
            if self._firsts[at] > prefix and not self._firsts[at].startswith(prefix):
                return
            for key in self._keys(at):
                if key[0].startswith(prefix):
                    yield key

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _block_of(self, term: str) -> int:
        """Return the last block whose first term is not behind `term`, -1 when all are."""
        low, high = 0, len(self._firsts)
        while low < high:
            middle = (low + high) // 2
            if self._firsts[middle] <= term:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def _keys(self, at: int) -> list[Key]:
        if at not in self._blocks:
            start, end = self._starts[at : at + 2]
            self._blocks[at] = self._file.record(start, end - start)
        return self._blocks[at]


def checked(data: bytes) -> bytes:
    """Return `data` with its checksum in front, as `File.record` wants it."""
    return crc32(data).to_bytes(_CHECKSUM, "little") + data


def table_and_tail(table: Any) -> bytes:
    """Return the bytes that end a file."""
    data = marshal.dumps(table)
    return data + len(data).to_bytes(4, "little") + crc32(data).to_bytes(4, "little") + MARK


def _loads(data: bytes, checksum: bytes) -> Any:
    if crc32(data).to_bytes(4, "little") != checksum:
        raise DamagedError("a file of the index is damaged")
    return marshal.loads(data)  # noqa: S302 - private, and the bytes we wrote
