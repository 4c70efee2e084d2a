"""Every write to the pages of a project, one at a time and recoverable."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import NotFoundError, RefusedError, UnavailableError
from omx_wiki.pages.draft import Draft, merged_page, new_page
from omx_wiki.pages.files import (
    is_inside,
    read_regular,
    remove_leftovers,
    sync_folder,
    unwritable,
    write_atomic,
)
from omx_wiki.pages.history import keep_version, read_version, versions_of
from omx_wiki.pages.lock import locked
from omx_wiki.pages.page import MAX_PAGE_BYTES, parse_page
from omx_wiki.pages.scan import PageStat, find_page, is_page_stem, page_folders
from omx_wiki.pages.slug import is_reserved, same_title, slug_candidates, slugify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project


class AddResult(NamedTuple):
    """What adding a draft did.

    Attributes:
        slug: the page.
        path: its file.
        created: it is new.
        updated: it existed and has changed.
        notes: what a person should know, such as metadata that could not be kept.
    """

    slug: str
    path: str
    created: bool
    updated: bool
    notes: tuple[str, ...] = ()


@contextlib.contextmanager
def writing(project: Project) -> Iterator[None]:
    """Hold the lock of the store, which is created first if there is none.

    Raises:
        RefusedError: the store leads outside the project.
        UnavailableError: not writable, or locked for too long.
    """
    root = os.path.realpath(project.root)
    for folder in (os.path.dirname(project.store), project.store):
        try:
            os.mkdir(folder)
        except FileExistsError:
            pass
        except OSError as error:
            raise unwritable(folder, error) from error
        if not is_inside(folder, root):
            raise RefusedError(f"{folder} leads outside the project; nothing is written there")
    with locked(project.store):
        yield


def add_draft(project: Project, draft: Draft, *, new: bool = False, known: str = "") -> AddResult:
    """Make a draft a new page, or a new section of the page with its title; see `Store.add`."""
    draft = draft.cleaned()
    with writing(project):
        slug, found = _page_for_title(project, draft.title, known)
        if found is None:
            path = page_path(project, slug)
            write_atomic(path, new_page(draft).encode())
            return AddResult(slug, path, created=True, updated=False)
        if new:
            raise RefusedError(f"the page {slug} exists", "leave out --new to add a section to it")
        raw = read_current(found.path)
        text, notes = merged_page(_decoded(raw, slug), draft)
        data = text.encode()
        if data == raw:
            return AddResult(slug, found.path, created=False, updated=False, notes=tuple(notes))
        if len(data) > MAX_PAGE_BYTES:
            raise RefusedError(f"the page {slug} would exceed {MAX_PAGE_BYTES} bytes", "use another title")
        replace_file(project, slug, found.path, data, "add")
        return AddResult(slug, found.path, created=False, updated=True, notes=tuple(notes))


def put_page(project: Project, slug: str, data: bytes, *, operation: str = "edit", keep: bool = True) -> bool:
    """Write the bytes of a page, new or not; return whether anything changed; see `Store.put`."""
    with writing(project):
        found = find_page(project, slug)
        path = found.path if found else page_path(project, slug)
        if found and read_regular(path, len(data) + 1) == data:
            return False
        replace_file(project, slug, path, data, operation if keep and found else "")
        return True


def remove_page(project: Project, slug: str) -> tuple[bytes, PageStat]:
    """Delete a page, its bytes going to history; return them; see `Store.remove`."""
    with writing(project):
        found = find_page(project, slug)
        if found is None:
            raise NotFoundError(f"there is no page {slug!r}")
        refuse_shared(slug, found.kind)
        raw = read_current(found.path)
        if not keep_version(project, slug, raw, "remove"):
            raise UnavailableError(
                f"{slug} is not removed: no copy of it can be kept", "delete the file yourself"
            )
        try:
            os.unlink(found.path)
        except OSError as error:
            raise unwritable(found.path, error) from error
        sync_folder(os.path.dirname(found.path))
        return raw, found


def undo_change(project: Project, slug: str) -> None:
    """Bring back the newest kept version of a page; see `Store.undo`."""
    found = find_page(project, slug)
    current = read_current(found.path) if found else None
    for version in versions_of(project, slug):
        data = read_version(version)
        if data is not None and data != current:
            put_page(project, slug, data, operation="undo")
            return
    raise NotFoundError(f"no earlier version of {slug!r} is kept")


def write_index_file(project: Project, text: str) -> bool:
    """Write `index.md` unless it says so already; return whether it was written.

    Removes what killed writers left behind, too.
    """
    path = os.path.join(project.store, "index.md")
    data = text.encode()
    with writing(project):
        if os.path.islink(path):
            raise RefusedError(f"{path} is a link; it is not written to")
        remove_leftovers(project.store)
        if read_regular(path, len(data) + 1) == data:
            return False
        write_atomic(path, data)
        return True


def page_path(project: Project, slug: str) -> str:
    """Return the file for a new page; its folder is created.

    Raises:
        RefusedError: shared pages are not written to.
        NotFoundError: the slug cannot be the name of a page.
    """
    for folder, prefix, kind in page_folders(project)[::-1]:
        stem = slug[len(prefix) :]
        if slug.startswith(prefix) and is_page_stem(stem):
            refuse_shared(slug, kind)
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder)
            if not is_inside(folder, os.path.realpath(project.store)):
                raise RefusedError(f"{folder} leads outside the store; nothing is written there")
            return os.path.join(folder, stem + ".md")
    raise NotFoundError(f"{slug!r} cannot be the name of a page")


def replace_file(project: Project, slug: str, path: str, data: bytes, operation: str) -> None:
    """Write a page file, keeping the bytes it replaces under the name of `operation` ("" keeps nothing).

    Raises:
        RefusedError: the page is shared, or a link that leads out of the store.
    """
    if os.path.islink(path):
        path = os.path.realpath(path)
    if not is_inside(path, os.path.realpath(project.store)):
        raise RefusedError(f"{path} is not inside the store; nothing is written there")
    if operation and os.path.exists(path):
        keep_version(project, slug, read_current(path), operation)
    write_atomic(path, data)


def refuse_shared(slug: str, kind: str) -> None:
    """Raise RefusedError for a shared page."""
    if kind == "shared":
        raise RefusedError(f"{slug} is a shared page, kept in git", "change it with git, like any other file")


def read_current(path: str) -> bytes:
    """Return the whole page file about to be replaced.

    Raises:
        RefusedError: it is larger than any page may be.
        NotFoundError: it is gone.
    """
    limit = 32 * MAX_PAGE_BYTES
    raw = read_regular(os.path.realpath(path), limit + 1)
    if raw is None:
        raise NotFoundError(f"{path} is gone")
    if len(raw) > limit:
        raise RefusedError(f"{path} is larger than {limit} bytes")
    return raw


def _page_for_title(project: Project, title: str, known: str) -> tuple[str, PageStat | None]:
    """Return the page that has the title, else the name that a new page gets.

    Looks at the few names the title can have and at the page `known`, never at all pages.
    """
    if (page := find_page(project, known)) and page.kind == "page" and _has_title(page, known, title):
        return known, page
    free = ""
    as_file = [title] if is_page_stem(title) and not is_reserved(title) else []
    for slug in dict.fromkeys((*slug_candidates(title), *as_file)):
        found = find_page(project, slug)
        if found is None:
            is_taken = os.path.lexists(os.path.join(project.store, f"{slug}.md"))
            free = free or ("" if is_taken else slug)
        elif _has_title(found, slug, title):
            return slug, found
    if not free:
        raise RefusedError(f"every name for {title!r} is taken", "choose another title")
    return free, None


def _has_title(found: PageStat, slug: str, title: str) -> bool:
    raw = read_current(found.path)
    page = parse_page(raw[:MAX_PAGE_BYTES], found.path, slug, found.kind, 0)
    return same_title(page.title, title) or (page.title == slug and slugify(slug) == slugify(title))


def _decoded(raw: bytes, slug: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"the page {slug} is not UTF-8 (byte {error.start}); it is left as it is",
            "convert it first",
        ) from error
