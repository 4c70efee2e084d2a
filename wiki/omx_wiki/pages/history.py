"""Earlier versions of pages, in the project's private folder."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import UnavailableError
from omx_wiki.pages.files import read_regular, write_atomic
from omx_wiki.project import ensure_private, is_private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

MAX_VERSIONS = 50
_FOLDER = "history"
_HIDDEN = ".history"
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-([a-z]+)\.md")
_MAX_NAME_BYTES = 200
_MAX_BYTES = 64 * 1024 * 1024


class Version(NamedTuple):
    """One kept version of a page.

    Attributes:
        when: ISO 8601 in UTC, when it was replaced.
        operation: what replaced it, such as "add", "remove", "undo".
        path: the file that holds it.
    """

    when: str
    operation: str
    path: str


def keep_version(project: Project, slug: str, data: bytes, operation: str) -> bool:
    """Keep the bytes that `operation` is about to replace; return whether that worked (never raises).

    They go into the private state, or where that is not writable, as in a sandbox, into the store's own
    hidden folder.
    """
    return any(
        _keep(project, folder, slug, data, operation)
        for folder in _folders(project, slug)
        if _is_usable(folder, project)
    )


def versions_of(project: Project, slug: str) -> list[Version]:
    """Return the kept versions of a page, newest first."""
    found = []
    for folder in _folders(project, slug):
        if not is_private(folder):
            continue
        for name in os.listdir(folder):
            match = _NAME.fullmatch(name)
            if match:
                time = datetime.strptime(match[1], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
                when = time.isoformat(timespec="microseconds").replace("+00:00", "Z")
                found.append(Version(when, match[2], os.path.join(folder, name)))
    return sorted(found, reverse=True)


def _keep(project: Project, folder: str, slug: str, data: bytes, operation: str) -> bool:
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    versions = versions_of(project, slug)
    newest = os.path.basename(versions[0].path).partition("Z")[0] if versions else ""
    if newest >= time:  # the clock went back, or stands still
        head, _, micros = newest.partition(".")
        time = f"{head}.{min(int(micros) + 1, 999_999):06d}"
    try:
        write_atomic(os.path.join(folder, f"{time}Z-{operation}.md"), data, 0o600)
        for version in versions[MAX_VERSIONS - 1 :]:
            os.unlink(version.path)
    except (UnavailableError, OSError):
        return False
    return True


def _is_usable(folder: str, project: Project) -> bool:
    """Make the folder and the one above it private if need be; return whether they can be written to."""
    above = os.path.dirname(folder)
    is_reachable = os.path.dirname(above) == project.store or ensure_private(project.state)
    return is_reachable and ensure_private(above) and ensure_private(folder)


def history_files(project: Project) -> Iterator[str]:
    """Yield the file of every kept version of every page."""
    for base in (os.path.join(project.state, _FOLDER), os.path.join(project.store, _HIDDEN)):
        if is_private(base):
            for folder, _folders, names in os.walk(base):
                yield from (os.path.join(folder, name) for name in sorted(names) if _NAME.fullmatch(name))


def read_version(version: Version) -> bytes | None:
    """Return the bytes of a kept version, None when it is gone."""
    return read_regular(version.path, _MAX_BYTES)


def _folders(project: Project, slug: str) -> list[str]:
    """Return where versions of a page lie, the private state first."""
    name = slug.replace("/", "__")
    if len(os.fsencode(name)) > _MAX_NAME_BYTES:
        name = f"{name[:40]}-{blake2b(os.fsencode(slug), digest_size=8).hexdigest()}"
    return [os.path.join(project.state, _FOLDER, name), os.path.join(project.store, _HIDDEN, name)]
