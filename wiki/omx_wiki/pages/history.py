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
    from omx_wiki.project import Project

MAX_VERSIONS = 50
_FOLDER = "history"
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
    """Keep the bytes that `operation` is about to replace; return whether that worked (never raises)."""
    if not (ensure_private(project.state) and ensure_private(os.path.join(project.state, _FOLDER))):
        return False
    folder = _folder(project, slug)
    if not ensure_private(folder):
        return False
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


def versions_of(project: Project, slug: str) -> list[Version]:
    """Return the kept versions of a page, newest first."""
    folder = _folder(project, slug)
    try:
        names = sorted(os.listdir(folder), reverse=True) if is_private(folder) else []
    except OSError:
        return []
    found = []
    for name in names:
        match = _NAME.fullmatch(name)
        if match:
            time = datetime.strptime(match[1], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
            when = time.isoformat().replace("+00:00", "Z")
            found.append(Version(when, match[2], os.path.join(folder, name)))
    return found


def read_version(version: Version) -> bytes | None:
    """Return the bytes of a kept version, None when it is gone."""
    return read_regular(version.path, _MAX_BYTES)


def _folder(project: Project, slug: str) -> str:
    name = slug.replace("/", "__")
    if len(os.fsencode(name)) > _MAX_NAME_BYTES:
        name = f"{name[:40]}-{blake2b(os.fsencode(slug), digest_size=8).hexdigest()}"
    return os.path.join(project.state, _FOLDER, name)
