"""Measure searching and indexing, beside SQLite FTS5, and ripgrep and OMX where they are present.

    python bench/run_search.py [--sizes 100,1000,10000] [--rounds N] [--json FILE] [--markdown]
                           [--venv DIR] [--omx node_modules/oh-my-codex] [--ground DIR]

A cold search is a whole process, a warm one a call in a process that has searched before. CPU is user and
system time of whole processes, medians of rounds in which all cases take turns, and its ratio to P, the bare
interpreter (`python -I -S -c pass`). Only omx-wiki and ripgrep look at the pages as they are at that moment.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus import Corpus
from measure import adopt_orphans, machine, measure, progress, row_of, table_of
from search_queries import query_sets
from search_report import index_row, index_table, markdown
from search_subjects import Fts5, Ours, probe, ripgrep
from subjects import DEFAULT_OMX, Omx, OmxWiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Case
    from search_queries import QuerySet

_SIZES = "100,1000,10000"
_ROUNDS = 15
_QUERIES = 40
_CHANGED = (1, 10, 200)
_CHANGED_SIZES = (1_000, 10_000)
_OMX_LARGEST, _OMX_ROUNDS = 10_000, 3
_LARGE, _LARGE_ROUNDS = 50_000, 5


class Measured(NamedTuple):
    """A case of the table: who searches, how, and in how many pages."""

    subject: str
    how: str
    size: int
    case: Case


def main() -> None:
    """Run the benchmark and print its tables."""
    options = _options()
    sizes = [int(size) for size in options.sizes.split(",")]
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="omx-wiki-search-", dir=options.ground) as folder:
        bench = _Bench(Path(folder).resolve(), options)
        for size in sizes:
            bench.prepare(size)
        rows = bench.queries(options.rounds)
        index = [bench.index_row(size) for size in sizes]
    if options.markdown:
        print(markdown(rows, index))
    else:
        print(f"{table_of(rows)}\n\n{index_table(index)}")
    if options.json:
        found = {**machine(), "rounds": options.rounds, "queries": rows, "index": index}
        Path(options.json).write_text(json.dumps(found, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default=_SIZES, help=f"numbers of pages, up to 100000 ({_SIZES})")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"how often ({_ROUNDS})")
    parser.add_argument("--json", metavar="FILE", help="write all numbers there too")
    parser.add_argument(
        "--markdown", action="store_true", help="print the tables as docs/benchmarks.md has them"
    )
    parser.add_argument("--venv", type=Path, metavar="DIR", help="measure the omx-wiki installed there")
    parser.add_argument(
        "--omx", type=Path, default=DEFAULT_OMX, metavar="DIR", help="the package oh-my-codex"
    )
    parser.add_argument("--ground", metavar="DIR", help="where to put the repositories that are measured")
    return parser.parse_args()


class _Bench:
    """The repositories and what is measured on them."""

    def __init__(self, ground: Path, options: argparse.Namespace) -> None:
        self._installed = OmxWiki(ground, options.venv and options.venv.resolve())
        self._omx = Omx(ground, options.omx.resolve()) if options.omx.is_dir() else None
        if self._omx is None:
            progress(f"OMX is not in {options.omx}: measuring without it")
        self._repos: dict[int, Path] = {}
        self._built: dict[int, dict[str, Any]] = {}
        self._cases: list[Measured] = []

    def prepare(self, size: int) -> None:
        """Make the pages of one size, build every index of them and collect the cases."""
        progress(f"preparing {size:,} pages")
        corpus = Corpus()
        repo = self._repos[size] = self._installed.repository(corpus, size)
        sets = query_sets(corpus.queries(repo / ".omx" / "wiki", _QUERIES))
        self._built[size] = probe(self._installed, repo, "build", str(repo))
        self._cases += [
            *self._ours(size, sets),
            *self._fts5(size, sets),
            *self._others(corpus, size, sets[0]),
        ]

    def queries(self, rounds: int) -> list[dict[str, Any]]:
        """Measure all searches."""
        unit = self._installed.bare()
        for found in self._cases:
            if found.size >= _LARGE:
                found.case.rounds = min(found.case.rounds, _LARGE_ROUNDS)
        measure([unit, *(found.case for found in self._cases)], rounds)
        about = [{"subject": each.subject, "how": each.how, "size": each.size} for each in self._cases]
        rows = [row_of(found.case, unit) for found in self._cases]
        return [row_of(unit, unit), *({**row, **what} for row, what in zip(rows, about, strict=True))]

    def index_row(self, size: int) -> dict[str, Any]:
        """Measure keeping the index in step with the pages, which changes some of them."""
        progress(f"refreshing the index of {size:,} pages")
        repo, unit = self._repos[size], self._installed.bare()
        refreshed = probe(self._installed, repo, "refresh", str(repo))
        measure([unit], _ROUNDS)
        return index_row(size, self._built[size], refreshed, unit.middle("cpu"))

    def _ours(self, size: int, sets: list[QuerySet]) -> Iterator[Measured]:
        ours, words = Ours(self._installed, self._repos[size]), sets[0]
        for queries in sets:
            yield _measured("omx-wiki", f"cold, {queries.kind}", size, ours.cold(queries))
        how = f"cold, words, {ours.other_script}"
        yield _measured("omx-wiki", how, size, ours.cold(words, other=True))
        for changed in _CHANGED if size in _CHANGED_SIZES else ():
            how = f"cold, words, {changed} changed"
            yield _measured("omx-wiki", how, size, ours.cold(words, changed=changed))
        for queries in sets:
            yield _measured("omx-wiki", f"warm, {queries.kind}", size, ours.warm(queries))

    def _fts5(self, size: int, sets: list[QuerySet]) -> Iterator[Measured]:
        fts5 = Fts5(self._installed, self._repos[size])
        self._built[size] |= {"fts5_cpu": fts5.build_seconds, "fts5_bytes": fts5.bytes}
        for queries in sets:
            yield _measured("SQLite FTS5", f"cold, {queries.kind}", size, fts5.cold(queries))
            yield _measured("SQLite FTS5", f"warm, {queries.kind}", size, fts5.warm(queries))

    def _others(self, corpus: Corpus, size: int, words: QuerySet) -> Iterator[Measured]:
        case = ripgrep(self._installed, self._repos[size], words)
        if case is None:
            progress("ripgrep is not on PATH: measuring without it")
        else:
            yield _measured("ripgrep", "cold, words", size, case)
        if self._omx and size <= _OMX_LARGEST:
            repo = self._omx.repository(corpus, size)
            case = self._omx.query("", repo, words.texts)
            case.rounds = _OMX_ROUNDS
            yield _measured("OMX", "cold, words", size, case)


def _measured(subject: str, how: str, size: int, case: Case) -> Measured:
    case.name = f"{subject}, {how}, {size:,} pages"
    return Measured(subject, how, size, case)


if __name__ == "__main__":
    main()
