"""The pages: whether each can be read, and what lies among them that is none."""

from __future__ import annotations

import os
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.journal.scrub import scrub_store
from omx_wiki.pages.changes import writing
from omx_wiki.pages.files import remove_leftovers
from omx_wiki.pages.page import MAX_PAGE_BYTES
from omx_wiki.pages.scan import page_folders
from omx_wiki.pages.store import Store, read_page_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.doctor.finding import Progress
    from omx_wiki.pages.scan import PageStat
    from omx_wiki.project import Project

AREA, SECRETS = "store", "secrets"

_MARKERS = (b"<<<<<<< ", b"=======", b">>>>>>> ")
_STALE_SECONDS = 3600


class Seen(NamedTuple):
    """What the pages of a wiki were found to be, each as a list of slugs (or places).

    Attributes:
        looked_at: how many pages there was time for.
        unreadable: pages that cannot be opened.
        undecodable: pages that are not UTF-8.
        oversized: pages of which only the beginning is read.
        conflicted: pages that git left conflict markers in.
        secrets: `path:line: kind` of what looks like a secret, never the secret itself.
    """

    looked_at: int
    unreadable: list[str]
    undecodable: list[str]
    oversized: list[str]
    conflicted: list[str]
    secrets: list[str]


def check_pages(project: Project, seconds: float, progress: Progress) -> Iterator[Finding]:
    """Yield how the pages are; reads them for `seconds` at most and tells `progress` how far it is."""
    if not project.has_pages():
        yield Finding(AREA, "note", f"no wiki in {project.root} yet", "wiki setup", facts={"pages": 0})
        return
    store = Store(project)
    stats = store.scan()
    seen = _look(stats, time.monotonic() + seconds, progress)
    yield from _check_seen(seen)
    yield from _check_names(project, store, stats)
    yield from _check_leftovers(project)
    kinds = [stat.kind for stat in stats.values()]
    sessions = kinds.count("session")
    pages = len(kinds) - sessions
    yield Finding(
        AREA,
        "ok",
        f"{count_of(pages, 'page')} and {count_of(sessions, 'session')} in {project.store}",
        facts={"store": project.store, "pages": pages, "sessions": sessions},
    )
    yield from _check_secrets(seen, len(stats))


def _look(stats: dict[str, PageStat], end: float, progress: Progress) -> Seen:
    seen = Seen(0, [], [], [], [], [])
    done = 0
    for slug, stat in sorted(stats.items()):
        if time.monotonic() > end:
            break
        _look_at(slug, stat, seen)
        done += 1
        progress(done, len(stats))
    return seen._replace(looked_at=done)


def _look_at(slug: str, stat: PageStat, seen: Seen) -> None:
    raw = read_page_file(stat.path)
    if raw is None:
        if os.path.lexists(stat.path):
            seen.unreadable.append(slug)
        return
    if len(raw) > MAX_PAGE_BYTES:
        seen.oversized.append(slug)
        return
    try:
        raw.decode()
    except UnicodeDecodeError:
        seen.undecodable.append(slug)
    if has_conflict(raw):
        seen.conflicted.append(slug)
    path = Path(os.path.realpath(stat.path))
    seen.secrets.extend(f"{slug}:{found.line} ({found.kind})" for found in scrub_store([path]))


def has_conflict(raw: bytes) -> bool:
    """Whether the three markers of a merge conflict begin lines, one after the other."""
    left = list(_MARKERS)
    for line in raw.splitlines() if all(marker in raw for marker in _MARKERS) else ():
        if left and line.startswith(left[0]):
            del left[0]
    return not left


def _check_seen(seen: Seen) -> Iterator[Finding]:
    if seen.unreadable:
        text = f"{count_of(len(seen.unreadable), 'page')} cannot be read: {some_of(seen.unreadable)}"
        yield Finding(AREA, "error", text, "give yourself the right to read them")
    if seen.conflicted:
        text = f"conflict markers of git in {some_of(seen.conflicted)}"
        yield Finding(AREA, "warning", text, "edit them; the start-up context leaves such text out")
    if seen.undecodable:
        text = f"{count_of(len(seen.undecodable), 'page')} not UTF-8: {some_of(seen.undecodable)}"
        yield Finding(AREA, "warning", text, "convert them; wiki add leaves them as they are")
    if seen.oversized:
        text = f"{count_of(len(seen.oversized), 'page')} of more than {MAX_PAGE_BYTES >> 20} MB: "
        hint = "split them; only the beginning is read"
        yield Finding(AREA, "warning", text + some_of(seen.oversized), hint)


def _check_names(project: Project, store: Store, stats: dict[str, PageStat]) -> Iterator[Finding]:
    for problem in store.scan_problems()[:5]:
        yield Finding(AREA, "warning", problem)
    groups: dict[str, list[str]] = {}
    for slug in stats:
        groups.setdefault(unicodedata.normalize("NFC", slug).casefold(), []).append(slug)
    same = sorted(" and ".join(sorted(slugs)) for slugs in groups.values() if len(slugs) > 1)
    if same:
        text = f"names that are one file on other systems: {some_of(same)}"
        yield Finding(AREA, "warning", text, f"rename one of each in {project.store}")


def _check_leftovers(project: Project) -> Iterator[Finding]:
    folders = [folder for folder, _, kind in page_folders(project) if kind != "shared"]
    now = time.time()
    old = [
        os.path.basename(path)
        for folder in folders
        for path in _temporaries(folder)
        if now - os.lstat(path).st_mtime > _STALE_SECONDS
    ]
    if old:
        text = f"{count_of(len(old), 'file')} left by writers that were killed: {some_of(old)}"
        fix = Fix("remove what killed writers left", lambda: _remove(project, folders))
        yield Finding(AREA, "note", text, fix=fix)


def _temporaries(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [e.path for e in entries if e.name[0] == "." and e.name.endswith(".tmp")]
    except OSError:
        return []


def _remove(project: Project, folders: list[str]) -> None:
    with writing(project):
        for folder in folders:
            remove_leftovers(folder)


def _check_secrets(seen: Seen, count: int) -> Iterator[Finding]:
    if seen.secrets:
        text = f"{count_of(len(seen.secrets), 'possible secret')} in pages: {some_of(seen.secrets)}"
        yield Finding(
            SECRETS, "warning", text, "wiki scrub takes them out", facts={"places": seen.secrets[:100]}
        )
    if seen.looked_at < count:
        text = f"there was time for {seen.looked_at} of {count} pages"
        yield Finding(SECRETS, "note", text, "wiki scrub --dry-run looks at all")
    elif not seen.secrets:
        yield Finding(SECRETS, "ok", "none in any page")
