"""Which pages matter for the work at hand, and why: a deterministic score of several kinds of evidence."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import WikiError
from omx_wiki.hook.branch import branch_words, split_words
from omx_wiki.journal.usage import NEUTRAL
from omx_wiki.search.query import Query, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omx_wiki.context.catalog import Card
    from omx_wiki.pages.store import Store

_HITS = 30
_MOST_WORDS = 12
_SHORTEST = 3
_DAY = 86400
_HALF_LIFE = 90 * _DAY
_RECENT = 14 * _DAY
_BASE, _OF_FILES = 0.15, 0.7
_CITES, _NAMES, _BRANCH_WORD = 1.2, 0.5, 0.5
_PRIORS = {
    **dict.fromkeys(("decision", "decisions", "debugging", "gotcha", "gotchas", "convention"), 1.0),
    **dict.fromkeys(("conventions", "pattern", "patterns"), 1.0),
    "architecture": 0.85,
    "reference": 0.7,
    "environment": 0.6,
}
_OTHER_PRIOR = 0.75
_LOW_CONFIDENCE = 0.85
_PINNED, _USED = 0.5, 0.6
_SAYS_NOTHING = frozenset(
    {"app", "conftest", "config", "core", "index", "init", "lib", "main", "mod", "package", "readme"}
    | {"setup", "spec", "src", "test", "tests", "types", "util", "utils"}
)
EXCLUDED = "session-log"


class Work(NamedTuple):
    """The work at hand.

    Attributes:
        words: of the branch's name.
        files: changed files, each with how it is known.
    """

    words: tuple[str, ...] = ()
    files: Mapping[str, str] = {}


class Ranked(NamedTuple):
    """A page with its score and the reasons for it."""

    card: Card
    score: float
    why: tuple[str, ...]


def work_of(branch: str, files: Mapping[str, str], users: Iterable[str]) -> Work:
    """Return what a branch and changed files say of the work."""
    return Work(tuple(branch_words(branch, users)), files)


def file_words(files: Iterable[str]) -> list[str]:
    """Return the telling words of the files' names, the frequent ones first; twelve at most."""
    counts: dict[str, int] = {}
    for path in files:
        stem = posixpath.basename(path).partition(".")[0]
        for word in {part.lower() for part in split_words(stem)}:
            if len(word) >= _SHORTEST and word not in _SAYS_NOTHING and not word.isdigit():
                counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], word))[:_MOST_WORDS]


def rank(
    store: Store,
    cards: Iterable[Card],
    work: Work,
    *,
    usage: Mapping[str, float],
    pins: Iterable[str] = (),
    now: float,
) -> list[Ranked]:
    """Return the pages, the most relevant first; pages about sessions are left out.

    Args:
        store: the pages to search.
        cards: the pages to rank.
        work: what is worked on.
        usage: how useful pages proved to be, 0 to 1, by slug; one that is missing is worth `NEUTRAL`.
        pins: pages pinned by settings.
        now: in seconds since 1970.
    """
    scorer = _Scorer(store, work, usage, frozenset(pins), now)
    found = [scorer.ranked(card) for card in cards if card.category != EXCLUDED]
    return sorted(found, key=lambda ranked: (-ranked.score, -ranked.card.updated, ranked.card.slug))


class _Scorer:
    def __init__(
        self, store: Store, work: Work, usage: Mapping[str, float], pins: frozenset[str], now: float
    ) -> None:
        self._words = work.words
        self._files = work.files
        self._names = {posixpath.basename(path): path for path in work.files}
        self._usage = usage
        self._pins = pins
        self._now = now
        self._of_branch = _text_scores(store, work.words)
        self._of_files = _text_scores(store, file_words(work.files))

    def ranked(self, card: Card) -> Ranked:
        why: list[str] = []
        score = _BASE + self._text(card, why) + self._exact(card, why)
        age = max(0.0, self._now - card.updated)
        score *= _PRIORS.get(card.category.lower(), _OTHER_PRIOR)
        score *= 0.5 + 0.5 * 2 ** (-age / _HALF_LIFE)
        score *= _LOW_CONFIDENCE if card.confidence.lower() == "low" else 1
        useful = self._usage.get(card.slug, NEUTRAL) - NEUTRAL
        score *= 1 + _USED * useful
        if card.pinned or card.slug in self._pins:
            score *= 1 + _PINNED
            why.append("pinned")
        if useful:
            why.append("proved useful" if useful > 0 else "seldom used")
        if age < _RECENT or not why:
            why.append("recent" if age < _RECENT else "one of the pages")
        return Ranked(card, score, tuple(why))

    def _text(self, card: Card, why: list[str]) -> float:
        shared = [word for word in self._words if word in card.words]
        why += [f"branch word {word}" for word in shared]
        of_branch, of_files = self._of_branch.get(card.slug, 0), self._of_files.get(card.slug, 0)
        if of_branch and not shared:
            why.append("its text has words of the branch")
        if of_files:
            why.append("its text has words of changed files")
        share = len(shared) / len(self._words) if self._words else 0
        return _BRANCH_WORD * share + of_branch + _OF_FILES * of_files

    def _exact(self, card: Card, why: list[str]) -> float:
        cited = [path for path in card.cites if path in self._files]
        named = [] if cited else [self._names[path] for path in card.cites if path in self._names]
        why += [f"cites {path}, {self._files[path]}" for path in (cited or named)[:2]]
        if not cited and not named:
            return 0
        return (_CITES if cited else _NAMES) + 0.1 * min(len(cited or named) - 1, 3)


def _text_scores(store: Store, words: Iterable[str]) -> dict[str, float]:
    """Return how well the words fit each page that has some of them, 1 for the best."""
    text = " ".join(words)
    if not text:
        return {}
    try:
        hits = search(store.project, store, Query(text, limit=_HITS)).hits
    except WikiError:
        return {}
    best = max((hit.score for hit in hits), default=0)
    return {hit.page: hit.score / best for hit in hits} if best > 0 else {}
