"""The pages that sessions may name because they were told of them at their start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.errors import NotFoundError
from omx_wiki.journal.mentions import Mentions
from omx_wiki.journal.offers import read_offers

if TYPE_CHECKING:
    from omx_wiki.pages.store import Store


def offered_mentions(store: Store) -> Mentions:
    """Return what finds the pages that any session was ever offered, by the titles they have now."""
    titles: dict[str, str] = {}
    for page in {page for offer in read_offers(store.project) for page in offer.pages}:
        try:
            titles[page] = store.read(page).title
        except NotFoundError:
            titles[page] = ""
    return Mentions(titles)
