"""Collect postings by document and give them back by term, within bounded memory."""

from __future__ import annotations

import marshal
import os
import tempfile
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

TermPostings = tuple[bytes, list[tuple[int, bytes]]]
"""A term with (document, value) for each document that has it, in order."""

_TERM_BYTES = 200
"""What a term takes in memory besides its postings."""
_HEAD = 8


class PostingPool:
    """What Whoosh's writer puts its postings into, in place of Whoosh's own pool.

    That one keeps, sorts and spills each posting by itself. Here a term's postings are bytes one behind the
    other, an eighth of the memory; what grows too large goes to a file, sorted, and is merged at the end.
    """

    def __init__(self, folder: str, limit: int) -> None:
        """Spill into `folder` whenever about `limit` bytes are held."""
        self._folder = folder
        self._limit = limit
        self._terms: dict[bytes, bytearray] = {}
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Add (field, term, document, weight, value); documents come in ascending order."""
        _, term, document, _, value = posting
        held = self._terms.get(term)
        if held is None:
            held = self._terms[term] = bytearray()
            self._size += _TERM_BYTES
        held += document.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value
        self._size += _HEAD + len(value)
        if self._size > self._limit:
            self._spill()

    def iter_postings(self) -> Iterator[TermPostings]:
        """Yield every term with its postings."""
        held = ((term, bytes(self._terms[term])) for term in sorted(self._terms))
        sources = [*map(_read_run, self._runs), held]  # in this order, which is that of the documents
        for term, pieces in groupby(merge(*sources, key=itemgetter(0)), key=itemgetter(0)):
            yield term, [pair for _, piece in pieces for pair in _pairs(piece)]

    def cleanup(self) -> None:
        """Remove what was spilled."""
        for run in self._runs:
            run.close()
        self._runs.clear()
        self._terms.clear()

    def _spill(self) -> None:
        os.makedirs(self._folder, exist_ok=True)
        run = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `cleanup`
        for term in sorted(self._terms):
            marshal.dump((term, bytes(self._terms[term])), run)
        self._runs.append(run)
        self._terms.clear()
        self._size = 0


def _read_run(run: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    run.seek(0)
    while True:
        try:
            piece: Any = marshal.load(run)  # noqa: S302 - our own file, open since we wrote it
        except EOFError:
            return
        yield piece


def _pairs(piece: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(piece):
        start = at + _HEAD
        end = start + int.from_bytes(piece[at + 4 : start], "little")
        yield int.from_bytes(piece[at : at + 4], "little"), piece[start:end]
        at = end
