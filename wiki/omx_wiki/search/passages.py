"""The best passage of a page: it adds to the page's score and gives the hit its line and snippet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.search.analysis import normal, words
from omx_wiki.search.fields import fenced, heading_text
from omx_wiki.search.scoring import saturation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from omx_wiki.search.matching import WordTerms
    from omx_wiki.search.texts import Text

PASSAGE_WORDS = 120
_NEAR = 8
_PROXIMITY = 0.3


class Passage:
    """Some neighbouring lines of a body.

    Attributes:
        first: index of the first line.
        last: index one beyond the last line.
        length: words in it and in the headings above it.
        counts: occurrences of each wanted term.
    """

    __slots__ = ("counts", "first", "last", "length")

    def __init__(self, first: int) -> None:
        self.first = self.last = first
        self.length = 0
        self.counts: dict[str, int] = {}

    def add(self, length: int, found: Sequence[tuple[int, str]]) -> None:
        """Count the words of one more line."""
        self.length += length
        for _, term in found:
            self.counts[term] = self.counts.get(term, 0) + 1


class PageReader:
    """Reads a page for one query: its passages, and where the query's terms stand near each other."""

    def __init__(
        self, word_terms: WordTerms, values: Mapping[str, float], neighbours: Mapping[str, int]
    ) -> None:
        """Take the value of each term, and for each term the place of its word in the query."""
        self._word_terms = word_terms
        self._values = values
        self._places = neighbours

    def best_passage(self, page: Text) -> tuple[float, Passage]:
        """Return what the page's passages add to its score, and the best of them."""
        passages, occurrences = self._read(page)
        best = max(passages, key=self._value)
        return self._value(best) + self._closeness(occurrences), best

    def _value(self, passage: Passage) -> float:
        relative = passage.length / PASSAGE_WORDS
        return sum(self._values[term] * saturation(count, relative) for term, count in passage.counts.items())

    def _read(self, page: Text) -> tuple[list[Passage], list[tuple[int, str]]]:
        title_length, in_title = self._find(page.title)
        heading_length, in_heading = 0, []
        passages: list[Passage] = []
        occurrences: list[tuple[int, str]] = []
        at = 0
        for number, line, heading in _lines(normal(page.body)):
            length, found = self._find(line)
            if heading:
                heading_length, in_heading = length, found
            if not passages or heading or passages[-1].length - title_length >= PASSAGE_WORDS:
                passages.append(Passage(number))
                passages[-1].add(title_length, in_title)
                if not heading:
                    passages[-1].add(heading_length, in_heading)
            passages[-1].last = number + 1
            passages[-1].add(length, found)
            occurrences += [(at + offset, term) for offset, term in found]
            at += length
        return passages or [Passage(0)], occurrences

    def _find(self, line: str) -> tuple[int, list[tuple[int, str]]]:
        """Return about how many words a line has, and where in it the wanted terms stand."""
        word_terms = self._word_terms
        if line.isascii() and not word_terms.may_be_in(line):
            return line.count(" ") + 1 if line else 0, []
        found = words(line)
        return len(found), [(at, term) for at, word in enumerate(found) for term in word_terms[word]]

    def _closeness(self, occurrences: list[tuple[int, str]]) -> float:
        """Return a bonus for neighbours in the query that stand near each other in the text."""
        last: dict[int, tuple[int, str]] = {}
        pairs: dict[tuple[int, int], tuple[int, float]] = {}
        for at, term in occurrences:
            place = self._places[term]
            for other in (place - 1, place + 1):
                if other in last and at - last[other][0] <= _NEAR:
                    pair = (min(place, other), max(place, other))
                    value = min(self._values[term], self._values[last[other][1]])
                    pairs[pair] = (pairs.get(pair, (0, 0.0))[0] + 1, value)
            last[place] = (at, term)
        return sum(_PROXIMITY * value * count * 2.2 / (count + 1.2) for count, value in pairs.values())


def _lines(body: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the index of each line, the line, and whether it is a heading."""
    fence = ""
    for number, line in enumerate(body.split("\n")):
        fence, is_code = fenced(line, fence)
        yield number, line, not is_code and bool(heading_text(line))
