"""What one generation of the index is made of: its segments, the pages deleted from them, its files.

A manifest is one file: a line that names everything its meaning depends on (the stamp), then a checksum, then
marshalled data. Bytes that fail either check are never unmarshalled.
"""

from __future__ import annotations

import marshal
import sys
from zlib import crc32

from omx_wiki.search.analysis import ANALYZER_VERSION

FORMAT = 4
RACY_NS = 2_000_000_000
"""A file changed less than this before it was looked at may change again without a new time stamp."""

FileFacts = tuple[int, int, int]  # size, mtime_ns, checksum
SegmentFacts = tuple[str, int, tuple[int, ...]]  # name, documents, numbers of the deleted ones


class Manifest:
    """One generation.

    Attributes:
        engine: what wrote it; nothing else may change it.
        segments: in the order in which their documents are numbered.
        digests: of the pages whose time alone cannot tell whether they changed, by slug.
        files: size, time and checksum of the generation's files by name.
    """

    __slots__ = ("digests", "engine", "files", "segments")

    def __init__(
        self,
        engine: str,
        segments: list[SegmentFacts],
        digests: dict[str, bytes],
        files: dict[str, FileFacts],
    ) -> None:
        self.engine = engine
        self.segments = segments
        self.digests = digests
        self.files = files

    def pages(self) -> int:
        """Return how many pages the generation has."""
        return sum(documents - len(deleted) for _, documents, deleted in self.segments)


def dump_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest file."""
    segments = [tuple(segment) for segment in manifest.segments]
    data = marshal.dumps((manifest.engine, segments, manifest.digests, manifest.files))
    return _stamp() + crc32(data).to_bytes(4, "big") + data


def load_manifest(raw: bytes) -> Manifest:
    """Read a manifest file; raises ValueError if it was written for another program or is damaged."""
    stamp = _stamp()
    if not raw.startswith(stamp):
        raise ValueError("the index was written by another version")
    checksum, data = raw[len(stamp) : len(stamp) + 4], memoryview(raw)[len(stamp) + 4 :]
    if crc32(data).to_bytes(4, "big") != checksum:
        raise ValueError("the manifest of the index is damaged")
    return Manifest(*marshal.loads(data))  # noqa: S302 - private, stamped and checked


def _stamp() -> bytes:
    tag = sys.implementation.cache_tag
    return f"omx-wiki index {FORMAT}, analyzer {ANALYZER_VERSION}, {tag}, {sys.byteorder}\n".encode()
