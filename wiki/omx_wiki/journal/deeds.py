"""What each session did that tells of the wiki's use: a small extract of its facts."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.ledger import document_path, file_stamp, load_facts
from omx_wiki.journal.page_uses import NAMED, OPENED
from omx_wiki.journal.paths import tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.ledger import Ledger
    from omx_wiki.project import Project

_MAX_FILES = 100


class Deeds(NamedTuple):
    """One session's extract.

    Attributes:
        stamp: that of the facts it was made from.
        ended: ISO time in UTC.
        is_substantial: whether anything happened: a person wrote, or a tool was called.
        opened: pages as they were named, with the ISO time of the last time.
        named: slugs of pages named in what was said, likewise.
        files: the files changed, as seen from the root of the repository.
        searches: how many searches of the wiki were made.
        answered: how many of them were followed by opening a page.
    """

    stamp: tuple[int, int]
    ended: str
    is_substantial: bool
    opened: dict[str, str]
    named: dict[str, str]
    files: list[str]
    searches: int
    answered: int


def deeds_of(project: Project, ledger: Ledger, known: Mapping[str, Any]) -> dict[str, Deeds]:
    """Return the extract of every session in the ledger by id.

    `known` are extracts of an earlier time as JSON values; only those whose facts changed are made anew.
    """
    found: dict[str, Deeds] = {}
    for session in sorted(ledger.sessions):
        stamp = file_stamp(document_path(project, session))
        if stamp is None:
            continue
        deeds = _from_json(known.get(session))
        if deeds is None or deeds.stamp != stamp:
            facts = load_facts(project, session)
            deeds = _extract(facts, project.root, stamp) if facts else None
        if deeds is not None:
            found[session] = deeds
    return found


def _extract(facts: SessionFacts, root: str, stamp: tuple[int, int]) -> Deeds:
    paths = [path for file in facts.files for path in (file.path, file.old_path) if path]
    files = filter(None, (repository_path(path, facts.cwd, root) for path in paths))
    return Deeds(
        stamp=stamp,
        ended=facts.ended,
        is_substantial=facts.has_substance,
        opened={use.page: use.time for use in facts.page_uses if use.how == OPENED},
        named={use.page: use.time for use in facts.page_uses if use.how == NAMED},
        files=list(dict.fromkeys(files))[:_MAX_FILES],
        searches=facts.wiki_searches,
        answered=facts.wiki_searches_used,
    )


def repository_path(path: str, folder: str, root: str) -> str:
    """Return a changed file as seen from the root of the repository, "" when it lies outside.

    A session in another work tree tells paths as seen from there; they are taken as they are.
    """
    base, place = tidy(root).rstrip("/") + "/", tidy(folder)
    here = place if f"{place}/".startswith(base) else base
    whole = posixpath.normpath(posixpath.join(here, path.replace(os.sep, "/")))
    return whole[len(base) :] if whole.startswith(base) else ""


def _from_json(row: object) -> Deeds | None:
    """Return the extract that `Deeds._asdict` made into JSON, None when it is none."""
    if not isinstance(row, dict):
        return None
    try:
        deeds = Deeds(**row)
        size, time = deeds.stamp
        times = [deeds.ended, *deeds.opened.values(), *deeds.named.values(), *deeds.files]
        counts = (deeds.searches, deeds.answered)
    except (TypeError, ValueError, AttributeError):
        return None
    is_sound = all(isinstance(text, str) for text in times) and all(isinstance(n, int) for n in counts)
    return deeds._replace(stamp=(size, time)) if is_sound else None
