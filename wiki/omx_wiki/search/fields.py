"""What is searched in a page: four fields of words, counted by term."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from omx_wiki.search.analysis import normal, terms, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.pages.page import Page

FIELDS = ("title", "tags", "headings", "body")
FIELD_WEIGHTS = (0.75, 0.5, 0.3, 1.0)
_MAX_HEADING_MARKS = 6
_FENCES = ("```", "~~~")


class FieldWords:
    """How often each word stands in one field, and how many words the field has."""

    __slots__ = ("counts", "length")

    def __init__(self, text: str) -> None:
        found = words(normal(text))
        self.counts = Counter(found)
        self.length = len(found)


def field_words(page: Page) -> tuple[FieldWords, ...]:
    """Return the words of each of `FIELDS` of `page`."""
    texts = (page.title, "\n".join(page.tags), "\n".join(headings(page.body)), page.body)
    return tuple(map(FieldWords, texts))


def term_counts(counts: Counter[str]) -> dict[str, int]:
    """Return how often each term occurs, given how often each word does."""
    found: dict[str, int] = {}
    for word, count in counts.items():
        for term in terms(word):
            found[term] = found.get(term, 0) + count
    return found


def headings(body: str) -> Iterator[str]:
    """Yield the text of the headings of `body` that begin with `#`, outside of fenced code."""
    if "#" not in body:
        return
    fence = ""
    for line in body.split("\n"):
        fence, is_code = fenced(line, fence)
        if not is_code and (text := heading_text(line)):
            yield text


def heading_text(line: str) -> str:
    """Return the text of a heading line, "" for any other line."""
    if not line.startswith("#"):
        return ""
    text = line.lstrip("#")
    marks = len(line) - len(text)
    return text.strip().rstrip("#").rstrip() if marks <= _MAX_HEADING_MARKS and text[:1] in " \t" else ""


def fenced(line: str, fence: str) -> tuple[str, bool]:
    """Return the fence open after `line`, given that before it ("" for none), and whether `line` is code."""
    text = line.lstrip(" ")
    if fence:
        closes = text.startswith(fence) and not text.strip().strip(fence[0])
        return ("" if closes else fence), True
    if not text.startswith(_FENCES):
        return "", False
    return text[: len(text) - len(text.lstrip(text[0]))], True
