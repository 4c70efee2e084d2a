"""The record of what sessions were told: one line of JSON per context given, in the private state."""

from __future__ import annotations

import os

from omx_wiki.hook.payload import parse_object, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from omx_wiki.project import Project

MAX_BYTES = 2 * 1024 * 1024
_SLACK = 512 * 1024
_TAIL = 64 * 1024


class Offer:
    """One context that a session was given.

    Attributes:
        session: the session's id.
        at: when, in whole seconds since 1970.
        source: why it was given: "startup", "clear", "compact", "resume" or "fork".
        branch: the git branch at that time, "" when unknown.
        digest: of what was told, ages left out.
        size: bytes of the context.
        pages: the slugs of the pages it told of; sessions do not count.
    """

    __slots__ = ("at", "branch", "digest", "pages", "session", "size", "source")

    def __init__(self, session: str, at: int, source: str, branch: str, digest: str) -> None:
        self.session = session
        self.at = at
        self.source = source
        self.branch = branch
        self.digest = digest
        self.size = 0
        self.pages: list[str] = []

    def line(self) -> str:
        """Return the offer as one line of JSON."""
        told = (("session", self.session), ("source", self.source), ("branch", self.branch))
        members = [f'"at":{self.at}', f'"bytes":{self.size}', f'"digest":{quote(self.digest)}']
        members += [f"{quote(name)}:{quote(value)}" for name, value in told]
        return f'{{{",".join(members)},"pages":[{",".join(map(quote, self.pages))}]}}\n'


def offers_path(project: Project) -> str:
    """Return where the record of the project lies."""
    return os.path.join(project.state, "offers.jsonl")


def append_offer(project: Project, offer: Offer) -> None:
    """Add an offer to the record in the existing private state.

    Raises OSError when it cannot be written.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(offers_path(project), flags, 0o600)
    try:
        os.write(descriptor, offer.line().encode("utf-8", "replace"))
    finally:
        os.close(descriptor)


def recent_offers(project: Project) -> list[Offer]:
    """Return the offers in the last 64 KiB of the record, the oldest first; other lines are skipped."""
    from omx_wiki.project import is_private

    if not is_private(project.state):
        return []
    try:
        descriptor = os.open(offers_path(project), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            size = os.fstat(descriptor).st_size
            os.lseek(descriptor, max(0, size - _TAIL), os.SEEK_SET)
            raw = os.read(descriptor, _TAIL)
        finally:
            os.close(descriptor)
    except OSError:
        return []
    return read_offers(raw.decode("utf-8", "replace").split("\n"))


def read_offers(lines: Iterable[str]) -> list[Offer]:
    """Return the offers of the lines that are offers."""
    parsed = (parse_object(line) for line in lines if line)
    return [offer for row in parsed if (offer := _offer(row)) is not None]


def trim_offers(project: Project) -> None:
    """Cut the record down to its last `MAX_BYTES` once it is much larger; a worker's task.

    Raises OSError when the private state cannot be written.
    """
    path = offers_path(project)
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= MAX_BYTES + _SLACK:
                return
            file.seek(size - MAX_BYTES)
            kept = file.read().partition(b"\n")[2]
    except FileNotFoundError:
        return
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as file:
        file.write(kept)
    os.replace(temporary, path)


def _offer(row: dict[str, Any]) -> Offer | None:
    texts = [row.get(name) for name in ("session", "source", "branch", "digest")]
    at, pages = row.get("at"), row.get("pages")
    if not isinstance(at, int) or not isinstance(pages, list) or not all(isinstance(t, str) for t in texts):
        return None
    session, source, branch, digest = map(str, texts)
    offer = Offer(session, at, source, branch, digest)
    size = row.get("bytes")
    offer.size = size if isinstance(size, int) else 0
    offer.pages = [slug for slug in pages if isinstance(slug, str)]
    return offer
