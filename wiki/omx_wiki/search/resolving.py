"""Turn clauses into pages: where terms occur, what `pre*` stands for, which words were mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.search.analysis import terms, words
from omx_wiki.search.fresh import no_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.request import Clause, Request

_MOST_EXPANSIONS = 64
_MOST_GUESSES = 2
_GUESS_WEIGHT = 0.6
_SHORTEST_TO_GUESS = 4


class Resolved:
    """A request together with where its terms occur.

    Attributes:
        clauses: what pages should have, mistyped words replaced.
        counts: for each term (and each `pre*`) its occurrences.
        names: the name in `counts` of each term to look for in a text.
    """

    def __init__(self, request: Request, corpus: Corpus) -> None:
        self._corpus = corpus
        self._notes = request.notes
        every = [*request.wanted, *request.unwanted]
        self.names: dict[str, str] = {}
        self.counts = corpus.count({term for clause in every for term in clause.terms if not clause.prefix})
        for clause in every:
            if clause.prefix and clause.terms[0] not in self.counts:
                self._expand(clause)
        self.clauses = [self._repaired(clause) for clause in request.wanted]
        self.names |= {term: term for clause in self.clauses if not clause.prefix for term in clause.terms}

    def pages(self, clause: Clause) -> set[str]:
        """Return the pages that have all terms of one alternative of the clause, whatever their order."""
        return set().union(*(self._having_all(alternative) for alternative in clause.alternatives))

    def weights(self) -> dict[str, float]:
        """Return how much each term counts; a term that two clauses share counts once."""
        weights: dict[str, float] = {}
        for clause in self.clauses:
            for term in clause.terms:
                weights[term] = max(weights.get(term, 0.0), clause.weight)
        return weights

    def _having_all(self, alternative: Sequence[str]) -> set[str]:
        having = [set().union(*self.counts[term]) for term in alternative]
        return set.intersection(*having) if having else set()

    def _expand(self, clause: Clause) -> None:
        """Count what `pre*` stands for as if it were one term."""
        prefix, name = clause.prefix, clause.terms[0]
        stems = {term for word in words(prefix) for term in terms(word)}
        found = sorted(self._corpus.terms(prefix) | stems, key=lambda term: (len(term), term))
        if len(found) > _MOST_EXPANSIONS:
            self._notes.append(
                f"{name} stands for {len(found)} words; only the {_MOST_EXPANSIONS} shortest count"
            )
            found = found[:_MOST_EXPANSIONS]
        merged = no_counts()
        for counts in self._corpus.count(found).values():
            for into, by_slug in zip(merged, counts, strict=True):
                for slug, count in by_slug.items():
                    into[slug] = into.get(slug, 0) + count
        self.counts[name] = merged
        self.names.update(dict.fromkeys(found, name))

    def _repaired(self, clause: Clause) -> Clause:
        word = clause.alternatives[0][0]
        if clause.phrase or clause.prefix or not _may_be_mistyped(word) or self.pages(clause):
            return clause
        from omx_wiki.search.typos import close_terms

        near = close_terms(word, self._corpus.terms(word[0]))
        found = self._corpus.count([term for _, term in near])
        sizes = {term: len(set().union(*counts)) for term, counts in found.items()}
        best = sorted((edits, -sizes[term], term) for edits, term in near if sizes[term])[:_MOST_GUESSES]
        if not best:
            return clause
        guesses = [term for _, _, term in best]
        self.counts.update((term, found[term]) for term in guesses)
        self._notes.append(f"no page has {clause.text!r}; searched for words like {' and '.join(guesses)}")
        return clause._replace(alternatives=tuple((term,) for term in guesses), weight=_GUESS_WEIGHT)


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= _SHORTEST_TO_GUESS and word.isascii() and word.isalpha()


def has_phrase(text: str, phrase: Sequence[str]) -> bool:
    """Whether the words of `text` hold those of `phrase` one after the other."""
    return _holds(list(map(terms, words(text))), phrase)


def _holds(found: Sequence[Iterable[str]], phrase: Sequence[str]) -> bool:
    starts = range(len(found) - len(phrase) + 1)
    return any(all(term in found[at + offset] for offset, term in enumerate(phrase)) for at in starts)
