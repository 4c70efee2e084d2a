"""What became of the pages that each session was offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import NotFoundError
from omx_wiki.hook.dates import epoch_of
from omx_wiki.journal.cited import cited_paths
from omx_wiki.journal.page_names import PageNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omx_wiki.journal.deeds import Deeds
    from omx_wiki.journal.ledger import Ledger
    from omx_wiki.journal.offers import Offer
    from omx_wiki.pages.store import Store


class Outcome(NamedTuple):
    """One session, with those of its sub-agents.

    Attributes:
        session: the id of the session that a person started.
        at: when it was offered its first pages, else when it ended; in seconds since 1970.
        bytes: the size of all contexts it was given, 0 when it was given none.
        is_measured: whether its transcript was read and anything happened in it.
        offered: the pages it was offered, in order.
        opened: the pages it opened, offered or not, with the ISO time of the last time.
        quoted: the offered pages it named, likewise.
        edited: the offered pages that cite a file it changed, with the time it ended.
        searches: how many searches of the wiki it made.
        answered: how many of them were followed by opening a page.
    """

    session: str
    at: float
    bytes: int
    is_measured: bool
    offered: tuple[str, ...]
    opened: dict[str, str]
    quoted: dict[str, str]
    edited: dict[str, str]
    searches: int
    answered: int

    @property
    def used(self) -> list[str]:
        """The offered pages that were used in any way."""
        return [page for page in self.offered if self.was_used(page)]

    def was_used(self, page: str) -> bool:
        """Whether a page was used in any way."""
        return page in self.opened or page in self.quoted or page in self.edited


def outcomes(
    store: Store, ledger: Ledger, offers: Iterable[Offer], deeds: Mapping[str, Deeds]
) -> list[Outcome]:
    """Return every session that was offered pages or used the wiki, in the order of their ids."""
    given: dict[str, list[Offer]] = {}
    for offer in offers:
        given.setdefault(ledger.root_of(offer.session), []).append(offer)
    done: dict[str, list[Deeds]] = {}
    for session, own in deeds.items():
        done.setdefault(ledger.root_of(session), []).append(own)
    offered = {page for each in given.values() for offer in each for page in offer.pages}
    names = PageNames(offered | store.scan().keys())
    cited = _Cited(store)
    found = (
        _outcome(session, given.get(session, []), done.get(session, []), names, cited)
        for session in sorted(given.keys() | done.keys())
    )
    return [outcome for outcome in found if outcome.offered or outcome.opened or outcome.searches]


class _Cited:
    """Reads each page that is asked for once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, frozenset[str]] = {}

    def by(self, slug: str) -> frozenset[str]:
        """Return the paths that a page cites, none when it is gone."""
        if slug not in self._known:
            try:
                self._known[slug] = cited_paths(self._store.read(slug))
            except NotFoundError:
                self._known[slug] = frozenset()
        return self._known[slug]


def _outcome(
    session: str, offers: list[Offer], deeds: list[Deeds], names: PageNames, cited: _Cited
) -> Outcome:
    offered = tuple(dict.fromkeys(page for offer in offers for page in offer.pages))
    ended = max((own.ended for own in deeds), default="")
    files = {path for own in deeds for path in own.files}
    named = _latest((page, time) for own in deeds for page, time in own.named.items() if page in offered)
    opened = _latest((names.resolve(page), time) for own in deeds for page, time in own.opened.items())
    opened.pop("", None)
    return Outcome(
        session=session,
        at=min((offer.at for offer in offers), default=epoch_of(ended) or 0.0),
        bytes=sum(offer.bytes for offer in offers),
        is_measured=any(own.is_substantial for own in deeds),
        offered=offered,
        opened=opened,
        quoted=named,
        edited={page: ended for page in offered if files and not files.isdisjoint(cited.by(page))},
        searches=sum(own.searches for own in deeds),
        answered=sum(own.answered for own in deeds),
    )


def _latest(uses: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the last time of each page, in the order of pages."""
    found: dict[str, str] = {}
    for page, time in uses:
        found[page] = max(found.get(page, ""), time)
    return dict(sorted(found.items()))
