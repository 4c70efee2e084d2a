"""Find the words of a text that have one of a few terms, without analysing all the others."""

from __future__ import annotations

from omx_wiki.search.analysis import terms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG = 5


class WordTerms(dict[str, tuple[str, ...]]):
    """Maps any word to those of its terms that are wanted; `word_terms[word]` never fails."""

    def __init__(self, wanted: Mapping[str, str]) -> None:
        """Take the wanted terms, each with the name to give for it."""
        super().__init__()
        self._wanted = wanted
        self._starts = sorted({term_start(term) for term in wanted})

    def __missing__(self, word: str) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        if self._may_have(word):
            wanted = self._wanted
            found = tuple(dict.fromkeys(wanted[term] for term in terms(word) if term in wanted))
        self[word] = found
        return found

    def _may_have(self, word: str) -> bool:
        """Whether a word may have a wanted term; False is certain and much cheaper than its terms."""
        if not word.isascii() or "'" in word:
            return True
        folded = word.lower()
        for start in self._starts:  # noqa: SIM110 - any() with a generator takes twice as long
            if start in folded:
                return True
        return False


def may_have_term(word: str, start: str) -> bool:
    """Whether a word may have a term of which `start` is the `term_start`.

    False is certain and much cheaper than the word's terms.
    """
    return start in word.lower() or not word.isascii() or "'" in word


def term_start(term: str) -> str:
    """Return how a term begins: a stem is the beginning of its word but for the last two letters."""
    return term[:-2] if len(term) >= _LONG else term[:2].rstrip("i")
