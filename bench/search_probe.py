"""Run by the interpreter that is measured, in a process of its own; prints one JSON document.

python bench/search_probe.py build|refresh REPOSITORY
python bench/search_probe.py ours REPOSITORY QUERY...
python bench/search_probe.py fts5 DATABASE MATCH...
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from omx_wiki.pages.store import Store
from omx_wiki.project import find_project
from omx_wiki.search.index import discard_index, refresh
from omx_wiki.search.query import Query, search
from omx_wiki.worker import work
from search_queries import FTS5_QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from omx_wiki.project import Project

_TURNS = 5
_MANY_PAGES, _FEW_TURNS = 50_000, 2
_EARLIER_SECONDS = 1800


def main() -> None:
    """Do what the first argument says."""
    task, where, *texts = sys.argv[1:]
    if task == "fts5":
        found = _fts5(where, texts)
    elif task == "ours":
        found = _ours(find_project(where), texts)
    else:
        project = find_project(where)
        found = _build(project) if task == "build" else _refresh(project)
    print(json.dumps(found))


def _ours(project: Project, texts: Sequence[str]) -> dict[str, float]:
    """Search for each text, comparing all pages with the index each time."""
    store = Store(project)
    return _timed([lambda text=text: search(project, store, Query(text, limit=5)) for text in texts])  # type: ignore[misc]  # bound now


def _fts5(path: str, texts: Sequence[str]) -> dict[str, float]:
    database = sqlite3.connect(path)
    return _timed([lambda text=text: database.execute(FTS5_QUERY, (text,)).fetchall() for text in texts])  # type: ignore[misc]  # bound now


def _timed(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Return the median CPU and wall seconds of the calls, each made once before."""
    for call in calls:
        call()
    measured = [_seconds(call) for call in calls]
    return {"cpu": median(cpu for cpu, _ in measured), "wall": median(wall for _, wall in measured)}


def _seconds(call: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.process_time() - cpu, time.perf_counter() - wall


def _build(project: Project) -> dict[str, float]:
    """Build the index anew."""
    discard_index(project)
    cpu, wall = _seconds(lambda: refresh(Store(project), project))
    folder = Path(project.state, "index")
    found = [path.stat() for path in folder.rglob("*") if path.is_file()]
    sizes = {status.st_ino: status.st_size for status in found}  # generations share files
    return {"cpu": cpu, "wall": wall, "peak_bytes": _peak(), "index_bytes": sum(sizes.values())}


def _refresh(project: Project) -> dict[str, float]:
    """Refresh the index after one and after a hundred changed pages, and do all background work after one."""
    store = Store(project)
    paths = sorted(stat.path for stat in store.scan().values())
    turns = _FEW_TURNS if len(paths) >= _MANY_PAGES else _TURNS
    work(project)  # what is done once only is no part of keeping up
    found: dict[str, list[float]] = {"look": [], "one": [], "hundred": [], "work": []}
    for _ in range(turns):
        found["look"].append(_seconds(lambda: refresh(store, project))[0])
        for name, count in (("one", 1), ("hundred", 100)):
            _change(paths[:count])
            found[name].append(_seconds(lambda: refresh(store, project))[0])
        _change(paths[:1])
        found["work"].append(_seconds(lambda: work(project))[0])
    return {name: median(values) for name, values in found.items()}


def _change(paths: Sequence[str]) -> None:
    """Add a line to each page, as if that had been half an hour ago."""
    then = time.time() - _EARLIER_SECONDS
    for path in paths:
        with open(path, "a", encoding="utf-8") as page:
            page.write("One more line.\n")
        os.utime(path, (then, then))


def _peak() -> int:
    """Return the most memory that this process has had, in bytes.

    What the system counts for a process may include what its parent had when it started it.
    """
    try:
        lines: list[str] = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    except (OSError, StopIteration):
        unit: Any = 1 if sys.platform == "darwin" else 1024
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


if __name__ == "__main__":
    main()
