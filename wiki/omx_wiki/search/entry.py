"""What the index remembers of a page besides its words: enough to show and rank a hit without parsing it."""

from __future__ import annotations

import sys

from omx_wiki.hook.page_head import is_pinned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.pages.page import Page
    from omx_wiki.search.page_words import Passage

Fields = tuple[str, str, str, str, tuple[str, ...], str, str, str, bool, int, bytes]


class Entry:
    """One page.

    Attributes:
        kind: "page", "session" or "shared".
        path: the file, relative to the project.
        pinned: whether its front matter says so.
        body_line: the line of the file, from 1, on which the text begins; 0 if only parsing tells the text.
        passages: five numbers of 4 bytes for each passage, see `passages_of`.
    """

    __slots__ = (
        *("kind", "path", "title", "summary", "tags", "category", "confidence", "updated"),
        *("pinned", "body_line", "passages"),
    )

    def __init__(  # noqa: PLR0913, PLR0917 - a record, written and read in this order
        self,
        kind: str,
        path: str,
        title: str,
        summary: str,
        tags: tuple[str, ...],
        category: str,
        confidence: str,
        updated: str,
        pinned: bool,  # noqa: FBT001 - as above
        body_line: int,
        passages: bytes,
    ) -> None:
        self.kind = kind
        self.path = path
        self.title = title
        self.summary = summary
        self.tags = tags
        self.category = category
        self.confidence = confidence
        self.updated = updated
        self.pinned = pinned
        self.body_line = body_line
        self.passages = passages

    def packed(self) -> Fields:
        """Return everything in the order of the arguments."""
        return (
            self.kind,
            self.path,
            self.title,
            self.summary,
            self.tags,
            self.category,
            self.confidence,
            self.updated,
            self.pinned,
            self.body_line,
            self.passages,
        )


def entry_of(page: Page, root: str, passages: list[Passage]) -> Entry:
    """Return the entry for a page that was read, in the project at `root`."""
    path = page.file
    numbers = [(p.start, p.end, p.line, p.heading_start, p.heading_end) for p in passages]
    return Entry(
        page.kind,
        path.removeprefix(root).lstrip("/\\"),
        page.title,
        page.summary,
        page.tags,
        page.category,
        page.confidence,
        page.updated,
        is_pinned(page.meta),
        0 if page.problems else page.body_line,
        b"".join(number.to_bytes(4, sys.byteorder) for each in numbers for number in each),
    )


def passages_of(entry: Entry) -> list[Passage]:
    """Return the passages of the text that an entry is of."""
    from omx_wiki.search.page_words import Passage

    numbers = memoryview(entry.passages).cast("I").tolist()
    found: list[Passage] = []
    for at in range(0, len(numbers), 5):
        start, end, line, heading_start, heading_end = numbers[at : at + 5]
        passage = Passage(start, line, heading_start, heading_end)
        passage.end = end
        if found:
            found[-1].last_line = max(line, found[-1].line + 1)
        found.append(passage)
    return found
