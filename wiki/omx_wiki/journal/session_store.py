"""Where a session's page is, and writing it there without losing what people wrote."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from omx_wiki.errors import NotFoundError
from omx_wiki.journal.session_front import front_value
from omx_wiki.journal.session_merge import is_edited, merge
from omx_wiki.pages.changes import page_path, read_current, replace_file, writing
from omx_wiki.pages.scan import SESSIONS, find_page

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.session_page import Generated
    from omx_wiki.pages.store import Store

__all__ = ["free_slug", "merge", "session_slug", "write_session"]

_PLAIN_ID = re.compile(r"[A-Za-z0-9-]{1,100}\Z")
_ID_LENGTH = 8


def session_slug(facts: SessionFacts) -> str:
    """Return `sessions/<date>-<time>-<end of the id>`, the time being that of the start in UTC.

    An id with anything but letters, digits and hyphens counts as hostile and is replaced by its hash.
    """
    stamp = re.match(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)", facts.started)
    when = f"{stamp[1]}-{stamp[2]}{stamp[3]}" if stamp else "undated"
    return f"{SESSIONS}/{when}-{_short_id(facts)}"


def _short_id(facts: SessionFacts) -> str:
    plain = facts.id.replace("-", "").lower() if _PLAIN_ID.match(facts.id) else ""
    key = facts.id or f"{facts.agent} {facts.started} {facts.cwd} {facts.title}"
    return plain[-_ID_LENGTH:] or _hash(key)


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_ID_LENGTH // 2).hexdigest()


def free_slug(store: Store, facts: SessionFacts) -> str:
    """Return the slug of the page that a session has, else its usual one, with a hash when that is taken.

    A page is known by its id: where only the later of a session's files was read, it seems to begin later.
    """
    usual, own = session_slug(facts), front_value(facts.id)
    owners = {slug: _owner(store, slug) for slug in (usual, *_alike(store, facts))}
    mine = [slug for slug, owner in owners.items() if own and owner == own]
    if mine:
        return mine[0]
    return f"{usual}-{_hash(facts.id)}" if owners[usual] else usual


def _owner(store: Store, slug: str) -> str:
    """Return the id of the session whose page this is, "" when no session's is there."""
    try:
        owner = store.read(slug).meta.get("id", "")
    except NotFoundError:
        return ""
    return owner if isinstance(owner, str) else ""


def _alike(store: Store, facts: SessionFacts) -> list[str]:
    """Return the slugs of session pages that are named like the session's, whatever their date."""
    try:
        names = sorted(os.listdir(os.path.join(store.project.store, SESSIONS)))
    except OSError:
        return []
    mark = f"-{_short_id(facts)}"
    return [f"{SESSIONS}/{name.removesuffix('.md')}" for name in names if mark in name]


def write_session(store: Store, generated: Generated, slug: str) -> bool:
    """Create or update a session's page; return whether its file changed.

    The page is read, merged and written under the store's lock, so no note written meanwhile is lost. The
    former version goes to history only when a person changed the generated part.

    Raises:
        RefusedError: the page leads outside the store, or is larger than any page may be.
        NotFoundError: the slug cannot be the name of a page.
        UnavailableError: the store is not writable, or locked for too long.
    """
    project = store.project
    with writing(project):
        found = find_page(project, slug)
        old = read_current(found.path) if found else None
        data = merge(old, generated)
        if data == old:
            return False
        path = found.path if found else page_path(project, slug)
        operation = "capture" if old and is_edited(old) else ""
        replace_file(project, slug, path, data, operation)
        return True
