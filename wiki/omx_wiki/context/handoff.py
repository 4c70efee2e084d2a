"""The session to go on from: the last of the branch, else the newest of any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.context.gist import ended_at, gist_of, is_substantive, named_files
from omx_wiki.hook.item import HANDOFF, Item, clean
from omx_wiki.journal.session_body import changed_paths
from omx_wiki.journal.sessions import page_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from omx_wiki.journal.session_rows import SessionRow

_DAY = 86400
_MOST_EACH = 2
_OWN_DAYS, _OTHER_DAYS = 30, 7
"""How long the last session of a branch, and of another branch, is worth going on from."""


def last_on(branch: str, rows: Sequence[SessionRow]) -> SessionRow | None:
    """Return the newest session of a branch in which something was done; `rows` are newest first."""
    return next((row for row in rows if row.branch == branch and is_substantive(row)), None)


def next_sessions(branch: str, rows: Sequence[SessionRow]) -> tuple[list[SessionRow], list[SessionRow]]:
    """Return the sessions to go on from: those of the branch, then others; `rows` are newest first."""
    substantive = [row for row in rows if is_substantive(row)]
    own = [row for row in substantive if branch and row.branch == branch][:_MOST_EACH]
    return own, [row for row in substantive if row not in own][:_MOST_EACH]


def handoff_items(branch: str, rows: Sequence[SessionRow]) -> list[Item]:
    """Return the lines about the session to go on from, best first.

    The first session that has not expired when they are read is told. It takes a second one for a session
    that begins right after one of its own.

    Args:
        branch: "" for a session on no known branch.
        rows: all sessions, newest first.
    """
    own, others = next_sessions(branch, rows)
    found: list[Item] = []
    for row in own:
        found += _lines(row, "on this branch", ended_at(row) + _OWN_DAYS * _DAY)
    for row in others:
        where = f"(branch {clean(row.branch, 80)})" if row.branch else "(no branch)"
        found += _lines(row, where, ended_at(row) + _OTHER_DAYS * _DAY)
    return found


def _lines(row: SessionRow, where: str, expires: float) -> Iterator[Item]:
    body = page_body(row)
    gist, changed = gist_of(body), changed_paths(body)[0]
    title = f": {clean(row.title, 100)}" if not gist.asked else ""
    yield _item(row, f"- Last session {where} ({row.slug}){title}", expires, updated=ended_at(row))
    asked = " … then: ".join(clean(text, 200) for text in gist.asked)
    told = [("Asked", asked), ("Outcome", clean(gist.outcome, 320))]
    told += [("Failing", clean(text, 200)) for text in gist.failing]
    told += [("Open", clean(text, 160)) for text in gist.open]
    told += [("Changed", named_files(changed))] if changed else []
    for label, text in told:
        if text:
            yield _item(row, f"- {label}: {text}", expires)


def _item(row: SessionRow, text: str, expires: float, updated: float = 0) -> Item:
    item = Item(HANDOFF, text, row.slug, row.path, updated)
    item.expires = expires
    item.why = (f"last session on {row.branch or 'no branch'}",)
    return item
