"""What sessions were told at their start: the hook's own record, one line per context given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.hook.offers import offers_path
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private

if TYPE_CHECKING:
    from omx_wiki.project import Project

_MAX_BYTES = 32 * 1024 * 1024
_MAX_PAGES = 500
_MAX_NAME = 300
_LATEST = 253_402_300_799  # the end of the year 9999


class Offer(NamedTuple):
    """One context given to a session: when (seconds since 1970), of how many bytes, with which pages."""

    session: str
    at: float
    bytes: int
    pages: tuple[str, ...]


def read_offers(project: Project) -> list[Offer]:
    """Return every offer in the order of the file; lines that are torn or not ours are left out."""
    if not is_private(project.state):
        return []
    raw = read_regular(offers_path(project), _MAX_BYTES) or b""
    found = (_offer(line) for line in raw.split(b"\n") if line.startswith(b"{"))
    return [offer for offer in found if offer is not None]


def _offer(line: bytes) -> Offer | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    session, at, pages = told.get("session"), told.get("at"), told.get("pages")
    if not isinstance(session, str) or not session or not isinstance(pages, list) or not _is_time(at):
        return None
    size = told.get("bytes")
    names = [page for page in pages[:_MAX_PAGES] if isinstance(page, str) and 0 < len(page) <= _MAX_NAME]
    spent = size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0
    return Offer(session, float(at), spent, tuple(dict.fromkeys(names)))


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST
