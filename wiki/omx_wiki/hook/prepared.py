"""What the worker prepared for the start of a session: read, checked against the pages, made current."""

from __future__ import annotations

import os

from omx_wiki.hook.branch import branch_words, is_detached, login_words
from omx_wiki.hook.gather import (
    Entry,
    date,
    entries_now,
    entries_of,
    items_of,
    names_in,
    page_folders,
    page_names,
    pages_now,
    pinned_now,
)
from omx_wiki.hook.item import FAILURES, HANDOFF, LINT, PINNED, RELEVANT, Item, item_of
from omx_wiki.hook.plain_data import read_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from omx_wiki.hook.switches import Switches
    from omx_wiki.project import Project

    Stamp = tuple[str, int, int]  # (path, size, mtime_ns)

FOLDER = "context"
_MOST_NEWS = 8
_MOST_CHANGED = 32
_MOST_COUNTED = 500
_MOST_ABOUT = 12
_NEVER = (-1, 0)
_CHANGED = "changed since it was prepared"
_KEYS = {"branch", "folders", "items", "pages", "pins", "prepared", "sessions", "stamps"}


class Context:
    """What may be told at the start of a session.

    Attributes:
        active: the settings; they decide on sections and budget.
        branch: the branch it is for, "" when it is for any.
        pages, sessions: how many there are.
        items: in the order of importance within each section.
        prepared: when it was prepared, in seconds since 1970; 0 when it was not.
        is_current: whether it was prepared for this branch and nothing of it has changed since.
    """

    __slots__ = ("active", "branch", "is_current", "items", "pages", "prepared", "sessions")

    def __init__(self, active: Switches, branch: str, pages: int, sessions: int) -> None:
        self.active = active
        self.branch = branch
        self.pages = pages
        self.sessions = sessions
        self.items: Sequence[Item] = ()
        self.prepared: float = 0
        self.is_current = False


def context_now(project: Project, branch: str, active: Switches) -> Context:
    """Return what was prepared for the branch, else for any branch, as it is now and as the settings want it.

    Without either, it is gathered now with bounded work.
    """
    if is_detached(branch):
        branch = ""
    known = _known(project, branch) or (_known(project, "") if branch else None)
    if known is None:
        return _gathered(project, branch, active)
    context = context_of(known, active)
    is_same = _is_same(project, known)
    if not is_same:
        _freshen(project, known, context)
    if known["pins"] != active.pins:
        _pin_anew(project, known["pins"], context)
    context.items = [item for item in context.items if _is_there(item)]
    context.is_current = is_same and context.branch == branch and known["pins"] == active.pins
    if context.branch != branch:
        words = branch_words(branch, known.get("users", ()))
        items = [*context.items, *_others_about(project, words, context)]
        context.items = for_branch(items, words)
    return context


def context_of(known: dict[str, Any], active: Switches) -> Context:
    """Return the context that prepared data stands for, with the sections and the budget of the settings."""
    context = Context(active, known["branch"], known["pages"], known["sessions"])
    context.items = [item_of(plain) for plain in known["items"] if plain[0] in active.sections]
    context.prepared = known["prepared"]
    return context


def for_branch(items: Sequence[Item], words: Sequence[str]) -> list[Item]:
    """Return the items, pages about the words of a branch first, those about most of them before all."""
    wanted = set(words)
    first: list[tuple[int, Item]] = []
    others: list[Item] = []
    for item in items:
        shared = wanted.intersection(item.words) if item.section == RELEVANT else ()
        if shared:
            item.why = (f"branch word {min(shared)}", *item.why)
            first.append((-len(shared), item))
        else:
            others.append(item)
    first.sort(key=lambda pair: pair[0])
    return [*(item for _, item in first), *others]


def context_folder(project: Project) -> str:
    """Return the folder of what is prepared."""
    return os.path.join(project.state, FOLDER)


