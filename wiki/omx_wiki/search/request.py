"""What a person asks for: words, "phrases", pre*, -not, and conditions such as tag:x."""

from __future__ import annotations

from omx_wiki.search.analysis import fold, normal, whole_and_parts, words
from omx_wiki.search.conditions import Conditions
from omx_wiki.search.function_words import EVERYDAY_WORDS, FUNCTION_WORDS

MAX_CHARACTERS = 512
MAX_TERMS = 32
MAX_UNWANTED = 16
SHORTEST_PREFIX = 3
EVERYDAY_WEIGHT = 0.5
_JOINING = ("-", "_", "", ".", "/")
_CUT = f"the query was cut to {MAX_CHARACTERS} characters; all that stood behind was left out"
_SHORT = f"a beginning with * needs {SHORTEST_PREFIX} letters; searched for the word itself"


class Clause:
    """One thing that a page may have.

    Attributes:
        text: as typed.
        alternatives: each is a set of terms; a page has the clause if it has all terms of one of them.
        prefix: for `pre*` what the terms begin with, else "".
        phrase: for a quoted phrase the term of each of its words in order, else ().
        weight: how much an occurrence counts; a guessed word and one of everyday speech count less.
    """

    __slots__ = ("alternatives", "phrase", "prefix", "text", "weight")

    def __init__(
        self,
        text: str,
        alternatives: tuple[tuple[str, ...], ...],
        *,
        prefix: str = "",
        phrase: tuple[str, ...] = (),
        weight: float = 1.0,
    ) -> None:
        self.text = text
        self.alternatives = alternatives
        self.prefix = prefix
        self.phrase = phrase
        self.weight = weight

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term of every alternative, once."""
        return tuple(dict.fromkeys(term for some in self.alternatives for term in some))

    @property
    def _meaning(self) -> tuple[object, ...]:
        return (self.text, self.alternatives, self.prefix, self.phrase, self.weight)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clause) and self._meaning == other._meaning

    def __hash__(self) -> int:
        return hash(self._meaning)


class Request:
    """A parsed query: what pages should have, must not have and must be, and what to tell the person."""

    def __init__(self) -> None:
        self.wanted: list[Clause] = []
        self.unwanted: list[Clause] = []
        self.conditions = Conditions()
        self.notes: list[str] = []


def parse_request(text: str) -> Request:
    """Parse any text; without a searchable word the result wants nothing and says so in its notes."""
    request = Request()
    if len(text) > MAX_CHARACTERS:
        text = _beginning(text)
        request.notes.append(_CUT)
    for chunk in _chunks(_without_open_quote(normal(text))):
        _add_chunk(request, chunk)
    request.wanted = _without_function_words(list(dict.fromkeys(request.wanted)))
    request.unwanted = list(dict.fromkeys(request.unwanted))
    request.notes += request.conditions.notes
    _cap(request)
    if not request.wanted and not request.conditions:
        request.notes.append("only excluded words" if request.unwanted else "no searchable words")
    return request


def word_clause(word: str) -> Clause | None:
    """Return the clause of one word: the whole of it, or for an identifier all of its parts."""
    whole, parts = whole_and_parts(word)
    alternatives: list[tuple[str, ...]] = [(whole,)] if whole else []
    named = tuple(part for part in parts if not part.isdigit())
    if len(named) > 1 or not whole:
        alternatives.append(parts)
    if not whole and not parts:
        return None
    text = fold(word)
    return Clause(text, tuple(alternatives), weight=EVERYDAY_WEIGHT if text in EVERYDAY_WORDS else 1.0)


def single_words(phrase: Clause) -> list[Clause]:
    """Return the clauses of the words of a phrase, without function words unless there are no others."""
    return _without_function_words(list(dict.fromkeys(_words(phrase.text.split(" ")))))


def joined(clause: Clause) -> list[str]:
    """Return the terms of identifiers made of the words of a phrase: `dead-letter` of "dead letter"."""
    found = clause.text.split(" ")
    return [whole for sign in _JOINING if (whole := whole_and_parts(sign.join(found))[0])]


def _cap(request: Request) -> None:
    """Bound what is looked up; excluded words go before wanted ones, as one alone changes every answer."""
    if len(request.unwanted) > MAX_UNWANTED:
        request.unwanted = request.unwanted[:MAX_UNWANTED]
        request.notes.append(f"only the first {MAX_UNWANTED} excluded words count")
    left = MAX_TERMS - len(request.unwanted)
    if len(request.wanted) > left:
        request.wanted = request.wanted[:left]
        request.notes.append(f"only the first {left} words were searched")


def _beginning(text: str) -> str:
    """Return what is searched of a text that is too long; no word and no excluded phrase is cut in two."""
    kept = text[:MAX_CHARACTERS]
    if not text[MAX_CHARACTERS].isspace():
        kept = kept[: max(map(kept.rfind, " \n\t")) + 1] or kept
    before, _, _ = kept.rpartition('"')
    is_open = kept.count('"') % 2 == 1
    return before if is_open and before.endswith("-") else kept


def _without_open_quote(text: str) -> str:
    """Return the text without a quote that is never closed: a message cut short is no phrase."""
    if text.count('"') % 2 == 0:
        return text
    before, _, behind = text.rpartition('"')
    return before + ("" if before.endswith(("-", ":")) else " ") + behind


def _add_chunk(request: Request, chunk: str) -> None:
    is_negative = len(chunk) > 1 and chunk[0] == "-" != chunk[1]
    text = chunk[1:] if is_negative else chunk
    if request.conditions.take(text, is_negative=is_negative):
        return
    clauses = _clauses(text)
    (request.unwanted if is_negative else request.wanted).extend(clauses)
    if len(chunk) > 1 and chunk.endswith("*") and not any(clause.prefix for clause in clauses):
        request.notes.append(_SHORT)


def _chunks(text: str) -> list[str]:
    """Split at blanks, but not inside of double quotes, all of which are closed."""
    found: list[str] = []
    chunk, is_open = "", False
    for char in text:
        if char == '"':
            if is_open:
                found.append(chunk + char)
                chunk = ""
            elif chunk not in {"", "-"} and not chunk.endswith(":"):
                found.append(chunk)
                chunk = char
            else:
                chunk += char
            is_open = not is_open
        elif char.isspace() and not is_open:
            found.append(chunk)
            chunk = ""
        else:
            chunk += char
    return [each for each in [*found, chunk] if each]


def _clauses(chunk: str) -> list[Clause]:
    if chunk.startswith('"'):
        return _phrase(words(chunk))
    found = words(chunk)
    last = fold(found[-1]) if found else ""
    if chunk.endswith("*") and len(last) >= SHORTEST_PREFIX and chunk.rstrip("*").endswith(found[-1]):
        return [*_words(found[:-1]), Clause(f"{last}*", ((f"{last}*",),), prefix=last)]
    return _words(found)


def _words(found: list[str]) -> list[Clause]:
    return [clause for word in found if (clause := word_clause(word))]


def _phrase(found: list[str]) -> list[Clause]:
    wholes = tuple(whole or parts[0] for whole, parts in map(whole_and_parts, found) if whole or parts)
    if len(wholes) < 2:  # noqa: PLR2004 - one word is a word
        return _words(found)
    return [Clause(" ".join(found), (tuple(dict.fromkeys(wholes)),), phrase=wholes)]


def _without_function_words(clauses: list[Clause]) -> list[Clause]:
    kept = [clause for clause in clauses if clause.phrase or clause.prefix or not _is_function_word(clause)]
    return kept or clauses


def _is_function_word(clause: Clause) -> bool:
    return clause.text in FUNCTION_WORDS
