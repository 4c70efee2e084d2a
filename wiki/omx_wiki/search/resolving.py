"""Turn clauses into pages: where terms occur, what `pre*` stands for, which words were mistyped."""

from __future__ import annotations

from omx_wiki.search.analysis import normal, terms, words
from omx_wiki.search.occurrences import Occurrences, merged
from omx_wiki.search.request import Clause, joined, single_words
from omx_wiki.search.scoring import rarity
from omx_wiki.search.scripts import is_dense

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.request import Request

_MOST_EXPANSIONS = 64
SYNONYM_WEIGHT = 0.5
_LONG = 10
_SHORTEST_STEM = 2


class Resolved:
    """A request together with where its terms occur.

    Attributes:
        clauses: what pages should have, mistyped words replaced, phrases that no page can have taken apart.
        is_guess: whether a clause is not what was typed, so that no page has everything.
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
        self._pages: dict[Clause, set[int]] = {}
        self._documents: dict[str, set[int]] = {}
        self._phrases: dict[Clause, set[int]] = {}
        self.is_guess = self._put_right = False
        request.wanted = list(map(self._expanded, request.wanted))
        request.unwanted = list(map(self._expanded, request.unwanted))
        wanted = [each for clause in request.wanted for each in self._taken_apart(clause)]
        self.clauses = [self._repaired(clause) for clause in dict.fromkeys(wanted)]
        self.names |= {term: term for clause in self.clauses if not clause.prefix for term in clause.terms}
        if self._put_right:
            self.suggestion = " ".join(
                f'"{clause.text}"' if clause.phrase else clause.text for clause in self.clauses
            )

    def occurrences(self, term: str) -> list[Occurrences]:
        """Return where a term, or what a `pre*` stands for, occurs."""
        return self._prefixes[term] if term in self._prefixes else self._corpus.occurrences(term)

    def pages(self, clause: Clause) -> set[int]:
        """Return the documents that have all terms of one alternative of the clause, whatever their order."""
        if clause not in self._pages:
            having = (self.having_all(alternative) for alternative in clause.alternatives)
            self._pages[clause] = set().union(*having)
        return self._pages[clause]

    def exact_pages(self, clause: Clause) -> set[int]:
        """Return the documents that have a clause, a phrase side by side in the text or the title.

        An identifier made of the words of a phrase counts as well.
        """
        if not clause.phrase:
            return self.pages(clause)
        if clause not in self._phrases:
            self._phrases[clause] = self._phrase_pages(clause)
        return self._phrases[clause]

    def _phrase_pages(self, clause: Clause) -> set[int]:
        candidates = self.pages(clause)
        where = [self._positions(term, candidates) for term in clause.phrase]
        found = {number for number in candidates if self._has_phrase(number, clause.phrase, where)}
        return found.union(*(self.having_all([term]) for term in joined(clause)))

    def weights(self) -> dict[str, float]:
        """Return how much each term counts; a term that two clauses share counts once."""
        weights: dict[str, float] = {}
        for clause in self.clauses:
            for term in clause.terms:
                weights[term] = max(weights.get(term, 0.0), clause.weight)
        return weights | {term: weight for term, (_, weight) in self.synonyms.items()}

    def add_synonyms(self) -> None:
        """Let words that mean nearly the same as single words of the query count too.

        One counts for less than the word that was typed, also where it is the rarer of the two. A long query
        is a pasted message, which says what it means.
        """
        if len(self.clauses) > _LONG:
            return
        from omx_wiki.search.synonyms import synonyms

        typed = {term for clause in self.clauses for term in clause.terms}
        for place, clause in enumerate(self.clauses):
            if clause.prefix or clause.phrase or clause.weight < 1 or len(clause.terms) > 1:
                continue  # words of everyday speech and guesses are vague enough
            for term in synonyms(clause.terms[0]):
                if term not in typed and term not in self.synonyms and self.occurrences(term):
                    self.synonyms[term] = place, SYNONYM_WEIGHT * self._tameness(term, clause)
                    self.names[term] = clause.terms[0]

    def _tameness(self, term: str, clause: Clause) -> float:
        """Return by what to multiply the rarity of a term that it is not above that of a clause."""
        typed, count = len(self.pages(clause)), len(self._corpus)
        if not typed:
            return 1.0
        return min(1.0, rarity(count, typed) / rarity(count, len(self._having(term))))

    def having_all(self, alternative: Sequence[str]) -> set[int]:
        """Return the documents that have all of some terms."""
        having = [self._having(term) for term in alternative]
        return set.intersection(*having) if having else set()

    def _having(self, term: str) -> set[int]:
        if term not in self._documents:
            self._documents[term] = set().union(*(found.numbers() for found in self.occurrences(term)))
        return self._documents[term]

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

    def expand(self, prefix: str, others: Iterable[str] = ()) -> str:
        """Count the terms of words that begin with `prefix`, and others, as if they were one.

        Return the name of that one, "" if no page has any of them.
        """
        name = f"{prefix}*"
        if name not in self._prefixes:
            begun = self._corpus.vocabulary(prefix[:_SHORTEST_STEM]).items()  # a stem may be shorter
            begin = {term for term, written in begun if any(w.startswith(prefix) for w in (term, *written))}
            known = sorted({*begin, *others}, key=lambda term: (len(term), term))
            self._prefixes[name] = self._merged(name, known)
        return name if self._prefixes[name] else ""

    def _merged(self, name: str, known: list[str]) -> list[Occurrences]:
        """Return where the first of the known terms occur that do; others stand in pages that are gone."""
        parts: dict[int, list[Occurrences]] = {}
        left = _MOST_EXPANSIONS
        for term in known:
            found = self._corpus.occurrences(term)
            if found and not left:
                self._notes.append(
                    f"{name} stands for too many words; only the {_MOST_EXPANSIONS} shortest count"
                )
                break
            left -= bool(found)
            self.names[term] = name
            for occurrences in found:
                parts.setdefault(occurrences.base, []).append(occurrences)
        return [merged(several) for several in parts.values()]

    def _expanded(self, clause: Clause) -> Clause:
        """Return the clause with the terms that it begins looked up, if it is a beginning.

        A single letter of a script without blanks is one: the index knows such letters in pairs.
        """
        letter = clause.text
        if len(letter) == 1 and is_dense(letter) and clause.terms:
            clause = Clause(letter, ((f"{letter}*",),), prefix=letter)
        if clause.prefix:
            self.expand(clause.prefix, [term for word in words(clause.prefix) for term in terms(word)])
        return clause

    def _taken_apart(self, clause: Clause) -> list[Clause]:
        """Return the clause, or for a phrase the words of which no page has together each of them."""
        if not clause.phrase or self.pages(clause) or self.exact_pages(clause):
            return [clause]
        self._notes.append(f'no page has all words of "{clause.text}"; searched for each of them')
        self.is_guess = True
        return single_words(clause)

    def _repaired(self, clause: Clause) -> Clause:
        """Return the clause, or for a word that no page has what may have been meant."""
        if clause.phrase or clause.prefix or self.pages(clause):
            return clause
        from omx_wiki.search.repairing import repair

        found = repair(clause, self, self._corpus)
        if found is None:
            return clause
        self._notes.append(found.note)
        self._put_right |= bool(found.suggestion)
        self.is_guess |= bool(found.suggestion)
        return found.clause


def has_phrase(text: str, phrase: Sequence[str]) -> bool:
    """Whether the words of `text` hold those of `phrase` one after the other."""
    found = list(map(terms, words(text)))
    starts = range(len(found) - len(phrase) + 1)
    return any(all(term in found[at + offset] for offset, term in enumerate(phrase)) for at in starts)
