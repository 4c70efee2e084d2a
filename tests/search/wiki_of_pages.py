"""Build small wikis on disk and search them."""

from __future__ import annotations

import os
from pathlib import Path

from omx_wiki.pages.store import Store
from omx_wiki.project import Project
from omx_wiki.search.index import RefreshReport, refresh
from omx_wiki.search.query import Query, Results, search

PAGES = {
    "retry-policy": "# Retry policy\n\nThe worker retries a failed job with exponential backoff.\n",
    "cache-layout": "# Cache layout\n\nPages are cached under `src/cache/store.py` until evicted.\n",
    "deployment": "# Deployment\n\nWe deploy running containers to a café in Zürich. See E1234.\n",
    "cpp-notes": "# C++ notes\n\nUse parse_config_file and HttpServerError2; not C#.\n",
    "nihongo": "# 日本語のページ\n\n東京都の天気予報です。\n",
    "issue-categories": "# Issue categories\n\nBugs, chores and features.\n",
    "animals": "# Animals\n\nA cat sat on the mat.\n",
}


class Wiki:
    """One project with pages, its private state and its search."""

    def __init__(self, root: Path, pages: dict[str, str] | None = None) -> None:
        self.project = Project(str(root), str(root), "")
        self.folder = Path(self.project.store)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = Store(self.project)
        for slug, text in (PAGES if pages is None else pages).items():
            self.write(slug, text)

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return Path(self.project.state) / "index" / "pages"

    @property
    def generation(self) -> Path:
        """The folder of the current generation."""
        return self.index / (self.index / "current").read_text(encoding="ascii")

    def write(self, slug: str, text: str, *, age: float = 3600) -> None:
        """Write a page as if `age` seconds ago."""
        path = self.folder / f"{slug}.md"
        path.parent.mkdir(exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8")
        then = unfinished.stat().st_mtime - age
        os.utime(unfinished, (then, then))
        unfinished.replace(path)

    def refresh(self, *, verify: bool = False) -> RefreshReport:
        """Bring the index up to date."""
        return refresh(self.store, self.project, verify=verify)

    def search(self, text: str, **options: object) -> Results:
        """Search; the options are those of Query."""
        return search(self.project, self.store, Query(text, **options))  # type: ignore[arg-type] # free in tests

    def found(self, text: str, **options: object) -> list[str]:
        """Return the slugs found, the best first."""
        return [hit.page for hit in self.search(text, **options).hits]