def branch_path(project: Project, branch: str) -> str:
    """Return where the context for a branch lies; "" stands for any branch."""
    if not branch:
        return os.path.join(context_folder(project), "any")
    try:
        from _blake2 import blake2b  # hashlib costs a hook a third of its time
    except ImportError:
        from hashlib import blake2b
    name = blake2b(branch.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return os.path.join(context_folder(project), f"branch-{name}")


def names_path(project: Project) -> str:
    """Return where the names of all pages' files lie, as they were when it was prepared.

    They lie there by folder, joined with `/`: ten thousand marshalled texts would take a hook too long.
    """
    return os.path.join(context_folder(project), "names")


def words_path(project: Project) -> str:
    """Return where the words of the first pages lie, by slug, for branches that nothing is prepared for."""
    return os.path.join(context_folder(project), "words")


def stamp_of(path: str) -> Stamp:
    """Return what tells whether a file or folder changed."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return (path, *_NEVER)
    return (path, status.st_size, status.st_mtime_ns)


def folder_stamps(project: Project) -> list[Stamp]:
    """Return the stamps of the folders of pages."""
    return [stamp_of(folder) for folder, _ in page_folders(project)]


def _known(project: Project, branch: str) -> dict[str, Any] | None:
    known = read_data(branch_path(project, branch))
    is_ours = isinstance(known, dict) and known.get("branch") == branch and known.keys() >= _KEYS
    return known if is_ours else None


def _is_same(project: Project, known: dict[str, Any]) -> bool:
    stamps = known["stamps"]
    return bool(
        known["folders"] == folder_stamps(project) and all(stamp_of(stamp[0]) == stamp for stamp in stamps)
    )


def _is_there(item: Item) -> bool:
    """Whether the page of a line about a session still exists; other pages have stamps."""
    return item.section not in (HANDOFF, FAILURES) or not item.path or os.path.exists(item.path)


def _others_about(project: Project, words: Sequence[str], context: Context) -> Iterator[Item]:
    """Yield the lines of pages about the words that are not among those prepared for any branch."""
    known = read_data(words_path(project)) if words and RELEVANT in context.active.sections else None
    if not isinstance(known, dict):
        return
    wanted, told = set(words), {item.page for item in context.items if item.section == RELEVANT}
    found = [
        (-len(shared), place, slug)
        for place, (slug, joined) in enumerate(known.items())
        if (shared := wanted.intersection(joined.split())) and slug not in told
    ]
    slugs = [slug for _, _, slug in sorted(found)[:_MOST_ABOUT]]
    pages = pages_now(project, slugs, "found by its words", ())
    yield from sorted(
        (item for item in pages if item.section == RELEVANT), key=lambda item: slugs.index(item.page)
    )


def _gathered(project: Project, branch: str, active: Switches) -> Context:
    pages, entries = entries_now(project)
    sessions = len(page_names(names_in(os.path.join(project.store, "sessions"), project.root)))
    context = Context(active, "", pages, sessions)
    items = [item for item in items_of(entries, "recently updated") if item.section in active.sections]
    context.items = for_branch(items, branch_words(branch, login_words()))
    _pin_anew(project, (), context)
    return context


def _pin_anew(project: Project, before: Sequence[str], context: Context) -> None:
    """Pin the pages that the settings name, and no longer those that they named before."""
    pins = context.active.pins
    if PINNED not in context.active.sections:
        return
    differing = set(pins).symmetric_difference(before)
    pinned = [item for item in context.items if item.section == PINNED and item.page not in differing]
    pinned += pinned_now(project, sorted(differing), pins)
    order = {slug: place for place, slug in enumerate(pins)}
    pinned.sort(key=lambda item: (order.get(item.page, len(order)), item.page))
    context.items = [*pinned, *(item for item in context.items if item.section != PINNED)]


def _freshen(project: Project, known: dict[str, Any], context: Context) -> None:
    """Take pages that are gone out of the context, read changed ones again, put new ones first."""
    now = [stamp_of(stamp[0]) for stamp in known["stamps"]]
    gone = {stamp[0] for stamp in now if stamp[1:] == _NEVER}
    changed = {new[0] for old, new in zip(known["stamps"], now, strict=True) if new != old} - gone
    names = read_data(names_path(project)) if known["folders"] != folder_stamps(project) else None
    entries: list[Entry] = []
    for folder, prefix in page_folders(project):
        start = len(folder) + 1
        wanted = [path[start:] for path in changed if path[:start] == folder + os.sep][:_MOST_CHANGED]
        found = list(entries_of(folder, wanted, prefix, project.root))
        if isinstance(names, dict):
            new, lost = _differences(names_in(folder, project.root), names.get(folder, ""))
            came = list(entries_of(folder, new[:_MOST_COUNTED], prefix, project.root))
            context.pages += len(came) + len(new[_MOST_COUNTED:]) - lost
            came.sort(key=lambda entry: (-entry.updated, entry.slug))
            found += came[: 2 * _MOST_CHANGED]
        date(found, is_shared=bool(prefix))
        entries += found
    _replace(context, entries, gone)


def _differences(names: list[str], joined: str) -> tuple[list[str], int]:
    """Return the names in a folder that may be of new pages, and how many pages are gone."""
    before = set(joined.split("/"))
    new = [name for name in names if name not in before]
    is_less = len(before) > len(names) - len(new)
    return page_names(new), len(before.difference(names, [""])) if is_less else 0


def _replace(context: Context, entries: list[Entry], gone: set[str]) -> None:
    entries.sort(key=lambda entry: (-entry.updated, entry.slug))
    fresh = {(item.section, item.page): item for item in items_of(entries, _CHANGED, context.active.pins)}
    read = {page for _, page in fresh}
    items: list[Item] = []
    for item in context.items:
        key = (item.section, item.page)
        is_unpinned = item.section == PINNED and item.page in read and key not in fresh
        if item.path in gone or is_unpinned or (item.section == LINT and gone):
            continue
        items.append(fresh.pop(key) if key in fresh else item)
    news = [item for item in fresh.values() if item.section in context.active.sections]
    rules = [item for item in news if item.section == PINNED]
    lines = [item for item in news if item.section != PINNED]
    context.items = [*rules, *lines[:_MOST_NEWS], *items]
