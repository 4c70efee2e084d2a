"""Who searches the same pages for the same words: omx-wiki, SQLite FTS5 and ripgrep."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import page_paths
from measure import Case, Sample
from search_queries import FTS5_QUERY, fts5_match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search_queries import QuerySet
    from subjects import OmxWiki

_PROBE = str(Path(__file__).with_name("search_probe.py"))
_NAME = "a search"  # until whoever makes the table says whose and of how many pages
_WARM_QUERIES, _WARM_QUERIES_OF_LARGE = 10, 3
_LARGE = 50_000
_PLAIN_SCRIPT = """\
#!{python}
import sys
from omx_wiki_cli.entry import main
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit(main())
"""
_OLD_SCRIPT = """\
#!{python}
# -*- coding: utf-8 -*-
import re
import sys
from omx_wiki_cli.entry import main
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(main())
"""
_FTS5_COLD = f"""\
import sqlite3, sys
database = sqlite3.connect(f"file:{{sys.argv[1]}}?mode=ro", uri=True)
for title, snippet in database.execute({FTS5_QUERY!r}, sys.argv[2:]):
    print(title, snippet, sep=": ")
"""
_BARS = {1_000: 12.0, 10_000: 25.0}


def probe(ours: OmxWiki, repo: Path, *words: str) -> dict[str, Any]:
    """Return what the probe prints in a process of its own."""
    found: dict[str, Any] = json.loads(ours.run(repo, ours.python, _PROBE, *words))
    return found


class Pages:
    """The pages of a repository, some of which change and change back."""

    def __init__(self, repo: Path, mark: Path) -> None:
        """Take the repository as it is; `mark` says that background work is asked for already."""
        self._mark = mark
        self._paths = page_paths(repo / ".omx" / "wiki")
        self._kept: dict[Path, tuple[bytes, int]] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def change(self, count: int) -> None:
        """Let `count` pages differ from what was indexed, and no background work begin because of it."""
        self._mark.touch()
        for path in self._paths[:count]:
            if path not in self._kept:
                self._kept[path] = (path.read_bytes(), path.stat().st_mtime_ns)
                path.write_bytes(self._kept[path][0] + b"One more line.\n")
        for path in [path for path in self._kept if path not in self._paths[:count]]:
            data, mtime_ns = self._kept.pop(path)
            path.write_bytes(data)
            os.utime(path, ns=(mtime_ns, mtime_ns))


class Ours:
    """omx-wiki as installed, on one repository."""

    def __init__(self, ours: OmxWiki, repo: Path) -> None:
        self._ours = ours
        self._repo = repo
        self.pages = Pages(repo, ours.state(repo) / "dirty")
        self.other_script, self._other = _other_script(ours)

    def cold(self, queries: QuerySet, *, changed: int = 0, other: bool = False) -> Case:
        """Return `wiki query` while some pages differ from the index.

        With `other` it is called through the other form of the console script than the installed one.
        """
        script = self._other if other else self._ours.wiki

        def command(number: int) -> list[str]:
            return [script, "query", "--json", "-n", "5", *queries.text(number).split()]

        before = partial(self.pages.change, changed)
        bar = 0.0 if changed else _BARS.get(len(self.pages), 0.0)
        return Case(_NAME, command, self._repo, self._ours.environ, before=before, bar=bar)

    def warm(self, queries: QuerySet) -> Case:
        """Return searches inside of one process, each of which looks at all pages."""
        count = _WARM_QUERIES if len(self.pages) < _LARGE else _WARM_QUERIES_OF_LARGE
        case = _probe_case(self._ours, "ours", str(self._repo), queries.texts[:count])
        case.before = partial(self.pages.change, 0)
        return case


class Fts5:
    """SQLite FTS5 with Porter stems and words joined by OR; it never looks at the pages again."""

    def __init__(self, ours: OmxWiki, repo: Path) -> None:
        """Put the pages of a repository into a database beside it."""
        self._ours = ours
        self._repo = repo
        self._path = str(repo) + ".db"
        started = time.process_time()
        with sqlite3.connect(self._path) as database:
            database.execute(
                "CREATE VIRTUAL TABLE pages USING fts5(title, body, tokenize='porter unicode61')"
            )
            database.executemany("INSERT INTO pages VALUES (?, ?)", _titles_and_texts(repo))
        database.close()
        self.build_seconds = time.process_time() - started
        self.bytes = os.path.getsize(self._path)

    def cold(self, queries: QuerySet) -> Case:
        """Return a program that opens the database and prints five titles with snippets."""

        def command(number: int) -> list[str]:
            match = fts5_match(queries.text(number))
            return [self._ours.python, "-I", "-c", _FTS5_COLD, self._path, match]

        return Case(_NAME, command, self._repo, self._ours.environ)

    def warm(self, queries: QuerySet) -> Case:
        """Return queries inside of one process."""
        matches = tuple(map(fts5_match, queries.texts[:_WARM_QUERIES]))
        return _probe_case(self._ours, "fts5", self._path, matches)


def ripgrep(ours: OmxWiki, repo: Path, queries: QuerySet) -> Case | None:
    """Return a listing of the pages with any of the words, unranked; None without the program."""
    program = shutil.which("rg")
    if program is None:
        return None

    def command(number: int) -> list[str]:
        words = (word for text in queries.text(number).split() for word in ("-e", text))
        return [program, "-il", *words, ".omx/wiki"]

    return Case(_NAME, command, repo, ours.environ)


def _probe_case(ours: OmxWiki, task: str, where: str, texts: tuple[str, ...]) -> Case:
    command = [ours.python, _PROBE, task, where, *texts]
    return Case(_NAME, lambda _: command, Path(where).parent, ours.environ, read=_read)


def _read(output: bytes) -> Sample:
    found = json.loads(output)
    return Sample(found["cpu"], found["wall"], 0, 0)


def _other_script(ours: OmxWiki) -> tuple[str, str]:
    """Write the console script that the installer did not write; return what it is, and where."""
    installed = Path(ours.wiki)
    is_old = "import re" in installed.read_text(encoding="utf-8")
    path = installed.with_name("wiki-other")
    path.write_text((_PLAIN_SCRIPT if is_old else _OLD_SCRIPT).format(python=ours.python), encoding="utf-8")
    path.chmod(0o755)
    return ("script without re" if is_old else "script with re"), str(path)


def _titles_and_texts(repo: Path) -> Iterator[tuple[str, str]]:
    for path in page_paths(repo / ".omx" / "wiki"):
        head, _, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
        yield head.partition('"')[2].partition('"')[0], body
