"""What to look for in place of a word that no page has: words that begin so, or words spelt nearly so."""

from __future__ import annotations

from omx_wiki.search.function_words import EVERYDAY_WORDS
from omx_wiki.search.request import Clause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.search.corpus import Corpus
    from omx_wiki.search.resolving import Resolved

BEGINNING_WEIGHT = 0.8
GUESS_WEIGHT = 0.6
_SHORTEST = 4
_SHORTEST_PART = 3


class Repair:
    """A clause in place of another.

    Attributes:
        clause: what to search for.
        note: what to tell of it.
        suggestion: the query's word put right, "" when it was only short.
    """

    __slots__ = ("clause", "note", "suggestion")

    def __init__(self, clause: Clause, note: str, suggestion: str = "") -> None:
        self.clause = clause
        self.note = note
        self.suggestion = suggestion


def repair(clause: Clause, resolved: Resolved, corpus: Corpus) -> Repair | None:
    """Return what may have been meant by the clause of a word that no page has, None if nothing is near."""
    if len(clause.text) < _SHORTEST or clause.text in EVERYDAY_WORDS:
        return None
    return _continued(clause, resolved) or _respelt(clause, corpus)


def _continued(clause: Clause, resolved: Resolved) -> Repair | None:
    """Take the word, or the last part of an identifier, for the beginning of what was meant."""
    text = clause.text
    note = f"no page has {text!r}; searched for what begins so"
    if beginning := resolved.expand(text):
        return Repair(Clause(f"{text}*", ((beginning,),), prefix=text, weight=BEGINNING_WEIGHT), note)
    *parts, last = clause.alternatives[-1]
    if not parts or len(last) < _SHORTEST_PART or not (beginning := resolved.expand(last)):
        return None
    meant = Clause(text, ((*parts, beginning),), weight=BEGINNING_WEIGHT)
    return Repair(meant, note) if resolved.pages(meant) else None


def _respelt(clause: Clause, corpus: Corpus) -> Repair | None:
    text = clause.text
    if not (text.isascii() and text.isalpha()) or _has_synonyms(clause, corpus):
        return None
    from omx_wiki.search.typos import meant

    guesses = meant(text, corpus)
    if not guesses:
        return None
    written = [word for word, _ in guesses]
    alternatives = tuple(dict.fromkeys((term,) for _, term in guesses))
    note = f"no page has {text!r}; searched for {' and '.join(map(repr, written))}"
    return Repair(Clause(written[0], alternatives, weight=GUESS_WEIGHT), note, written[0])


def _has_synonyms(clause: Clause, corpus: Corpus) -> bool:
    """Whether a word is none that was mistyped, because pages have others that mean nearly the same."""
    from omx_wiki.search.synonyms import synonyms

    return any(corpus.occurrences(term) for term in synonyms(clause.terms[0]))
