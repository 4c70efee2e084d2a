"""What the index knows of each page: enough to see that a file changed, and to show a hit without reading it.

A manifest is one file: a line that names everything its meaning depends on (the stamp), then a checksum, then
marshalled data. Bytes that fail either check are never unmarshalled.
"""

from __future__ import annotations

import marshal
import sys
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from omx_wiki.search.analysis import ANALYZER_VERSION
from omx_wiki.search.digests import UNREADABLE, digest_of

if TYPE_CHECKING:
    from omx_wiki.pages.page import Page
    from omx_wiki.search.source import FileStat

FORMAT = 1
RACY_NS = 2_000_000_000
"""A file changed less than this before it was looked at may change again without a new time stamp."""

FileFacts = tuple[int, int, int]  # size, mtime_ns, checksum


class Entry(NamedTuple):
    """One indexed page.

    Attributes:
        digest: of the file's bytes; b"" unless its time alone cannot tell whether it changed.
        lengths: the number of words in each field.
        body_line: the line of the file, from 1, on which the text begins; 0 if only parsing tells the text.
    """

    size: int
    mtime_ns: int
    digest: bytes
    lengths: tuple[int, ...]
    body_line: int
    kind: str
    title: str
    tags: tuple[str, ...]
    category: str
    updated: str

    def is_current(self, stat: FileStat) -> bool:
        """Whether the file is as it was when it was indexed."""
        if self.mtime_ns != stat.mtime_ns or self.size != stat.size:
            return False
        return not self.digest or self.digest == digest_of(stat.path) != UNREADABLE


class Manifest:
    """One generation: its engine, the page of each document number, the pages, the index's own files."""

    __slots__ = ("engine", "entries", "files", "slugs")

    def __init__(
        self, engine: str, slugs: list[str], entries: dict[str, Entry], files: dict[str, FileFacts]
    ) -> None:
        self.engine = engine
        self.slugs = slugs
        self.entries = entries
        self.files = files


def entry_of(page: Page, stat: FileStat, lengths: tuple[int, ...], digest: bytes) -> Entry:
    """Return the entry for a page that was read after `stat` was taken."""
    return Entry(
        stat.size,
        stat.mtime_ns,
        digest,
        lengths,
        0 if page.problems else page.body_line,
        page.kind,
        page.title,
        page.tags,
        page.category,
        page.updated,
    )


def dump_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest file."""
    entries = {slug: tuple(entry) for slug, entry in manifest.entries.items()}
    data = marshal.dumps((manifest.engine, manifest.slugs, entries, manifest.files))
    return _stamp() + crc32(data).to_bytes(4, "big") + data


def load_manifest(raw: bytes) -> Manifest:
    """Read a manifest file; raises ValueError if it was written for another program or is damaged."""
    stamp = _stamp()
    if not raw.startswith(stamp):
        raise ValueError("the index was written by another version")
    checksum, data = raw[len(stamp) : len(stamp) + 4], memoryview(raw)[len(stamp) + 4 :]
    if crc32(data).to_bytes(4, "big") != checksum:
        raise ValueError("the manifest of the index is damaged")
    engine, slugs, entries, files = marshal.loads(data)  # noqa: S302 - private, stamped and checked
    make = partial(tuple.__new__, Entry)  # `_make` would cost a large wiki more than the reading
    return Manifest(engine, slugs, dict(zip(entries, map(make, entries.values()), strict=True)), files)


def _stamp() -> bytes:
    tag = sys.implementation.cache_tag
    return f"omx-wiki index {FORMAT}, analyzer {ANALYZER_VERSION}, {tag}\n".encode()
