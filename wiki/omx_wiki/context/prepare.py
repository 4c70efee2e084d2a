"""Prepare the start-up context of every branch in use, as plain data for the hook."""

from __future__ import annotations

import os
import time
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from omx_wiki.context.catalog import read_catalog, write_catalog
from omx_wiki.context.drift import drifted, file_changes
from omx_wiki.context.gist import about_text
from omx_wiki.context.handoff import handoff_items, last_on, next_sessions
from omx_wiki.context.items import category_items, failure_items, lint_items, page_items, pinned_items
from omx_wiki.context.options import ContextOptions
from omx_wiki.context.relevance import rank, work_of
from omx_wiki.context.repository import Repository
from omx_wiki.hook.branch import is_detached
from omx_wiki.hook.gather import file_names, page_folders
from omx_wiki.hook.offers import trim_offers
from omx_wiki.hook.plain_data import read_data, write_data
from omx_wiki.hook.prepared import (
    branch_path,
    context_folder,
    context_now,
    context_of,
    folder_stamps,
    names_path,
    words_path,
)
from omx_wiki.hook.start_context import own_path
from omx_wiki.journal.paths import tidy
from omx_wiki.journal.recurring import recurring_failures
from omx_wiki.journal.session_body import changed_paths
from omx_wiki.journal.sessions import list_sessions, page_body
from omx_wiki.journal.usage import usage_weights
from omx_wiki.project import ensure_private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.context.relevance import Ranked
    from omx_wiki.hook.item import Item
    from omx_wiki.hook.prepared import Context
    from omx_wiki.hook.switches import Switches
    from omx_wiki.pages.store import Store

_MOST_STAMPS = 200
_MOST_OWN = 64
_MOST_WORDS = 400
_DAY = 86400


