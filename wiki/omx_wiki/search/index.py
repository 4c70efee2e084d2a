"""Keep the index in step with the pages: the one part of search that writes, for the background worker."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omx_wiki.errors import UnavailableError, WikiError
from omx_wiki.search.digests import digest_of
from omx_wiki.search.entry import entry_of
from omx_wiki.search.generations import SHELVES, UnusableIndexError, index_folder, open_generation, shelf_of
from omx_wiki.search.manifest import RACY_NS, Manifest
from omx_wiki.search.page_words import PageTerms, PageWords
from omx_wiki.search.segment_writing import Record
from omx_wiki.search.shelf import Shelf
from omx_wiki.search.sweep import compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from omx_wiki.project import Project
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
        complete: whether every page that was there is in it; one that vanished meanwhile is not.
    """

    pages: int
    added: int
    changed: int
    removed: int
    rebuilt: bool
    complete: bool = True


def has_unsettled_pages(project: Project) -> bool:
    """Whether pages changed so shortly before they were indexed that every search compares their contents."""
    for name in SHELVES:
        try:
            if open_generation(project, name)[1].digests:
                return True
        except UnusableIndexError:
            continue
    return False


def discard_index(project: Project) -> None:
    """Remove the index with all its generations; searching goes on without, and the worker builds it anew."""
    shutil.rmtree(os.path.dirname(index_folder(project, SHELVES[0])), ignore_errors=True)


def refresh(
    store: PageSource, project: Project, *, progress: Progress | None = None, verify: bool = False
) -> RefreshReport:
    """Bring the index up to date, or build it anew if it is missing, damaged or of another version.

    Queries meanwhile use the index as it was. The cost follows what changed; only looking at every file's
    time and, with `verify`, at every byte of the index, follows the size of the wiki.

    Args:
        store: the pages.
        project: whose private folder holds the index.
        progress: told (pages done, pages to do).
        verify: build anew what has a damaged byte anywhere.

    Raises:
        UnavailableError: the private folder cannot be written.
    """
    stats = store.scan()
    reports = []
    try:
        for shelf in SHELVES:
            mine = {slug: stat for slug, stat in stats.items() if shelf_of(stat.kind) == shelf}
            reports.append(_refresh_shelf(_Refresh(store, project, shelf, mine, progress), verify=verify))
    except OSError as error:
        raise UnavailableError(
            f"the search index cannot be written: {error}", "searching still works, only slower"
        ) from error
    pages = sum(report.pages for report in reports)
    return RefreshReport(
        pages,
        sum(report.added for report in reports),
        sum(report.changed for report in reports),
        sum(report.removed for report in reports),
        rebuilt=any(report.rebuilt for report in reports),
        complete=pages == len(stats),
    )


def _refresh_shelf(refresh: _Refresh, *, verify: bool) -> RefreshReport:
    for _ in range(_TRIES):
        try:
            return refresh.run(verify=verify)
        except FileNotFoundError:  # another writer has replaced the generation that this one began with
            continue
    return refresh.rebuild()


class _Refresh:
    """One run on one index: what is there, what has changed, and the generation being written."""

    def __init__(
        self,
        store: PageSource,
        project: Project,
        shelf: str,
        stats: Mapping[str, FileStat],
        progress: Progress | None,
    ) -> None:
        self._store = store
        self._project = project
        self._shelf = shelf
        self._stats = stats
        self._progress = progress or (lambda _done, _all: None)
        self._started_ns = time.time_ns()
        self._digests: dict[str, bytes] = {}

    def run(self, *, verify: bool) -> RefreshReport:
        """Bring the index up to date."""
        from omx_wiki.search.publishing import TABLE_OF_CONTENTS, is_undamaged

        try:
            opened = Shelf(self._project, self._shelf)
        except (UnusableIndexError, ValueError):
            return self.rebuild()
        try:
            if not is_undamaged(opened.folder, opened.manifest, "" if verify else TABLE_OF_CONTENTS):
                return self.rebuild()
            return self._update(opened)
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - damaged files make Whoosh raise almost anything
            return self.rebuild()
        finally:
            opened.close()

    def _update(self, opened: Shelf) -> RefreshReport:
        from omx_wiki.search.engine import ENGINE
        from omx_wiki.search.publishing import remove_leftovers

        manifest, known = opened.manifest, opened.stamps()
        if manifest.engine != ENGINE:
            return self.rebuild()
        found = compared(self._stats, known, manifest.digests)
        changed, gone = found.changed, found.gone
        outdated = {*changed, *gone}
        self._digests = {slug: digest for slug, digest in manifest.digests.items() if slug not in outdated}
        if not changed and not gone and self._settled() == manifest.digests:
            remove_leftovers(self._project, self._shelf)
            return RefreshReport(len(known), 0, 0, 0, rebuilt=False)
        pages = self._write(opened, opened.numbers(outdated & known.keys()), changed)
        replaced = sum(slug in known for slug in changed)
        return RefreshReport(pages, len(changed) - replaced, replaced, len(gone), rebuilt=False)

    def rebuild(self) -> RefreshReport:
        """Make the index anew from the pages."""
        if not self._stats and not os.path.isdir(index_folder(self._project, self._shelf)):
            return RefreshReport(0, 0, 0, 0, rebuilt=False)
        self._digests = {}
        pages = self._write(None, [], list(self._stats))
        return RefreshReport(pages, pages, 0, 0, rebuilt=True)

    def _write(self, previous: Shelf | None, removed: list[int], added: list[str]) -> int:
        from omx_wiki.search import engine, publishing

        folder = publishing.new_generation(self._project, self._shelf, previous.folder if previous else "")
        try:
            if previous is None:
                engine.create_index(folder)
            segments = engine.write_index(folder, removed, self._documents(added))
            files = publishing.index_files(folder, previous.manifest.files if previous else {})
            manifest = Manifest(engine.ENGINE, [*segments], self._settled(), files)
            publishing.publish_generation(folder, manifest)
        except BaseException:
            publishing.discard_generation(folder)
            raise
        return manifest.pages()

    def _documents(self, slugs: list[str]) -> Iterator[tuple[Record, PageTerms]]:
        """Yield the pages as the index takes them; vanished ones are left out."""
        for done, slug in enumerate(slugs, 1):
            stat = self._stats[slug]
            digest = digest_of(stat.path) if self._is_racy(stat.mtime_ns) else b""  # before the page is read
            try:
                page = self._store.read(slug)
            except (WikiError, OSError):
                continue
            if digest:
                self._digests[slug] = digest
            words = PageWords(page)
            entry = entry_of(page, self._project.root, words.passages).packed()
            yield Record(slug, stat.size, stat.changed_ns, tuple(words.lengths), entry), PageTerms(words)
            self._progress(done, len(slugs))

    def _is_racy(self, mtime_ns: int) -> bool:
        return mtime_ns > self._started_ns - RACY_NS

    def _settled(self) -> dict[str, bytes]:
        """Return the digests but for those that time has made needless."""
        return {
            slug: digest
            for slug, digest in self._digests.items()
            if self._is_racy(self._stats[slug].mtime_ns)
        }
