"""A few sentences of a page that show why it was found, and which line of the file they begin on."""

from __future__ import annotations

from omx_wiki.search.analysis import normal, word_spans, words
from omx_wiki.search.markup import heading_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.search.matching import WordTerms
    from omx_wiki.search.page_words import Passage
    from omx_wiki.search.texts import Text

MAX_CHARACTERS = 200
_LEAD = 60
_CUT = "…"
_MARKUP = "#>*-+=|`~ \t"
_BETWEEN = " .,;:)]}`"
_ENDS = (". ", "! ", "? ", "。", "！", "？", "; ")  # noqa: RUF001 - the marks of other scripts


class Snippet:
    """Plain text of at most 200 characters, the ranges to highlight, and the line of the file (from 1)."""

    __slots__ = ("line", "marks", "text")

    def __init__(self, text: str, marks: tuple[tuple[int, int], ...], line: int) -> None:
        self.text = text
        self.marks = marks
        self.line = line


class _Sentence:
    """A sentence, or a line of a list, a table or code."""

    __slots__ = ("is_heading", "line", "text")

    def __init__(self, line: int, text: str, *, is_heading: bool) -> None:
        self.line = line
        self.text = text
        self.is_heading = is_heading


def snippet_of(page: Text, passage: Passage, word_terms: WordTerms) -> Snippet:
    """Return the best sentences of the passage; a page found by its title alone gives its first ones."""
    lines = normal(page.body).split("\n")
    sentences = list(_sentences(lines, passage.line, passage.last_line))
    best = _best(sentences, word_terms)
    if best is None:
        sentences = list(_sentences(lines, 0, len(lines)))
        best = next((at for at, each in enumerate(sentences) if not each.is_heading), 0)
        if not sentences:
            return Snippet("", (), page.body_line)
    text = _cut(_whole_sentences(sentences, best), word_terms)
    return Snippet(text, _marks(text, word_terms), page.body_line + sentences[best].line)


def plain_text(line: str) -> str:
    """Return a line without Markdown's marks at its ends, control characters and repeated blanks."""
    text = " ".join(line.split()).strip(_MARKUP) if not line.isalnum() else line
    return text if text.isprintable() else "".join(char for char in text if char.isprintable())


def _sentences(lines: list[str], first: int, last: int) -> Iterator[_Sentence]:
    for number in range(first, min(last, len(lines))):
        is_heading = bool(heading_text(lines[number]))
        text = plain_text(lines[number])
        while text:
            end = len(text)
            if len(text) > MAX_CHARACTERS or not is_heading:
                ends = [at + len(mark.rstrip()) for mark in _ENDS if (at := text.find(mark)) >= 0]
                end = min(ends, default=end)
            yield _Sentence(number, text[:end], is_heading=is_heading)
            text = text[end:].lstrip(_BETWEEN)


def _best(sentences: list[_Sentence], word_terms: WordTerms) -> int | None:
    """Return the sentence with the most different terms, a heading only if nothing else has any."""
    best, best_key = None, (False, 0)
    for at, sentence in enumerate(sentences):
        found = len({term for word in words(sentence.text) for term in word_terms[word]})
        key = (not sentence.is_heading, found)
        if found and key > best_key:
            best, best_key = at, key
    return best


def _whole_sentences(sentences: list[_Sentence], at: int) -> str:
    """Return the sentence at `at` with those around it that find room.

    Before it come others of its own line only, behind it those up to the next heading.
    """
    text, line = sentences[at].text, sentences[at].line
    for sentence in sentences[at + 1 :]:
        if sentence.is_heading or len(text) + 1 + len(sentence.text) > MAX_CHARACTERS:
            break
        text += " " + sentence.text
    for sentence in reversed(sentences[:at]):
        if sentence.line != line or len(text) + 1 + len(sentence.text) > MAX_CHARACTERS:
            break
        text = sentence.text + " " + text
    return text


def _cut(text: str, word_terms: WordTerms) -> str:
    """Cut a sentence that is too long between words, so that the first term found stays in."""
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
