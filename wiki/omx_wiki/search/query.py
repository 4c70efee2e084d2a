"""Search the pages of a project: ranked hits that are right whatever the state of the index."""

from __future__ import annotations

from omx_wiki.errors import InvalidInputError
from omx_wiki.search.conditions import is_date
from omx_wiki.search.corpus import BrokenIndexError, Corpus
from omx_wiki.search.matching import WordTerms
from omx_wiki.search.ranking import Ranked, ranked
from omx_wiki.search.request import parse_request
from omx_wiki.search.resolving import Resolved
from omx_wiki.search.results import Hit, Query, Results
from omx_wiki.search.snippet import snippet_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.project import Project
    from omx_wiki.search.explaining import Explanation
    from omx_wiki.search.request import Clause, Request
    from omx_wiki.search.reranking import Reranker
    from omx_wiki.search.source import PageSource

__all__ = ["Hit", "Query", "Results", "search"]

_HANDFUL = 5


def search(project: Project, store: PageSource, query: Query, reranker: Reranker | None = None) -> Results:
    """Return the pages that match, as their files are now; nothing is written and no lock is taken.

    Pages with everything that was asked for are returned if there are five or more, else pages with some of
    it as well. A text of nothing but punctuation finds nothing and says so in the notes. With a re-ranker the
    best pages are put in its order (`omx_wiki.search.reranking`).

    Raises:
        InvalidInputError: the text is empty, the limit below 1, or `since` no ISO date.
        NotFoundError: there is no page `like`.
    """
    _require_valid(query)
    problem = ""
    try:
        with Corpus(project, store, sessions=query.sessions) as corpus:
            return _Search(corpus, query, _parsed(query, store, corpus), reranker).run()
    except BrokenIndexError as error:
        problem = str(error)
    with Corpus(project, store, sessions=query.sessions, use_index=False) as corpus:
        found = _Search(corpus, query, _parsed(query, store, corpus), reranker).run()
        return found.replaced({"problem": problem})


def _require_valid(query: Query) -> None:
    if not query.text.strip() and not query.like:
        raise InvalidInputError("there is nothing to search for", "give one or more words")
    if query.limit < 1:
        raise InvalidInputError(f"cannot return {query.limit} hits", "ask for at least 1")
    if query.since and not is_date(query.since):
        raise InvalidInputError(f"{query.since!r} is no date", "write it as 2026-01-31")


def _parsed(query: Query, store: PageSource, corpus: Corpus) -> Request:
    request = parse_request(query.text)
    if query.like:
        from omx_wiki.search.similar import clauses_like

        request.wanted += clauses_like(store.read(query.like), corpus)
        request.notes.clear()
    for tag in query.tags:
        request.conditions.add("tags", tag)
    if query.category:
        request.conditions.add("category", query.category)
    if query.since:
        request.conditions.add("updated", query.since, ">=")
    return request


