"""Take a folder of Markdown files into the wiki, again and again without harm."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import InvalidInputError, NotFoundError, UnavailableError
from omx_wiki.pages.changes import page_path, writing
from omx_wiki.pages.files import (
    is_inside,
    read_regular,
    sync_folder,
    unwritable,
    write_atomic,
    write_temporary,
)
from omx_wiki.pages.history import keep_version
from omx_wiki.pages.page import MAX_PAGE_BYTES, parse_page
from omx_wiki.pages.scan import find_page
from omx_wiki.pages.slug import hashed_slug, same_title, slugify
from omx_wiki.project import ensure_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from omx_wiki.pages.store import Store

_SUFFIXES = (".md", ".markdown")
_SKIPPED_FOLDERS = {"node_modules", "bower_components", "vendor", "venv", "site-packages"}
_BATCH = 100
_STATE_NAME = "imports.json"
_MAX_STATE_BYTES = 64 * 1024 * 1024
_SAME_LINEAGE = 0.5


class Imported(NamedTuple):
    """What became of one source file.

    Attributes:
        slug: the page, "" when the file was skipped.
        path: the source file.
        outcome: "created", "updated", "unchanged", "kept" (the page has been edited by hand, it stays as it
            is) or "skipped" (empty, too large, unreadable).
    """

    slug: str
    path: str
    outcome: str


@dataclass(slots=True)
class _Write:
    """A page that is to be written with the next batch."""

    slug: str
    target: str
    data: bytes
    times: tuple[int, int]


def find_sources(folder: str) -> list[str]:
    """Return the Markdown files below a folder (or the one file), sorted.

    Hidden files and folders, links and folders of foreign packages are left out.

    Raises:
        NotFoundError: there is no such file or folder.
    """
    if os.path.isfile(folder):
        return [folder]
    if not os.path.isdir(folder):
        raise NotFoundError(f"there is no folder {folder}")
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f[0] != "." and f not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name[0] != "." and name.lower().endswith(_SUFFIXES) and not os.path.islink(path):
                found.append(path)
    return sorted(found)


def _unchanged(data: bytes) -> bytes:
    return data


def import_markdown(
    store: Store, folder: str, clean: Callable[[bytes], bytes] = _unchanged
) -> MarkdownImport:
    """Return the import of a folder (or one file) into the store; iterating over it does the work.

    A page is named by its title and holds the bytes of its source. A source imported before updates its
    page, unless somebody edited the page since. Two different sources never share a page. Works without the
    record of earlier imports too, by comparing contents. Every source passes `clean` first.

    Raises:
        InvalidInputError: the folder is part of the store itself.
        NotFoundError: there is no such folder.
    """
    folder = os.path.abspath(folder)
    if is_inside(folder, os.path.realpath(store.project.store)):
        raise InvalidInputError(f"{folder} is part of the wiki already")
    base = os.path.dirname(folder) if os.path.isfile(folder) else folder
    return MarkdownImport(store, base, find_sources(folder), clean)


class MarkdownImport:
    """An import about to happen: as long as there are sources; iterating yields what became of each."""

    def __init__(
        self, store: Store, base: str, sources: Sequence[str], clean: Callable[[bytes], bytes]
    ) -> None:
        self._clean = clean
        self._store = store
        self._base = base
        self._sources = sources

    def __len__(self) -> int:
        return len(self._sources)

    def __iter__(self) -> Iterator[Imported]:
        """Import batch by batch, each under the store's lock.

        Raises:
            RefusedError: the store leads outside the project.
            UnavailableError: the store is not writable, or locked for too long.
        """
        run = _Run(self._store, self._base, self._clean)
        for start in range(0, len(self._sources), _BATCH):
            with writing(self._store.project):
                done = [run.take(path) for path in self._sources[start : start + _BATCH]]
                run.flush()
            yield from done


class _Run:
    """One run over a folder: what it wrote so far and what earlier runs wrote."""

    def __init__(self, store: Store, base: str, clean: Callable[[bytes], bytes]) -> None:
        self.clean = clean
        self.project = store.project
        self.base = base
        self.record = _read_record(self._state)
        self.claimed: dict[str, str] = {
            entry["slug"]: source for source, entry in self.record.items() if os.path.exists(source)
        }
        self.writes: list[_Write] = []

    @property
    def _state(self) -> str:
        return os.path.join(self.project.state, _STATE_NAME)

    def take(self, path: str) -> Imported:
        """Decide about one source; what is to be written waits for `flush`."""
        path = os.path.abspath(path)
        data = read_regular(path, MAX_PAGE_BYTES + 1)
        times = _times(path)
        if data is None or times is None or not data.strip() or len(data) > MAX_PAGE_BYTES:
            return Imported("", path, "skipped")
        data = self.clean(data)
        slug, outcome = self._decide(path, data)
        self.claimed[slug] = path
        if outcome in {"created", "updated"}:
            found = find_page(self.project, slug)
            target = os.path.realpath(found.path if found else page_path(self.project, slug))
            if not is_inside(target, os.path.realpath(self.project.store)):
                return Imported(slug, path, "kept")
            self.writes.append(_Write(slug, target, data, times))
        if outcome != "kept" or path not in self.record:
            self.record[path] = {"slug": slug, "digest": _digest(data)}
        return Imported(slug, path, outcome)

    def _decide(self, path: str, data: bytes) -> tuple[str, str]:
        known = self.record.get(path)
        if known:
            current = self._current(known["slug"])
            if current == data:
                return known["slug"], "unchanged"
            if current is not None:
                edited = _digest(current) != known["digest"]
                return known["slug"], "kept" if edited else "updated"
        title = parse_page(data, path, os.path.splitext(os.path.basename(path))[0], "page", 0).title
        plain = slugify(title) or slugify("page")
        relative = os.path.relpath(path, self.base)
        for slug in (plain, hashed_slug(plain, relative), hashed_slug(plain, relative, 8)):
            if self.claimed.get(slug, path) != path:
                continue
            current = self._current(slug)
            if current is None:
                return slug, "created"
            if current == data:
                return slug, "unchanged"
            if _is_same_lineage(current, data, title):
                return slug, "kept"
        return slug, "kept"

    def _current(self, slug: str) -> bytes | None:
        found = find_page(self.project, slug)
        return read_regular(os.path.realpath(found.path), MAX_PAGE_BYTES + 1) if found else None

    def flush(self) -> None:
        """Write the waiting pages: all contents reach the disk before the first page is replaced."""
        ready: list[tuple[str, str]] = []
        try:
            for write in self.writes:
                current = self._current(write.slug)
                if current is not None:
                    keep_version(self.project, write.slug, current, "import")
                temporary = write_temporary(write.target, write.data, 0o644, sync=False)
                ready.append((temporary, write.target))
                os.utime(temporary, ns=write.times)
            if ready and hasattr(os, "sync"):
                os.sync()
            while ready:
                os.replace(*ready[-1])
                ready.pop()
        except OSError as error:
            raise unwritable(self.project.store, error) from error
        finally:
            for temporary, _ in ready:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
        sync_folder(self.project.store)
        self.writes = []
        _write_record(self.project.state, self._state, self.record)


def _times(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_atime_ns, status.st_mtime_ns


def _is_same_lineage(current: bytes, data: bytes, title: str) -> bool:
    """Whether a page looks like an edited copy of a source of the same title: half of its lines are there."""
    page = parse_page(current, "", "page", "page", 0)
    if not same_title(page.title, title):
        return False
    lines = _words(data)
    return bool(lines) and len(lines & _words(current)) >= _SAME_LINEAGE * len(lines)


def _words(data: bytes) -> set[bytes]:
    """Return the lines that say something: neither blank nor headings nor rules."""
    lines = map(bytes.strip, data.splitlines())
    return {line for line in lines if line and line[:1] != b"#" and line.strip(b"-")}


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _read_record(path: str) -> dict[str, dict[str, str]]:
    raw = read_regular(path, _MAX_STATE_BYTES)
    try:
        value = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {
        source: entry
        for source, entry in value.items()
        if isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("slug", "digest"))
    }


def _write_record(folder: str, path: str, record: dict[str, dict[str, str]]) -> None:
    """Keep the record where that is possible; an import works without it."""
    if not ensure_private(folder):
        return
    try:
        write_atomic(path, json.dumps(record, indent=0).encode(), 0o600)
    except UnavailableError:
        return
