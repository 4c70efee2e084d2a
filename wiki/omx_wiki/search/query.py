"""Search the pages of a project: ranked hits that are right whatever the state of the index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import InvalidInputError
from omx_wiki.search.analysis import normal
from omx_wiki.search.corpus import BrokenIndexError, Corpus
from omx_wiki.search.matching import WordTerms
from omx_wiki.search.passages import PageReader
from omx_wiki.search.request import parse_request
from omx_wiki.search.resolving import Resolved, has_phrase
from omx_wiki.search.scoring import page_scores, rarity
from omx_wiki.search.snippet import snippet_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from omx_wiki.project import Project
    from omx_wiki.search.manifest import Entry
    from omx_wiki.search.passages import Passage
    from omx_wiki.search.request import Clause, Request
    from omx_wiki.search.source import PageSource
    from omx_wiki.search.texts import Text

_HANDFUL = 5
_READ_AT_LEAST = 24
_BODY = 3
_EQUAL = 1e-6
_DATE = r"\d{4}(-\d\d(-\d\d([T ].*)?)?)?\Z"


class Query(NamedTuple):
    """What to search for.

    Attributes:
        text: words; "a phrase" in quotes; `pre*` for what begins so; `-word` for pages without it.
        limit: the most hits to return.
        tags: only pages that have all of them, whatever their case.
        category: only pages of it; "" for any.
        since: only pages updated on this ISO date (or year, or month) or later; "" for any.
        sessions: whether session pages are searched too.
    """

    text: str
    limit: int = 10
    tags: tuple[str, ...] = ()
    category: str = ""
    since: str = ""
    sessions: bool = False


class Hit(NamedTuple):
    """One page found.

    Attributes:
        page: its slug.
        path: its file.
        line: the line of the file, from 1, on which the snippet begins.
        score: comparable within one result only.
        snippet: plain text of at most 200 characters.
        marks: the (start, end) of what to highlight in the snippet.
    """

    page: str
    title: str
    path: str
    line: int
    score: float
    snippet: str
    marks: tuple[tuple[int, int], ...]
    tags: tuple[str, ...]
    category: str
    updated: str
    kind: str


class Results(NamedTuple):
    """What a search found.

    Attributes:
        query: the text searched for.
        total: how many pages match.
        relaxed: whether no page has all that was asked for, so that these have some of it.
        behind: how many pages the index does not know as they are; they were read instead.
        hits: the best pages, the best first.
        notes: what a person should know about how the query was understood.
    """

    query: str
    total: int
    relaxed: bool
    behind: int
    hits: tuple[Hit, ...]
    notes: tuple[str, ...]


def search(project: Project, store: PageSource, request: Query) -> Results:
    """Return the pages that match, as their files are now; nothing is written and no lock is taken.

    Pages with everything that was asked for are returned if there are five or more, else pages with some of
    it as well.
    A text of nothing but punctuation finds nothing and says so in the notes.

    Raises:
        InvalidInputError: the text is empty, the limit below 1, or `since` no ISO date.
    """
    _require_valid(request)
    parsed = parse_request(request.text)
    if not parsed.wanted:
        return Results(request.text, 0, relaxed=False, behind=0, hits=(), notes=tuple(parsed.notes))
    try:
        with Corpus(project, store, sessions=request.sessions) as corpus:
            return _Search(corpus, request, parsed).run()
    except BrokenIndexError:
        parsed = parse_request(request.text)
        with Corpus(project, store, sessions=request.sessions, use_index=False) as corpus:
            return _Search(corpus, request, parsed).run()


def _require_valid(request: Query) -> None:
    if not request.text.strip():
        raise InvalidInputError("there is nothing to search for", "give one or more words")
    if request.limit < 1:
        raise InvalidInputError(f"cannot return {request.limit} hits", "ask for at least 1")
    if request.since and not re.match(_DATE, request.since):
        raise InvalidInputError(f"{request.since!r} is no date", "write it as 2026-01-31")


class _Search:
    """One query on one corpus."""

    def __init__(self, corpus: Corpus, request: Query, parsed: Request) -> None:
        self._corpus = corpus
        self._request = request
        self._notes = parsed.notes
        self._resolved = Resolved(parsed, corpus)
        self._unwanted = parsed.unwanted
        self._word_terms = WordTerms(self._resolved.names)
        self._relaxed = False

    def run(self) -> Results:
        matching = self._matching()
        ranked = self._ranked(matching)
        hits = tuple(self._hit(*found) for found in ranked)
        behind = self._corpus.behind
        return Results(self._request.text, len(matching), self._relaxed, behind, hits, tuple(self._notes))

    def _matching(self) -> set[str]:
        """Return the pages to rank: those with all clauses, or when they are few those with any."""
        resolved = self._resolved
        unwanted = set().union(*(self._pages(clause) for clause in self._unwanted))
        eligible = {
            slug for slug, entry in self._corpus.entries.items() if self._is_eligible(entry)
        } - unwanted
        having = [self._pages(clause) & eligible for clause in resolved.clauses]
        every = set.intersection(*having)
        if not every and any(clause.phrase for clause in resolved.clauses):
            having = [resolved.pages(clause) & eligible for clause in resolved.clauses]
            every = set.intersection(*having)
            self._relaxed = bool(every)
            self._notes.append("no page has the quoted words side by side")
        if len(every) >= _HANDFUL or len(having) == 1:
            return every
        some = set().union(*having)
        self._relaxed = self._relaxed or (not every and bool(some))
        return some

    def _pages(self, clause: Clause) -> set[str]:
        found = self._resolved.pages(clause)
        return {slug for slug in found if self._has_phrase(slug, clause)} if clause.phrase else found

    def _has_phrase(self, slug: str, clause: Clause) -> bool:
        page = self._corpus.text(slug)
        if page is None:
            return False
        return any(has_phrase(normal(text), clause.phrase) for text in (page.title, page.body))

    def _eligible(self) -> AbstractSet[str]:
        entries, request = self._corpus.entries, self._request
        if not (request.category or request.since or request.tags):
            return entries.keys()
        return {slug for slug, entry in entries.items() if self._is_eligible(entry)}

    def _is_eligible(self, entry: Entry) -> bool:
        request = self._request
        if request.category and entry.category.casefold() != request.category.casefold():
            return False
        if request.since and entry.updated[: len(request.since)] < request.since:
            return False
        if not request.tags:
            return True
        return {tag.casefold() for tag in request.tags} <= {tag.casefold() for tag in entry.tags}

    def _ranked(self, matching: set[str]) -> list[tuple[float, str, Text, Passage]]:
        """Return the best pages with their scores; the best by terms are read and ranked by passages too."""
        scores = page_scores(self._corpus, self._resolved.counts, self._resolved.weights())
        count = max(_READ_AT_LEAST, self._request.limit)
        order = self._sorted(_highest([(scores.get(slug, 0.0), slug) for slug in matching], count))
        reader = self._reader()
        found: dict[str, tuple[float, str, Text, Passage]] = {}
        for score, slug in order[:count]:
            page = self._corpus.text(slug)
            if page is not None:
                bonus, passage = reader.best_passage(page)
                found[slug] = (score + bonus, slug, page, passage)
        best = self._sorted([(score, slug) for score, slug, _, _ in found.values()])
        return [found[slug] for _, slug in best[: self._request.limit]]

    def _sorted(self, scored: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
        """Return the best first; equal ones the newest first, then by name."""
        entries = self._corpus.entries
        by_name = sorted(scored, key=lambda pair: pair[1])
        by_age = sorted(by_name, key=lambda pair: entries[pair[1]].updated, reverse=True)
        return sorted(by_age, key=lambda pair: -round(pair[0], 6))

    def _reader(self) -> PageReader:
        resolved = self._resolved
        weights = resolved.weights()
        values = {
            term: weight * rarity(len(self._corpus), len(resolved.counts[term][_BODY]))
            for term, weight in weights.items()
        }
        places: dict[str, int] = {}
        for place, clause in enumerate(resolved.clauses):
            for term in clause.terms:
                places.setdefault(term, place)
        return PageReader(self._word_terms, values, places)

    def _hit(self, score: float, slug: str, page: Text, passage: Passage) -> Hit:
        snippet = snippet_of(page, passage, self._word_terms)
        entry = self._corpus.entries[slug]
        return Hit(
            page=slug,
            title=entry.title,
            path=self._corpus.paths[slug],
            line=snippet.line,
            score=round(score, 4),
            snippet=snippet.text,
            marks=snippet.marks,
            tags=entry.tags,
            category=entry.category,
            updated=entry.updated,
            kind=entry.kind,
        )


def _highest(scored: list[tuple[float, str]], count: int) -> list[tuple[float, str]]:
    """Return the `count` pairs of the highest scores and all that equal the last of them, in no order."""
    if len(scored) <= count:
        return scored
    least = sorted((score for score, _ in scored), reverse=True)[count - 1] - _EQUAL
    return [pair for pair in scored if pair[0] >= least]
