"""A few sentences of a page that show why it was found, and the line of the file that leads to the match."""

from __future__ import annotations

from omx_wiki.search.analysis import normal, word_spans, words
from omx_wiki.search.sentences import HEADING, PROSE, sentences_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.search.matching import WordTerms
    from omx_wiki.search.page_words import Passage
    from omx_wiki.search.sentences import Sentence
    from omx_wiki.search.texts import Text

MAX_CHARACTERS = 200
_LEAD = 60
_CUT = "…"


class Snippet:
    """Plain text of at most 200 characters, the ranges to highlight, and the line of the file (from 1)."""

    __slots__ = ("line", "marks", "text")

    def __init__(self, text: str, marks: tuple[tuple[int, int], ...], line: int) -> None:
        self.text = text
        self.marks = marks
        self.line = line


def snippet_of(page: Text, passage: Passage, word_terms: WordTerms) -> Snippet:
    """Return the best sentences of the passage; a page found by its title alone gives its first ones.

    The line is that of the first word found in the best sentence, which others may stand before.
    """
    lines = normal(page.body).split("\n")
    sentences = _telling(page, lines, passage.line, passage.last_line)
    best = _best(sentences, word_terms)
    if best is None:
        sentences = _telling(page, lines, 0, len(lines))
        best = next((at for at, each in enumerate(sentences) if each.kind != HEADING), 0)
        if not sentences:
            return Snippet("", (), page.body_line)
    sentence = sentences[best]
    first = next((start for start, word in word_spans(sentence.text) if word_terms[word]), 0)
    text = _cut(_whole_sentences(sentences, best), word_terms)
    return Snippet(text, _marks(text, word_terms), page.body_line + sentence.line_at(first))


def _telling(page: Text, lines: list[str], first: int, last: int) -> list[Sentence]:
    """Return the sentences of some lines without the heading that is the page's title again."""
    title = normal(page.title).casefold()
    return [
        each
        for each in sentences_of(lines, first, last)
        if each.kind != HEADING or each.text.casefold() != title
    ]


def _best(sentences: list[Sentence], word_terms: WordTerms) -> int | None:
    """Return the sentence with the most different terms, a heading only if nothing else has any."""
    best, best_key = None, (False, 0)
    for at, sentence in enumerate(sentences):
        found = len({term for word in words(sentence.text) for term in word_terms[word]})
        key = (sentence.kind != HEADING, found)
        if found and key > best_key:
            best, best_key = at, key
    return best


def _whole_sentences(sentences: list[Sentence], at: int) -> str:
    """Return the sentence at `at` with those of its block that find room, first behind, then before it.

    Behind it may come those of the next paragraph too, but never a list, a table, a quote, code or a heading.
    """
    best = sentences[at]
    text = best.text
    for sentence in sentences[at + 1 :]:
        is_prose = sentence.kind == best.kind == PROSE
        if not (sentence.block == best.block or is_prose) or not _finds_room(text, sentence):
            break
        text += " " + sentence.text
    for sentence in reversed(sentences[:at]):
        if sentence.block != best.block or not _finds_room(text, sentence):
            break
        text = sentence.text + " " + text
    return text


def _finds_room(text: str, sentence: Sentence) -> bool:
    return len(text) + 1 + len(sentence.text) <= MAX_CHARACTERS


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
