"""One index of a project, open for reading: its segments, and which of their documents count."""

from __future__ import annotations

from omx_wiki.search.generations import open_generation
from omx_wiki.search.segment import Segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

Stamp = tuple[int, int]
"""Size in bytes of a page file, and when the system saw it change last in nanoseconds."""


class Shelf:
    """The current generation of one index; it takes no lock and writes nothing.

    Attributes:
        name: which index it is.
        folder: the generation's folder.
        manifest: what it is made of.
        segments: its parts.
        deleted: for each of them the numbers of the documents that do not count.
    """

    def __init__(self, project: Project, name: str) -> None:
        """Open the index `name` of the project.

        Raises:
            UnusableIndexError: there is none, or none that may be opened.
            OSError, ValueError: it is damaged.
        """
        self.name = name
        self.folder, self.manifest = open_generation(project, name)
        self.segments: list[Segment] = []
        self.deleted: list[set[int]] = []
        try:
            for segment, documents, deleted in self.manifest.segments:
                self.segments.append(Segment(self.folder, segment, documents))
                self.deleted.append(set(deleted).intersection(range(documents)))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all files."""
        for segment in self.segments:
            segment.close()

    def stamps(self) -> dict[str, Stamp]:
        """Return what the file of each page was like when it was indexed."""
        found: dict[str, Stamp] = {}
        for segment, deleted in zip(self.segments, self.deleted, strict=True):
            mine = dict(zip(segment.slugs, zip(segment.sizes, segment.times, strict=True), strict=True))
            for document in deleted:
                del mine[segment.slugs[document]]
            found |= mine
        return found

    def documents(self) -> Iterator[tuple[int, int, str]]:
        """Yield the segment, number and page of every document that counts."""
        for at, (segment, deleted) in enumerate(zip(self.segments, self.deleted, strict=True)):
            for document, slug in enumerate(segment.slugs):
                if document not in deleted:
                    yield at, document, slug

    def numbers(self, slugs: set[str]) -> list[int]:
        """Return the numbers of the documents of these pages, counted through all segments."""
        starts = [0]
        for segment in self.segments:
            starts.append(starts[-1] + len(segment))
        return [starts[at] + document for at, document, slug in self.documents() if slug in slugs]
