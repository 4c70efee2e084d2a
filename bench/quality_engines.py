"""What is compared: our search, and three that anyone could have instead, each on the same pages."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any, Protocol
from weakref import finalize

from omx_wiki.pages.store import Store
from omx_wiki.search.index import refresh
from omx_wiki.search.query import Query, search
from quality_measures import DEPTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.pages.page import Page
    from omx_wiki.project import Project


class Engine(Protocol):
    """Something that ranks the pages of one wiki."""

    name: str

    def rank(self, query: str) -> list[str]:
        """Return the slugs of at most ten pages, the best first."""


class Ours:
    """omx-wiki, with a fresh index in the project's private state."""

    name = "omx-wiki"

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = Store(project)
        refresh(self._store, project)

    def rank(self, query: str) -> list[str]:
        """Return what `wiki query` would."""
        found = search(self._project, self._store, Query(query, limit=DEPTH))
        return [hit.page for hit in found.hits]


class PlainWhoosh:
    """Whoosh as its documentation begins: StandardAnalyzer, title and body, words joined by OR, BM25F."""

    name = "Whoosh"

    def __init__(self, pages: Sequence[Page]) -> None:
        from whoosh.analysis.analyzers import StandardAnalyzer
        from whoosh.fields import ID, TEXT, Schema
        from whoosh.filedb.filestore import RamStorage
        from whoosh.qparser.default import MultifieldParser
        from whoosh.qparser.syntax import OrGroup

        analyzer = StandardAnalyzer()
        schema = Schema(slug=ID(stored=True), title=TEXT(analyzer=analyzer), body=TEXT(analyzer=analyzer))
        storage: Any = RamStorage  # it has no annotations
        self._index = storage().create_index(schema)
        writer = self._index.writer()
        for page in pages:
            writer.add_document(slug=page.slug, title=page.title, body=page.body)
        writer.commit()
        self._parser = MultifieldParser(["title", "body"], schema, group=OrGroup)

    def rank(self, query: str) -> list[str]:
        """Return the pages by BM25F with its defaults."""
        from whoosh.scoring import BM25F

        with self._index.searcher(weighting=BM25F()) as searcher:
            return [hit["slug"] for hit in searcher.search(self._parser.parse(query), limit=DEPTH)]


class Fts5:
    """SQLite FTS5 with Porter stems and bm25() as it comes, title and body, words joined by OR."""

    name = "FTS5"

    def __init__(self, pages: Sequence[Page]) -> None:
        self._database = sqlite3.connect(":memory:")
        finalize(self, self._database.close)
        self._database.execute(
            "CREATE VIRTUAL TABLE pages USING fts5(slug UNINDEXED, title, body, tokenize='porter unicode61')"
        )
        rows = [(page.slug, page.title, page.body) for page in pages]
        self._database.executemany("INSERT INTO pages VALUES (?, ?, ?)", rows)

    def rank(self, query: str) -> list[str]:
        """Return the pages by bm25()."""
        words = re.findall(r"\w+", query)
        if not words:
            return []
        rows = self._database.execute(
            "SELECT slug FROM pages WHERE pages MATCH ? ORDER BY bm25(pages), slug LIMIT ?",
            (" OR ".join(f'"{word}"' for word in words), DEPTH),
        )
        return [slug for (slug,) in rows]


class OmxScoring:
    """The scoring of OMX: points for every term that is somewhere inside title, tags and body.

    A title with the whole query gets 5, else 2 for each term inside it; each term gets 2 when it is inside
    any tag and 1 when it is inside the body. Equal pages keep the order of their file names.
    """

    name = "OMX"

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = [
            (page.slug, page.title.lower(), [tag.lower() for tag in page.tags], page.body.lower())
            for page in sorted(pages, key=lambda page: page.slug)
        ]

    def rank(self, query: str) -> list[str]:
        """Return the pages with any point at all."""
        whole = query.lower().strip()
        scored = []
        for slug, title, tags, body in self._pages:
            points = 5 if whole in title else 0
            for term in whole.split():
                points += 2 if whole not in title and term in title else 0
                points += 2 if any(term in tag for tag in tags) else 0
                points += 1 if term in body else 0
            scored.append((points, slug))
        best = sorted(scored, key=lambda pair: -pair[0])
        return [slug for points, slug in best[:DEPTH] if points]


def engines(project: Project) -> list[Engine]:
    """Return every engine, ours first, with the pages of `project` in its index."""
    pages = list(Store(project).pages())
    return [Ours(project), PlainWhoosh(pages), Fts5(pages), OmxScoring(pages)]
