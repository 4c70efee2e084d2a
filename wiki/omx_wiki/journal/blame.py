"""Which sessions, decisions and pages touched a file or folder."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.errors import InvalidInputError
from omx_wiki.hook.plain_text import plain_text
from omx_wiki.journal.paths import lies_in, tidy
from omx_wiki.journal.renames import earlier_names
from omx_wiki.journal.session_body import section_items
from omx_wiki.journal.sessions import list_sessions, page_body, touched_paths
from omx_wiki.pages.page import parse_page
from omx_wiki.pages.store import read_page_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from omx_wiki.journal.session_rows import SessionRow
    from omx_wiki.pages.store import Store

DECISION = "decision"


class Touch(NamedTuple):
    """A session that changed what was asked about: which files of it, and what was decided then."""

    session: SessionRow
    paths: tuple[str, ...]
    decisions: tuple[str, ...]


class Mention(NamedTuple):
    """A page that names what was asked about; `line` is of its file, and 1 where only its sources name it."""

    page: str
    title: str
    path: str
    line: int
    text: str
    category: str


class Blame(NamedTuple):
    """All that touched a path; `names` holds the path and its earlier names, newest first."""

    path: str
    names: tuple[str, ...]
    sessions: tuple[Touch, ...]
    pages: tuple[Mention, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON values; decisions are those of the sessions, then the decision pages."""
        decided = [
            {"text": text, "page": touch.session.slug} for touch in self.sessions for text in touch.decisions
        ]
        decided += [
            {"text": page.title, "page": page.page} for page in self.pages if page.category == DECISION
        ]
        return {
            "path": self.path,
            "names": list(self.names),
            "sessions": [touch.session.as_json() | {"touched": list(touch.paths)} for touch in self.sessions],
            "decisions": decided,
            "pages": [page._asdict() for page in self.pages],
        }


def blame(store: Store, path: str) -> Blame:
    """Return what touched a file or folder, the newest session first; earlier names of a file count too.

    Args:
        store: the pages to search.
        path: as seen from the root of the repository; it need not exist any more.

    Raises:
        InvalidInputError: the path is empty.
    """
    asked = tidy(path)
    if not asked:
        raise InvalidInputError("the path is empty")
    names = (asked, *earlier_names(store.project, asked))
    return Blame(asked, names, tuple(_touches(store, names)), tuple(_mentions(store, names)))


def _touches(store: Store, names: Sequence[str]) -> Iterator[Touch]:
    for row in list_sessions(store):
        body = page_body(row)
        paths = [tidy(path) for path in touched_paths(store.project, row, body)]
        hit = tuple(path for path in paths if any(name == "." or lies_in(path, name) for name in names))
        if hit:
            yield Touch(row, hit, tuple(plain_text(item) for item in section_items(body, "Decided")))


def _mentions(store: Store, names: Sequence[str]) -> Iterator[Mention]:
    searched = [name for name in names if name != "."]
    if not searched:
        return
    pattern = re.compile("|".join(_pattern(store.project.checkout, name) for name in searched))
    needles = [name.encode("utf-8", "replace") for name in searched]
    for slug, found in sorted(store.scan().items()):
        raw = read_page_file(found.path) if found.kind != "session" else None
        if raw is None or not any(needle in raw for needle in needles):
            continue
        page = parse_page(raw, found.path, slug, found.kind, found.mtime_ns / 1e9)
        if match := pattern.search(page.body):
            line = page.body.count("\n", 0, match.start())
            text = plain_text(page.body.split("\n")[line])
            yield Mention(slug, page.title, found.path, page.body_line + line, text, page.category)
        elif any(pattern.search(source) for source in page.sources):
            yield Mention(slug, page.title, found.path, 1, "", page.category)


def _pattern(checkout: str, name: str) -> str:
    """Return what finds a path in prose, but not as part of a longer path or of another word."""
    bare = re.escape(name)
    if os.path.isdir(os.path.join(checkout, name)):
        return rf"(?<![\w./-])(?:\./)?{bare}/"
    if "/" not in name and "." not in name:  # a name that is a word, such as `Makefile`, counts as code only
        return rf"(?<=`)(?:\./)?{bare}(?=`)|\A{bare}\Z"
    return rf"(?<![\w./-])(?:\./)?{bare}(?![\w/-])(?!\.\w)"
