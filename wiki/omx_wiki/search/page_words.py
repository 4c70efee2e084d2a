"""What is searched in a page: which terms stand in each field, where in the text, and its passages."""

from __future__ import annotations

from omx_wiki.search.analysis import normal, surface, terms, words
from omx_wiki.search.markup import fenced, heading_text, inline_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from omx_wiki.pages.page import Page

FIELDS = ("title", "aliases", "tags", "headings", "code", "body")
TITLE, ALIASES, TAGS, HEADINGS, CODE, BODY = range(len(FIELDS))
PASSAGE_WORDS = 120
MOST_COUNTED = 255
NO_LINE = 1 << 62
"""Beyond the last line of any text."""


class Passage:
    """Some neighbouring words of a text, with the heading they stand under.

    Attributes:
        start: position of the first word.
        end: position beyond the last word.
        line: index of the line of the text on which it starts.
        last_line: index of the line on which the next passage starts, always greater than `line`.
        heading_start: position of the first word of the heading, equal to `heading_end` without one.
        heading_end: position beyond the heading's last word.
    """

    __slots__ = ("end", "heading_end", "heading_start", "last_line", "line", "start")

    def __init__(self, start: int, line: int, heading_start: int, heading_end: int) -> None:
        self.start = self.end = start
        self.line = line
        self.last_line = NO_LINE
        self.heading_start = heading_start
        self.heading_end = heading_end


class PageWords:
    """A page taken apart into words as they are written; what they mean to the index is asked later.

    Attributes:
        lengths: the number of words in each of `FIELDS`.
        counts: for each word how often it stands in each field but the body.
        positions: for each word where it stands in the body, as numbers of words.
        passages: those of the body, in order.
    """

    __slots__ = ("counts", "lengths", "passages", "positions")

    def __init__(self, page: Page) -> None:
        self.lengths = [0] * len(FIELDS)
        self.counts: dict[str, bytearray] = {}
        self.positions: dict[str, list[int]] = {}
        self.passages: list[Passage] = []
        self._count(TITLE, words(normal(page.title)))
        self._count(ALIASES, words(normal("\n".join(_aliases(page)))))
        self._count(TAGS, words(normal("\n".join(page.tags))))
        self._read(normal(page.body))

    def _count(self, field: int, found: list[str]) -> None:
        self.lengths[field] += len(found)
        for word in found:
            counts = self.counts.setdefault(word, bytearray(BODY))
            counts[field] = min(counts[field] + 1, MOST_COUNTED)

    def _read(self, body: str) -> None:
        passages = _Passages()
        positions = self.positions
        fence, at = "", 0
        for number, line in enumerate(body.split("\n")):
            fence, is_code = fenced(line, fence)
            found = words(line)
            is_heading = not is_code and bool(heading_text(line))
            if is_heading:
                self._count(HEADINGS, found)
            elif is_code or "`" in line:
                self._count(CODE, found if is_code else words(inline_code(line)))
            for place, word in enumerate(found, at):
                if word in positions:
                    positions[word].append(place)
                else:
                    positions[word] = [place]
            at += len(found)
            passages.add(number, at, is_heading=is_heading)
        self.lengths[BODY] = at
        self.passages = passages.made


class PageTerms:
    """What a page means to the index.

    Attributes:
        counts: for each term how often it stands in each field but the body.
        positions: for each term where it stands in the body, as numbers of words.
        surfaces: for each stem how its words are written.
    """

    __slots__ = ("counts", "positions", "surfaces")

    def __init__(self, page_words: PageWords) -> None:
        self.counts: dict[str, bytearray] = {}
        self.positions: dict[str, list[int]] = {}
        self.surfaces: dict[str, set[str]] = {}
        for word, where in page_words.positions.items():
            for term in terms(word):
                known = self.positions.get(term)
                self.positions[term] = where if known is None else sorted(known + where)
            if written := surface(word):
                self.surfaces.setdefault(terms(word)[0], set()).add(written)
        for word, counts in page_words.counts.items():
            for term in terms(word):
                add_counts(self.counts.setdefault(term, bytearray(BODY)), counts)
            if written := surface(word):
                self.surfaces.setdefault(terms(word)[0], set()).add(written)

    def all(self) -> Iterable[str]:
        """Return every term of every field, once."""
        return dict.fromkeys([*self.positions, *self.counts])


def add_counts(total: bytearray, counts: Sequence[int]) -> None:
    """Add to counts of the small fields, up to what a byte holds."""
    for field, count in enumerate(counts):
        total[field] = min(total[field] + count, MOST_COUNTED)


class _Passages:
    """Cuts a text into passages at headings and between lines, only very long lines inside."""

    def __init__(self) -> None:
        self.made = [Passage(0, 0, 0, 0)]
        self._heading = (0, 0)

    def add(self, line: int, end: int, *, is_heading: bool) -> None:
        """Add a line that ends before the word number `end`."""
        last = self.made[-1]
        start = last.end
        if is_heading:  # its words are the first of its passage and need not be counted twice
            self._heading = (start, end)
            last = self._begin(Passage(start, line, start, start))
        elif start - last.start >= PASSAGE_WORDS:
            last = self._begin(Passage(start, line, *self._heading))
        while end - last.start > 2 * PASSAGE_WORDS:
            last.end = last.start + PASSAGE_WORDS
            last = self._begin(Passage(last.end, line, *self._heading))
        last.end = end

    def _begin(self, passage: Passage) -> Passage:
        if self.made[-1].end == self.made[-1].start:
            self.made[-1] = passage
        else:
            self.made.append(passage)
        return passage


def _aliases(page: Page) -> list[str]:
    found = page.meta.get("aliases", [])
    return [found] if isinstance(found, str) else found