class _Search:
    """One query on one corpus."""

    def __init__(self, corpus: Corpus, query: Query, request: Request, reranker: Reranker | None) -> None:
        self._corpus = corpus
        self._reranker = reranker
        self._query = query
        self._request = request
        self._resolved = Resolved(request, corpus)
        self._relaxed = self._resolved.is_guess
        self._has_everything = not self._relaxed
        self._left_out: dict[str, set[int]] = {}
        self._complete: set[int] | None = None

    def run(self) -> Results:
        resolved, corpus = self._resolved, self._corpus
        matching = self._matching()
        self._tell_what_was_left_out(matching)
        word_terms = WordTerms(resolved.names)
        best = self._best(matching)
        explanation = self._explanation(best)
        found = (self._hit(each, word_terms, explanation) for each in best)
        return Results(
            self._query.text,
            total=len(matching),
            complete=len(matching if self._complete is None else self._complete) * self._has_everything,
            relaxed=self._relaxed and bool(matching),
            behind=corpus.behind,
            hits=tuple(hit for hit in found if hit),
            notes=tuple(self._request.notes),
            suggestion=resolved.suggestion,
            problem=corpus.problem,
        )

    def _best(self, matching: set[int]) -> list[Ranked]:
        limit = self._query.limit
        if self._reranker is None:
            return ranked(self._corpus, self._resolved, matching, limit, self._complete)
        from omx_wiki.search.reranking import MOST_READ, reranked

        best = ranked(self._corpus, self._resolved, matching, max(limit, MOST_READ), self._complete)
        return reranked(self._query.text, best, self._corpus, self._reranker)[:limit]

    def _matching(self) -> set[int]:
        """Return the documents to rank: those with all clauses, or when they are few those with any."""
        if not self._resolved.clauses:
            return self._unasked()
        having = [self._having(clause) for clause in self._resolved.clauses]
        if self._query.like:
            return set().union(*having) - {self._corpus.find(self._query.like)}
        every = set.intersection(*having)
        if len(every) >= _HANDFUL:
            return every
        self._complete = every
        some = set().union(*having)
        similar = self._meaning_the_same()
        if similar and not some:
            self._request.notes.append(
                "no page has these words; searched for words that mean nearly the same"
            )
        self._relaxed = self._relaxed or (not every and bool(some or similar))
        return some | similar

    def _having(self, clause: Clause) -> set[int]:
        """Return the documents that have a clause; for a phrase that none has those with its words."""
        exact = self._resolved.exact_pages(clause)
        found = self._fulfilling(exact)
        if found or not clause.phrase:
            return found
        found = self._fulfilling(self._resolved.pages(clause))
        if found:
            self._has_everything, self._relaxed = False, True
            other = "other " if exact else ""
            self._request.notes.append(f"no {other}page has the quoted words side by side")
        return found

    def _meaning_the_same(self) -> set[int]:
        """Return the documents that have words that may stand for those of the query."""
        self._resolved.add_synonyms()
        having = (self._resolved.having_all((term,)) for term in self._resolved.synonyms)
        return self._fulfilling(set().union(*having))

    def _unasked(self) -> set[int]:
        """Return what fulfils the conditions when there are no words; nothing when there are none either."""
        return self._fulfilling(set(self._corpus.numbers())) if self._request.conditions else set()

    def _fulfilling(self, numbers: set[int]) -> set[int]:
        """Return those of the documents that fulfil the conditions and have no unwanted words."""
        conditions, corpus = self._request.conditions, self._corpus
        if conditions:
            numbers = {
                number for number in numbers if conditions.hold(corpus.slug(number), corpus.entry(number))
            }
        for clause in self._request.unwanted:
            having = numbers & self._resolved.exact_pages(clause)
            self._left_out.setdefault(clause.text, set()).update(having)
            numbers = numbers - having
        return numbers

    def _tell_what_was_left_out(self, matching: set[int]) -> None:
        """Say which excluded words took pages away when few are left: one may have been meant otherwise."""
        if len(matching) >= _HANDFUL:
            return
        for text, numbers in self._left_out.items():
            if numbers:
                pages = "1 page" if len(numbers) == 1 else f"{len(numbers)} pages"
                self._request.notes.append(f"left out {pages} with {text!r}")

    def _explanation(self, best: list[Ranked]) -> Explanation | None:
        if not self._query.explain:
            return None
        from omx_wiki.search.explaining import Explanation

        return Explanation(self._corpus, self._resolved, {each.number for each in best})

    def _hit(self, found: Ranked, word_terms: WordTerms, explanation: Explanation | None) -> Hit | None:
        """Return what is shown of a document, None if its page has just vanished."""
        text = self._corpus.text(found.number)
        if text is None:
            return None
        entry = found.entry
        snippet = snippet_of(text, found.passage, word_terms)
        return Hit(
            page=self._corpus.slug(found.number),
            title=entry.title,
            path=self._corpus.path(entry),
            line=snippet.line,
            score=round(found.score, 4),
            snippet=snippet.text,
            marks=snippet.marks,
            tags=entry.tags,
            category=entry.category,
            updated=entry.updated,
            kind=entry.kind,
            reasons=found.reasons,
            words=tuple(explanation.of(found.number)) if explanation else (),
        )
