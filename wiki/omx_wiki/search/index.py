"""Keep the index in step with the pages: the one part of search that writes, for the background worker."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omx_wiki.errors import UnavailableError, WikiError
from omx_wiki.pages.slug import same_title
from omx_wiki.search.digests import digest_of
from omx_wiki.search.fields import field_words, term_counts
from omx_wiki.search.generations import UnusableIndexError, index_folder, open_generation
from omx_wiki.search.manifest import RACY_NS, Entry, Manifest, entry_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from omx_wiki.project import Project
    from omx_wiki.search.engine import Document
    from omx_wiki.search.source import FileStat, PageSource

    Progress = Callable[[int, int], None]


_TRIES = 5


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did.

    Attributes:
        pages: pages in the index now.
        added: pages that were not in it.
        changed: pages whose file had changed.
        removed: pages whose file is gone.
        rebuilt: whether a new index was made because there was none to go on with.
    """

    pages: int
    added: int
    changed: int
    removed: int
    rebuilt: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """How many pages the index has, and how many are new, changed or gone since it was written."""

    pages: int
    behind: int


def behind(store: PageSource, project: Project) -> IndexState:
    """Compare the index with the pages; without a usable index all pages are behind."""
    stats = store.scan()
    try:
        entries = open_generation(project)[1].entries
    except UnusableIndexError:
        return IndexState(0, len(stats))
    changed, gone = _differences(stats, entries)
    return IndexState(len(entries), len(changed) + len(gone))


def indexed_dates(project: Project) -> dict[str, str]:
    """Return when each indexed page changed last, as ISO times; nothing without a usable index."""
    try:
        return {slug: entry.updated for slug, entry in open_generation(project)[1].entries.items()}
    except UnusableIndexError:
        return {}


def discard_index(project: Project) -> None:
    """Remove the index with all its generations; searching goes on without, and the worker builds it anew."""
    shutil.rmtree(index_folder(project), ignore_errors=True)


def page_titled(project: Project, title: str) -> str:
    """Return the indexed page that has a title, "" when none has or there is no usable index."""
    try:
        entries = open_generation(project)[1].entries
    except UnusableIndexError:
        return ""
    return next((s for s, e in entries.items() if e.kind == "page" and same_title(e.title, title)), "")


def refresh(store: PageSource, project: Project, *, progress: Progress | None = None) -> RefreshReport:
    """Bring the index up to date, or build it anew if it is missing, damaged or of another version.

    Queries meanwhile use the index as it was. `progress` is told (pages done, pages to do).

    Raises:
        UnavailableError: the private folder cannot be written.
    """
    try:
        for _ in range(_TRIES - 1):
            try:
                return _Refresh(store, project, progress).run()
            except FileNotFoundError:  # another writer has replaced the generation that this one began with
                continue
        return _Refresh(store, project, progress).run()
    except OSError as error:
        raise UnavailableError(
            f"the search index cannot be written: {error}", "searching still works, only slower"
        ) from error


class _Refresh:
    """One run: what is there, what has changed, and the generation being written."""

    def __init__(self, store: PageSource, project: Project, progress: Progress | None) -> None:
        self._store = store
        self._project = project
        self._progress = progress or (lambda _done, _all: None)
        self._started_ns = time.time_ns()
        self._stats = store.scan()
        self._entries: dict[str, Entry] = {}

    def run(self) -> RefreshReport:
        from omx_wiki.search.publishing import is_undamaged

        try:
            folder, manifest = open_generation(self._project)
        except UnusableIndexError:
            return self._rebuild()
        if not is_undamaged(folder, manifest):
            return self._rebuild()
        try:
            return self._update(folder, manifest)
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - damaged files make Whoosh raise almost anything
            return self._rebuild()

    def _update(self, folder: str, manifest: Manifest) -> RefreshReport:
        from omx_wiki.search.engine import ENGINE
        from omx_wiki.search.publishing import remove_leftovers

        if manifest.engine != ENGINE:
            return self._rebuild()
        changed, gone = _differences(self._stats, manifest.entries)
        if not changed and not gone and not self._has_settled(manifest):
            remove_leftovers(self._project)
            return RefreshReport(len(manifest.entries), 0, 0, 0, rebuilt=False)
        outdated = {*changed, *gone}
        self._entries = {slug: entry for slug, entry in manifest.entries.items() if slug not in outdated}
        removed = [number for number, slug in enumerate(manifest.slugs) if slug in outdated]
        self._write(folder, removed, changed)
        known = sum(slug in manifest.entries for slug in changed)
        return RefreshReport(len(self._entries), len(changed) - known, known, len(gone), rebuilt=False)

    def _rebuild(self) -> RefreshReport:
        self._entries = {}
        self._write("", [], list(self._stats))
        return RefreshReport(len(self._entries), len(self._entries), 0, 0, rebuilt=True)

    def _write(self, previous: str, removed: list[int], added: list[str]) -> None:
        from omx_wiki.search import engine, publishing

        folder = publishing.new_generation(self._project, previous)
        try:
            if not previous:
                engine.create_index(folder)
            if removed or added:
                engine.write_index(folder, removed, self._documents(added))
            with engine.Index(folder) as index:
                slugs = index.slugs()
            manifest = Manifest(engine.ENGINE, slugs, self._settled(), publishing.index_files(folder))
            publishing.publish_generation(folder, manifest)
        except BaseException:
            publishing.discard_generation(folder)
            raise

    def _documents(self, slugs: list[str]) -> Iterator[Document]:
        """Yield the pages as the index takes them and note an entry for each; vanished ones are left out."""
        for done, slug in enumerate(slugs, 1):
            stat = self._stats[slug]
            digest = digest_of(stat.path) if self._is_racy(stat.mtime_ns) else b""  # before the page is read
            try:
                page = self._store.read(slug)
            except (WikiError, OSError):
                continue
            found = field_words(page)
            self._entries[slug] = entry_of(page, stat, tuple(each.length for each in found), digest)
            yield slug, [term_counts(each.counts) for each in found]
            self._progress(done, len(slugs))

    def _is_racy(self, mtime_ns: int) -> bool:
        return mtime_ns > self._started_ns - RACY_NS

    def _settled(self) -> dict[str, Entry]:
        """Return the entries without the digests that time has made needless."""
        return {
            slug: entry._replace(digest=b"") if entry.digest and not self._is_racy(entry.mtime_ns) else entry
            for slug, entry in self._entries.items()
        }

    def _has_settled(self, manifest: Manifest) -> bool:
        return any(entry.digest and not self._is_racy(entry.mtime_ns) for entry in manifest.entries.values())


def _differences(stats: Mapping[str, FileStat], entries: Mapping[str, Entry]) -> tuple[list[str], list[str]]:
    """Return the pages that are new or changed, and those that are gone."""
    changed = [
        slug
        for slug, stat in stats.items()
        if (entry := entries.get(slug)) is None or not entry.is_current(stat)
    ]
    return changed, [slug for slug in entries if slug not in stats]
