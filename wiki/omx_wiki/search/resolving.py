"""Turn clauses into pages: where terms occur, what `pre*` stands for, which words were mistyped."""

from __future__ import annotations

from omx_wiki.search.analysis import normal, terms, words
from omx_wiki.search.occurrences import Occurrences, merged
from omx_wiki.search.request import Clause
from omx_wiki.search.scoring import rarity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.request import Request

_MOST_EXPANSIONS = 64


class Resolved:
    """A request together with where its terms occur.

    Attributes:
        clauses: what pages should have, mistyped words replaced.
        names: for each term to look for in a text the name under which it counts.
        suggestion: the query with mistyped words put right, "" when none was.
        synonyms: for terms that nobody asked for but that mean nearly the same the place of the clause they
            stand for, and how much they count; empty before `add_synonyms`.
    """

    def __init__(self, request: Request, corpus: Corpus) -> None:
        self._corpus = corpus
        self._notes = request.notes
        self._prefixes: dict[str, list[Occurrences]] = {}
        self.names: dict[str, str] = {}
        self.suggestion = ""
        self.synonyms: dict[str, tuple[int, float]] = {}
        for clause in (*request.wanted, *request.unwanted):
            if clause.prefix and clause.terms[0] not in self._prefixes:
                self._expand(clause)
        self.clauses = [self._repaired(clause) for clause in request.wanted]
        self.names |= {term: term for clause in self.clauses if not clause.prefix for term in clause.terms}
        if self.clauses != request.wanted:
            self.suggestion = " ".join(clause.text for clause in self.clauses)

    def occurrences(self, term: str) -> list[Occurrences]:
        """Return where a term, or what a `pre*` stands for, occurs."""
        return self._prefixes[term] if term in self._prefixes else self._corpus.occurrences(term)

    def pages(self, clause: Clause) -> set[int]:
        """Return the documents that have all terms of one alternative of the clause, whatever their order."""
        return set().union(*(self.having_all(alternative) for alternative in clause.alternatives))

    def phrase_pages(self, clause: Clause) -> set[int]:
        """Return the documents that have the words of a phrase side by side, in the text or the title."""
        candidates = self.pages(clause)
        where = [self._positions(term, candidates) for term in clause.phrase]
        return {number for number in candidates if self._has_phrase(number, clause.phrase, where)}

    def weights(self) -> dict[str, float]:
        """Return how much each term counts; a term that two clauses share counts once."""
        weights: dict[str, float] = {}
        for clause in self.clauses:
            for term in clause.terms:
                weights[term] = max(weights.get(term, 0.0), clause.weight)
        return weights | {term: weight for term, (_, weight) in self.synonyms.items()}

    def add_synonyms(self) -> None:
        """Let words that mean nearly the same as single words of the query count too.

        One counts for less than the word that was typed, also where it is the rarer of the two.
        """
        from omx_wiki.search.synonyms import synonyms

        typed = {term for clause in self.clauses for term in clause.terms}
        for place, clause in enumerate(self.clauses):
            if clause.prefix or clause.phrase or len(clause.terms) > 1:
                continue
            for term in synonyms(clause.terms[0]):
                if term not in typed and term not in self.synonyms and self.occurrences(term):
                    self.synonyms[term] = place, SYNONYM_WEIGHT * clause.weight * self._tameness(term, clause)
                    self.names[term] = clause.terms[0]

    def _tameness(self, term: str, clause: Clause) -> float:
        """Return by what to multiply the rarity of a term that it is not above that of a clause."""
        typed, count = len(self.pages(clause)), len(self._corpus)
        if not typed:
            return 1.0
        own = sum(len(found.documents) for found in self.occurrences(term))
        return min(1.0, rarity(count, typed) / rarity(count, own))

    def having_all(self, alternative: Sequence[str]) -> set[int]:
        """Return the documents that have all of some terms."""
        having = [set().union(*(found.numbers() for found in self.occurrences(term))) for term in alternative]
        return set.intersection(*having) if having else set()

    def _positions(self, term: str, numbers: Iterable[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for occurrences in self.occurrences(term):
            found.update((number, set(at)) for number, at in occurrences.positions(numbers).items())
        return found

    def _has_phrase(self, number: int, phrase: Sequence[str], where: list[dict[int, set[int]]]) -> bool:
        starts = where[0].get(number, set())
        for offset, found in enumerate(where[1:], 1):
            starts = starts & {at - offset for at in found.get(number, ())}
        return bool(starts) or has_phrase(normal(self._corpus.entry(number).title), phrase)

    def _expand(self, clause: Clause) -> None:
        """Count what `pre*` stands for as if it were one term."""
        prefix, name = clause.prefix, clause.terms[0]
        known = self._corpus.vocabulary(prefix)
        stems = {term for word in words(prefix) for term in terms(word)}
        found = sorted(known.keys() | stems, key=lambda term: (len(term), term))
        if len(found) > _MOST_EXPANSIONS:
            self._notes.append(
                f"{name} stands for {len(found)} words; only the {_MOST_EXPANSIONS} shortest count"
            )
            found = found[:_MOST_EXPANSIONS]
        parts: dict[int, list[Occurrences]] = {}
        for term in found:
            for occurrences in self._corpus.occurrences(term):
                parts.setdefault(occurrences.base, []).append(occurrences)
        self._prefixes[name] = [merged(several) for several in parts.values()]
        self.names.update(dict.fromkeys(found, name))

    def _repaired(self, clause: Clause) -> Clause:
        """Return the clause, or for a word that no page has the words that are close to it."""
        if clause.phrase or clause.prefix or not _may_be_mistyped(clause.text) or self.pages(clause):
            return clause
        from omx_wiki.search.typos import meant

        guesses = meant(clause.text, self._corpus)
        if not guesses:
            return clause
        written = [word for word, _ in guesses]
        self._notes.append(f"no page has {clause.text!r}; searched for {' and '.join(map(repr, written))}")
        alternatives = tuple(dict.fromkeys((term,) for _, term in guesses))
        return Clause(written[0], alternatives, weight=GUESS_WEIGHT)


GUESS_WEIGHT = 0.6
SYNONYM_WEIGHT = 0.5
_SHORTEST_TO_GUESS = 4


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= _SHORTEST_TO_GUESS and word.isascii() and word.isalpha()


def has_phrase(text: str, phrase: Sequence[str]) -> bool:
    """Whether the words of `text` hold those of `phrase` one after the other."""
    found = list(map(terms, words(text)))
    starts = range(len(found) - len(phrase) + 1)
    return any(all(term in found[at + offset] for offset, term in enumerate(phrase)) for at in starts)
