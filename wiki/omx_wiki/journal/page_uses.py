"""Which pages a session used, and how: opened by a command or a tool, or named in what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omx_wiki.journal.wiki_commands import OPEN, SEARCH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.journal.keep import Keeper
    from omx_wiki.journal.wiki_commands import Act

OPENED, NAMED = "opened", "named"
_MAX_PAGES = 200
_MAX_NAME = 200


class PageUses:
    """Follows the pages of a session through its records.

    Attributes:
        seen: per way of use and page (as it was named) when it was used last, in milliseconds since 1970.
        searches: how many searches were made.
        answered: how many of them were followed by opening a page, before the next search.
        open_search: whether no page was opened since the last search.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self.seen: dict[str, dict[str, int | None]] = {OPENED: {}, NAMED: {}}
        self.searches = 0
        self.answered = 0
        self.open_search = False

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        seen = {how: dict(pages) for how, pages in self.seen.items()}
        return {name: getattr(self, name) for name in _COUNTS} | {"seen": seen}

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state of `save`."""
        for name in _COUNTS:
            setattr(self, name, state[name])
        self.seen = {how: dict(state["seen"][how]) for how in (OPENED, NAMED)}

    def act(self, acts: Iterable[Act], at: int | None) -> None:
        """A command opened pages or searched."""
        for act in acts:
            if act.what == SEARCH:
                self.searches += 1
                self.open_search = True
            elif act.what == OPEN:
                self.answered += self.open_search
                self.open_search = False
                self._note(OPENED, act.page, at)

    def name(self, pages: Iterable[str], at: int | None) -> None:
        """A prompt or an answer named pages."""
        for page in pages:
            self._note(NAMED, page, at)

    def _note(self, how: str, page: str, at: int | None) -> None:
        """Keep the first pages only: what is used again and again is among them."""
        kept, pages = self._keeper.line(page, _MAX_NAME), self.seen[how]
        if kept and (kept in pages or len(pages) < _MAX_PAGES):
            pages[kept] = at if at is not None else pages.get(kept)
        elif kept:
            self._keeper.count_cut(f"pages_{how}")


_COUNTS = ("searches", "answered", "open_search")
