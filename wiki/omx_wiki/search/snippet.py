"""A line or two of a page that show why it was found, and which line of the file they begin on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.search.analysis import normal, word_spans, words
from omx_wiki.search.fields import heading_text

if TYPE_CHECKING:
    from omx_wiki.search.matching import WordTerms
    from omx_wiki.search.passages import Passage
    from omx_wiki.search.texts import Text

MAX_CHARACTERS = 200
_LEAD = 60
_CUT = "…"
_MARKUP = "#>*-+=|`~ \t"


class Snippet:
    """Plain text of at most 200 characters, the ranges to highlight, and the line of the file (from 1)."""

    __slots__ = ("line", "marks", "text")

    def __init__(self, text: str, marks: tuple[tuple[int, int], ...], line: int) -> None:
        self.text = text
        self.marks = marks
        self.line = line


def snippet_of(page: Text, passage: Passage, word_terms: WordTerms) -> Snippet:
    """Return the best lines of the passage; a page found by its title alone gives its first line."""
    lines = normal(page.body).split("\n")
    best = _best_line(lines, passage, word_terms)
    if best is None:
        best = next((at for at, line in enumerate(lines) if line.strip() and not heading_text(line)), 0)
        text = plain_text(lines[best])
    else:
        end = max(passage.last, best + 1)
        text = " ".join(filter(None, (plain_text(line) for line in lines[best:end])))
    text = _cut(text, word_terms)
    return Snippet(text, _marks(text, word_terms), page.body_line + best)


def plain_text(line: str) -> str:
    """Return a line without Markdown's marks at its ends, control characters and repeated blanks."""
    text = " ".join(line.split()).strip(_MARKUP) if not line.isalnum() else line
    return text if text.isprintable() else "".join(char for char in text if char.isprintable())


def _best_line(lines: list[str], passage: Passage, word_terms: WordTerms) -> int | None:
    """Return the line with the most different terms, a heading only if nothing else has any."""
    best, best_key = None, (False, 0)
    for at in range(passage.first, passage.last):
        found = len({term for word in words(lines[at]) for term in word_terms[word]})
        key = (not heading_text(lines[at]), found)
        if found and key > best_key:
            best, best_key = at, key
    return best


def _cut(text: str, word_terms: WordTerms) -> str:
    """Cut `text` to size between words, so that the first term found stays in."""
    if len(text) <= MAX_CHARACTERS:
        return text
    first = next((start for start, word in word_spans(text) if word_terms[word]), 0)
    if first > MAX_CHARACTERS - _LEAD:
        start = text.find(" ", first - _LEAD, first)
        text = _CUT + text[start + 1 if start >= 0 else first :]
    if len(text) <= MAX_CHARACTERS:
        return text
    end = text.rfind(" ", MAX_CHARACTERS - _LEAD, MAX_CHARACTERS)
    return text[: end if end > 0 else MAX_CHARACTERS - 1] + _CUT


def _marks(text: str, word_terms: WordTerms) -> tuple[tuple[int, int], ...]:
    marks: list[tuple[int, int]] = []
    for start, word in word_spans(text):
        if word_terms[word]:
            end = start + len(word)
            if marks and start <= marks[-1][1]:
                start = marks.pop()[0]  # noqa: PLW2901 - overlapping pairs make one mark
            marks.append((start, end))
    return tuple(marks)
