"""Find the sessions of a project: a filtered list, newest first, and the one that a name means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from omx_wiki.errors import NotFoundError, RefusedError
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.journal.moments import parse_moment
from omx_wiki.journal.paths import covers
from omx_wiki.journal.session_body import changed_paths
from omx_wiki.journal.session_rows import HEAD_BYTES, SessionRow, read_row
from omx_wiki.pages.regular import read_regular
from omx_wiki.pages.scan import find_page
from omx_wiki.pages.store import read_page_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.pages.store import Store
    from omx_wiki.project import Project

__all__ = ["Filter", "SessionRow", "list_sessions", "resolve_session", "touched_paths"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sessions to list; an empty value asks nothing.

    Attributes:
        since: only sessions that went on after this moment (see `parse_moment`).
        until: only sessions that started before the end of this day, or before this moment.
        branch: a branch, or a pattern such as `feature/*`.
        file: a changed file, a folder with changed files, or the end of a changed path.
        failed: only sessions in which a command failed.
        grep: words that stand so in the page, in any case.
        limit: how many at most; 0 for all.
    """

    since: str = ""
    until: str = ""
    branch: str = ""
    file: str = ""
    failed: bool = False
    grep: str = ""
    limit: int = 0


def list_sessions(
    store: Store, wanted: Filter | None = None, now: datetime | None = None
) -> list[SessionRow]:
    """Return the sessions that the filter wants, newest first.

    Reads the head of every session page, and the whole page only of those that are left when `file` or `grep`
    is asked for.

    Raises:
        InvalidInputError: a date has no meaning.
    """
    wanted = wanted or Filter()
    now = now or datetime.now(UTC)
    since = parse_moment(wanted.since, now) if wanted.since else None
    until = parse_moment(wanted.until, now, end=True) if wanted.until else None
    rows = sorted(_rows(store), key=lambda row: (row.started, row.slug), reverse=True)
    found: list[SessionRow] = []
    for row in rows:
        if not (_in_time(row, since, until) and _in_head(row, wanted) and _in_body(store, row, wanted)):
            continue
        found.append(row)
        if len(found) == wanted.limit:
            break
    return found


def resolve_session(store: Store, name: str) -> str:
    """Return the page that `name` means: `last`, a session id or page name, or the beginning or end of one.

    `last` is the session that started last; sub-agents do not count while there is another.

    Raises:
        NotFoundError: there is no such session.
        RefusedError: several could be meant; the message names them.
    """
    asked = name.strip()
    stem = asked.removeprefix("./").removeprefix(".omx/wiki/").removeprefix("sessions/").removesuffix(".md")
    if stem and find_page(store.project, f"sessions/{stem}"):
        return f"sessions/{stem}"
    rows = list_sessions(store)
    if asked == "last" and rows:
        return next((row for row in rows if not row.parent), rows[0]).slug
    found = _named(rows, stem)
    if len(found) == 1:
        return found[0].slug
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        names = ", ".join(f"{row.short_id} ({row.title})" for row in found[:_SHOWN])
        raise RefusedError(f"{asked!r} could be {names}{more}", "write more of its name")
    raise NotFoundError(
        f"there is no session {asked!r}" if rows else "there are no sessions yet",
        "`wiki log` lists them" if rows else "",
    )


def touched_paths(project: Project, row: SessionRow, body: str) -> list[str]:
    """Return the files a session changed: as its page tells, and where that cuts the list, its facts."""
    paths, is_cut = changed_paths(body)
    if len(paths) >= row.files and not is_cut:
        return paths
    from omx_wiki.journal.ledger import load_facts

    facts = load_facts(project, row.id)
    known = [name for file in facts.files for name in (file.path, file.old_path) if name] if facts else []
    return list(dict.fromkeys([*paths, *known]))


def page_body(row: SessionRow) -> str:
    """Return the text below the front matter of a session's page, "" when the page is gone."""
    raw = read_page_file(row.path)
    return "" if raw is None else split_front_matter(raw.decode("utf-8", "replace"))[1]


def _rows(store: Store) -> Iterator[SessionRow]:
    for slug, found in store.scan().items():
        if found.kind != "session":
            continue
        raw = read_regular(found.path, HEAD_BYTES)
        if raw is None:  # a link inside the project, or gone
            raw = read_page_file(found.path)
        if raw is not None:
            yield read_row(raw[:HEAD_BYTES], found.path, slug)


def _in_time(row: SessionRow, since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    begin, end = row.begin, row.end
    if begin is None or end is None:
        return False
    return (since is None or max(begin, end) >= since) and (until is None or begin < until)


def _in_head(row: SessionRow, wanted: Filter) -> bool:
    if wanted.failed and not row.failures and row.outcome != "left failing":
        return False
    return not wanted.branch or row.branch == wanted.branch or fnmatchcase(row.branch, wanted.branch)


def _in_body(store: Store, row: SessionRow, wanted: Filter) -> bool:
    if not wanted.file and not wanted.grep:
        return True
    body = page_body(row)
    if wanted.grep and wanted.grep.casefold() not in f"{row.title}\n{body}".casefold():
        return False
    if not wanted.file:
        return True
    return any(covers(wanted.file, path) for path in touched_paths(store.project, row, body))


def _named(rows: list[SessionRow], asked: str) -> list[SessionRow]:
    """Return the sessions that a name fits best: whole names before beginnings and ends."""
    wanted = asked.casefold()
    if not wanted:
        return []
    names = [(row, (row.id.casefold(), row.slug.rpartition("/")[2].casefold())) for row in rows]
    whole = [row for row, own in names if wanted in own]
    return whole or [
        row for row, own in names if any(n.startswith(wanted) or n.endswith(wanted) for n in own)
    ]
