"""What is searched for: words of one page, a question made of them, and a slip of the fingers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("words", "question", "typo")
FTS5_QUERY = """\
SELECT title, snippet(pages, 1, '[', ']', '…', 24) FROM pages WHERE pages MATCH ? ORDER BY rank LIMIT 5
"""


class QuerySet(NamedTuple):
    """Queries of one kind; each round of a measurement takes the next."""

    kind: str
    texts: tuple[str, ...]

    def text(self, number: int) -> str:
        """Return the query of a round."""
        return self.texts[number % len(self.texts)]


def query_sets(words: Sequence[str]) -> list[QuerySet]:
    """Return one set of each of `KINDS` from queries of three words: a rare, a middling and a common one."""
    made = (words, [question(text) for text in words], [with_typo(text) for text in words])
    return [QuerySet(kind, tuple(texts)) for kind, texts in zip(KINDS, made, strict=True)]


def question(words: str) -> str:
    """Ask for three words as a person would."""
    rare, middling, common = words.split()
    return f"how do I keep the {middling} from failing when {rare} is out of {common}?"


def with_typo(words: str) -> str:
    """Swap the two letters before the last one of the longest word."""
    longest = max(words.split(), key=len)
    mistyped = longest[:-3] + longest[-2:-1] + longest[-3:-2] + longest[-1:]
    return words.replace(longest, mistyped, 1)


def fts5_match(words: str) -> str:
    """Return the query as SQLite's FTS5 takes it: any of the words."""
    return " OR ".join(f'"{word}"' for word in words.replace("?", "").split())
