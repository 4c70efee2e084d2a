"""What ranking needs to know of every page, read again only where a file changed."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import NotFoundError
from omx_wiki.hook.branch import split_words
from omx_wiki.hook.dates import epoch_of
from omx_wiki.hook.page_head import is_pinned
from omx_wiki.hook.plain_data import read_data, write_data
from omx_wiki.hook.prepared import context_folder
from omx_wiki.journal.cited import cited_paths
from omx_wiki.journal.paths import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.pages.page import Page
    from omx_wiki.pages.scan import PageStat
    from omx_wiki.pages.store import Store

_SEARCHED = 64 * 1024
_MOST_PATHS = 200
_MOST_WORDS = 24
_PATH = re.compile(
    r"(?<![\w/.:~@-])(?:\./)?([\w.-]+(?:/[\w.-]+)+|[\w-]+(?:\.[\w-]+)*\.[A-Za-z]\w{0,5})(?!\w|/)"
)


class Card(NamedTuple):
    """One page.

    Attributes:
        size, mtime_ns: of its file when it was read.
        updated: when it changed last, in seconds since 1970.
        pinned: whether its front matter pins it.
        cites: what may be files of the repository that it names, in its sources and in its text.
        words: of its title, its name and its tags, in lower case.
    """

    slug: str
    path: str
    kind: str
    size: int
    mtime_ns: int
    title: str
    summary: str
    tags: tuple[str, ...]
    category: str
    confidence: str
    updated: float
    pinned: bool
    cites: tuple[str, ...]
    words: tuple[str, ...]


def read_catalog(store: Store) -> dict[str, Card]:
    """Return a card of every page but those of sessions; nothing is written."""
    known = read_data(_cards_path(store))
    known = known if isinstance(known, dict) else {}
    return dict(_cards(store, known))


def write_catalog(store: Store, cards: dict[str, Card]) -> None:
    """Keep the cards for the next time, in the existing private folder.

    Raises OSError when it cannot be written.
    """
    write_data(_cards_path(store), {slug: tuple(card) for slug, card in cards.items()})


def paths_in(text: str) -> Iterator[str]:
    """Yield what looks like the path of a file of the repository in a text."""
    for match in _PATH.finditer(text):
        path = tidy(match[1].rstrip("."))
        if path and not path.startswith(".."):
            yield path


def _cards(store: Store, known: dict[str, tuple[object, ...]]) -> Iterator[tuple[str, Card]]:
    for slug, stat in store.scan().items():
        if stat.kind == "session":
            continue
        before = known.get(slug, ())
        if len(before) == len(Card._fields) and before[1:5] == (
            stat.path,
            stat.kind,
            stat.size,
            stat.mtime_ns,
        ):
            yield slug, Card(*before)  # type: ignore[arg-type]  # ours, from the private state
            continue
        try:
            yield slug, _card(store.read(slug), stat)
        except NotFoundError:
            continue


def _card(page: Page, stat: PageStat) -> Card:
    cited = dict.fromkeys([*paths_in(page.body[:_SEARCHED]), *sorted(cited_paths(page))])
    updated = epoch_of(page.updated)
    words = split_words(" ".join((page.title, page.slug, *page.tags)))
    return Card(
        slug=page.slug,
        path=stat.path,
        kind=page.kind,
        size=stat.size,
        mtime_ns=stat.mtime_ns,
        title=page.title,
        summary=page.summary,
        tags=page.tags,
        category=page.category,
        confidence=page.confidence,
        updated=stat.mtime_ns / 1e9 if updated is None else updated,
        pinned=is_pinned(page.meta),
        cites=tuple(cited)[:_MOST_PATHS],
        words=tuple(dict.fromkeys(word.lower() for word in words))[:_MOST_WORDS],
    )


def _cards_path(store: Store) -> str:
    return os.path.join(context_folder(store.project), "cards")
