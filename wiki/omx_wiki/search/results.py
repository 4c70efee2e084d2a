"""What is asked of a search, and what it answers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class _Value:
    """Equal to another of its kind that has the same attributes."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._attributes() == other._attributes()

    def __hash__(self) -> int:
        return hash(tuple(self._attributes().items()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._attributes().items())
        return f"{type(self).__name__}({shown})"

    def _attributes(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


class Query(_Value):
    """What to search for.

    Attributes:
        text: words; "a phrase" in quotes; `pre*` for what begins so; `-word` for pages without it; `tag:x`,
            `category:x`, `page:x` (a beginning of its name) and `updated:>2026-01` as conditions.
        limit: the most hits to return.
        tags: only pages that have all of them, whatever their case.
        category: only pages of it; "" for any.
        since: only pages updated on this ISO date (or year, or month) or later; "" for any.
        sessions: whether session pages are searched too.
        like: a page whose relatives are sought, by its slug; its subject adds to the text, which may be "".
        explain: whether hits tell what each word gave.
    """

    __slots__ = ("category", "explain", "like", "limit", "sessions", "since", "tags", "text")

    def __init__(  # noqa: PLR0913 - all but the text by name
        self,
        text: str,
        *,
        limit: int = 10,
        tags: tuple[str, ...] = (),
        category: str = "",
        since: str = "",
        sessions: bool = False,
        like: str = "",
        explain: bool = False,
    ) -> None:
        self.text = text
        self.limit = limit
        self.tags = tags
        self.category = category
        self.since = since
        self.sessions = sessions
        self.like = like
        self.explain = explain


class Hit(_Value):
    """One page found.

    Attributes:
        page: its slug.
        path: its file.
        line: the line of the file, from 1, of the first word found in the snippet's best sentence.
        score: comparable within one result only.
        snippet: plain text of at most 200 characters.
        marks: the (start, end) of what to highlight in the snippet.
        reasons: what the score is made of; the last is a factor, the others add up.
        words: with `Query.explain` what each word of the query gave in each field.
    """

    __slots__ = (
        *("page", "title", "path", "line", "score", "snippet", "marks", "tags", "category", "updated"),
        *("kind", "reasons", "words"),
    )

    def __init__(  # noqa: PLR0913 - what is shown of a hit; by name only
        self,
        *,
        page: str,
        title: str,
        path: str,
        line: int,
        score: float,
        snippet: str,
        marks: tuple[tuple[int, int], ...],
        tags: tuple[str, ...],
        category: str,
        updated: str,
        kind: str,
        reasons: tuple[tuple[str, float], ...] = (),
        words: tuple[tuple[str, float], ...] = (),
    ) -> None:
        self.page = page
        self.title = title
        self.path = path
        self.line = line
        self.score = score
        self.snippet = snippet
        self.marks = marks
        self.tags = tags
        self.category = category
        self.updated = updated
        self.kind = kind
        self.reasons = reasons
        self.words = words


class Results(_Value):
    """What a search found.

    Attributes:
        query: the text searched for.
        total: how many pages match.
        complete: how many of them have everything that was asked for.
        relaxed: whether no page has all that was asked for, so that these have some of it.
        behind: how many pages the index does not know as they are; they were read instead.
        hits: the best pages, the best first.
        notes: what a person should know about how the query was understood.
        suggestion: the query with mistyped words put right, "" when none was.
        problem: why the index could not be used, "" when it could or there is none yet.
    """

    __slots__ = ("behind", "complete", "hits", "notes", "problem", "query", "relaxed", "suggestion", "total")

    def __init__(  # noqa: PLR0913 - all but the query by name
        self,
        query: str,
        *,
        total: int = 0,
        complete: int = 0,
        relaxed: bool = False,
        behind: int = 0,
        hits: tuple[Hit, ...] = (),
        notes: tuple[str, ...] = (),
        suggestion: str = "",
        problem: str = "",
    ) -> None:
        self.query = query
        self.total = total
        self.complete = complete
        self.relaxed = relaxed
        self.behind = behind
        self.hits = hits
        self.notes = notes
        self.suggestion = suggestion
        self.problem = problem

    def replaced(self, values: Mapping[str, object]) -> Results:
        """Return the same results with other values of some attributes."""
        return Results(**{**self._attributes(), **values})  # type: ignore[arg-type]  # its own attributes