class Preparation:
    """All that is known of a project at one moment, from which the context of any branch is made.

    Args:
        store: the pages.
        options: how the context is wanted.
        usage: how useful pages proved to be, by slug (see `usage_weights`); None asks the journal.
        now: in seconds since 1970; None is the present.
    """

    def __init__(
        self,
        store: Store,
        options: ContextOptions | None = None,
        *,
        usage: Mapping[str, float] | None = None,
        now: float | None = None,
    ) -> None:
        project = store.project
        self._store = store
        self._options = options or ContextOptions()
        self._usage = usage_weights(project) if usage is None else usage
        self._now = time.time() if now is None else now
        self._folders = folder_stamps(project)  # before the pages are read: what changes meanwhile shows
        self.names = {
            folder: "/".join(file_names(folder, project.root)) for folder, _ in page_folders(project)
        }
        self.cards = read_catalog(store)
        self.rows = list_sessions(store)
        self.repository = Repository(project)
        self._users = self.repository.user_words()
        cards = list(self.cards.values())
        self._pages = _digest([(card.path, card.size, card.mtime_ns) for card in cards])
        self._stale = drifted(cards, file_changes(cards, self.repository, self.rows, project.root))
        self._rankings: dict[str, list[Ranked]] = {}
        self._failures = recurring_failures(project)

    def known(self, branch: str) -> dict[str, Any]:
        """Return what the hook reads for a branch; "" stands for any branch."""
        options = self._options
        items = self._items(branch)
        return {
            "branch": branch,
            "pages": len(self.cards),
            "sessions": len(self.rows),
            "pins": options.pins,
            "users": tuple(sorted(self._users)),
            "basis": self.basis(branch),
            "prepared": self._now,
            "folders": self._folders,
            "stamps": self._stamps(items),
            "items": [item.plain() for item in items],
        }

    def basis(self, branch: str) -> str:
        """Return a name for all that the context of a branch without a work tree is made of."""
        own, others = next_sessions(branch, self.rows)
        sessions = [(row.slug, row.ended) for row in own], [row.slug for row in others]
        tips = [self.repository.tips.get(name) for name in (branch, self.repository.default)]
        day = int(self._now // _DAY)
        return _digest(
            (branch, self._pages, self._folders, sessions, tips, self._failures, day, sorted(self._stale))
        )

    def about_sessions(self) -> dict[str, str]:
        """Return what each recent session was about, by session id."""
        rows = [row for row in self.rows if row.id and not row.parent][:_MOST_OWN]
        return {row.id: about_text(row, page_body(row)) for row in rows}

    def words(self) -> dict[str, str]:
        """Return the words of the first pages by slug, joined with blanks, the most relevant page first."""
        ranked = self._ranked("")
        return {card.slug: " ".join(card.words) for card, _, _ in ranked}

    def _items(self, branch: str) -> list[Item]:
        options, cards = self._options, list(self.cards.values())
        ranked = self._ranked(branch)
        return [
            *pinned_items(cards, options.pins, self._stale),
            *handoff_items(branch, self.rows),
            *page_items(ranked, self._stale),
            *failure_items(self._failures, self.rows),
            *category_items(cards),
            *lint_items(cards, self._stale),
        ]

    def _ranked(self, branch: str) -> list[Ranked]:
        if branch not in self._rankings:
            work = work_of(branch, self._files(branch), self._users)
            pins, usage = self._options.pins, self._usage
            ranked = rank(self._store, self.cards.values(), work, usage=usage, pins=pins, now=self._now)
            self._rankings[branch] = ranked[:_MOST_WORDS]
        return self._rankings[branch]

    def _files(self, branch: str) -> dict[str, str]:
        """Return the files of the work on a branch, each with how it is known."""
        found = dict.fromkeys(self.repository.changed_files(branch), "changed on this branch")
        row = last_on(branch, self.rows) if branch else next(iter(self.rows), None)
        if row is not None and row.files:
            paths = (tidy(path) for path in changed_paths(page_body(row))[0])
            found = dict.fromkeys(paths, "changed in the last session") | found
        return found

    def _stamps(self, items: list[Item]) -> list[tuple[str, int, int]]:
        """Return the stamps of the pages that are told, and of those updated last."""
        newest = sorted(self.cards.values(), key=lambda card: (-card.updated, card.slug))[:_MOST_STAMPS]
        slugs = dict.fromkeys([*(item.page for item in items), *(card.slug for card in newest)])
        told = [self.cards[slug] for slug in slugs if slug in self.cards]
        return [(card.path, card.size, card.mtime_ns) for card in told[:_MOST_STAMPS]]


def prepare(store: Store, options: ContextOptions | None = None, *, now: float | None = None) -> None:
    """Keep the context of every branch in use for the next session start.

    Raises OSError when the private state cannot be written.
    """
    project = store.project
    preparation = Preparation(store, options, now=now)
    if not ensure_private(context_folder(project)):
        raise PermissionError(context_folder(project))
    write_catalog(store, preparation.cards)
    write_data(own_path(project), preparation.about_sessions())
    write_data(names_path(project), preparation.names)
    write_data(words_path(project), preparation.words())
    written = set()
    for branch in ("", *preparation.repository.branches):
        path = branch_path(project, branch)
        written.add(path)
        if branch in {"", *preparation.repository.checkouts} or not _holds(path, branch, preparation):
            write_data(path, preparation.known(branch))
    _remove_others(context_folder(project), written)
    trim_offers(project)


def current_context(store: Store, branch: str, active: Switches) -> Context:
    """Return the context of a branch: what is prepared if that still holds, else prepared now in memory."""
    context = context_now(store.project, branch, active)
    if context.is_current:
        return context
    preparation = Preparation(store, ContextOptions(active.pins))
    return context_of(preparation.known("" if is_detached(branch) else branch), active)


def _holds(path: str, branch: str, preparation: Preparation) -> bool:
    """Whether what was prepared for a branch without a work tree would come out the same."""
    known = read_data(path)
    return isinstance(known, dict) and known.get("basis") == preparation.basis(branch)


def _digest(value: object) -> str:
    return blake2b(repr(value).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _remove_others(folder: str, written: set[str]) -> None:
    """Remove what was prepared for branches that are gone, and what killed processes left."""
    kept = {"cards", "own", "names", "words"}
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name not in kept and path not in written:
            os.unlink(path)
