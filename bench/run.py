"""Measure omx-wiki against the bare interpreter, and against OMX where it is installed.

    python bench/run.py [--quick] [--json FILE] [--venv DIR] [--omx node_modules/oh-my-codex]

Every number stands in one run on one machine: cases take turns in rounds, medians are compared. CPU is the
steadier figure; wall time ends when the program has exited and its output has ended. Background CPU is what a
program leaves running behind itself; it is waited for, so that it disturbs no other case.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import Corpus
from measure import adopt_orphans, machine, measure, progress, row_of, table_of
from subjects import DEFAULT_OMX, Omx, OmxWiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Case

_SIZES = (0, 100, 1_000, 10_000)
_ROUNDS = 15
_QUICK_SIZES, _QUICK_ROUNDS = (0, 100, 1_000), 5


def main() -> None:
    """Run the benchmark and print its table."""
    options = _options()
    sizes, rounds = (_QUICK_SIZES, _QUICK_ROUNDS) if options.quick else (_SIZES, _ROUNDS)
    sees_background = adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="omx-wiki-bench-", dir=options.ground) as folder:
        ground = Path(folder).resolve()
        cases = _cases(ground, options, sizes)
        measure(cases, options.rounds or rounds)
    rows = [row_of(case, cases[0]) for case in cases]
    print(table_of(rows))
    print("\n".join(["", *_findings(rows)]))
    if not sees_background:
        print("background work is not counted on this system")
    if options.json:
        about = {**machine(), "rounds": options.rounds or rounds}
        Path(options.json).write_text(json.dumps({**about, "rows": rows}, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="5 rounds, up to 1,000 pages")
    parser.add_argument("--rounds", type=int, help="another number of rounds")
    parser.add_argument("--json", metavar="FILE", help="write the rows there too")
    parser.add_argument("--venv", type=Path, metavar="DIR", help="measure the omx-wiki installed there")
    parser.add_argument(
        "--omx", type=Path, default=DEFAULT_OMX, metavar="DIR", help="the package oh-my-codex"
    )
    parser.add_argument("--ground", metavar="DIR", help="where to put the repositories that are measured")
    return parser.parse_args()


def _cases(ground: Path, options: argparse.Namespace, sizes: tuple[int, ...]) -> list[Case]:
    ours = OmxWiki(ground, options.venv and options.venv.resolve())
    cases = [ours.bare()]
    for size in sizes:
        progress(f"preparing {size:,} pages")
        cases += ours.cases(Corpus(), size)
    if not options.omx.is_dir():
        progress(f"OMX is not in {options.omx}: measuring without it")
        return cases
    omx = Omx(ground, options.omx.resolve())
    cases.append(omx.bare())
    for size in sizes:
        progress(f"preparing {size:,} pages for OMX")
        cases += omx.cases(Corpus(), size)
    return cases


def _findings(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what only several rows tell together."""
    found = {row["name"]: row for row in rows}
    for size in _SIZES[1:]:
        if build := found.get(f"index build, {size:,} pages"):
            rate = size / build["wall_ms"] * 1000
            yield f"index build, {size:,} pages: {rate:,.0f} pages/s, must be 300 at least"
    few, many = (found.get(f"SessionStart hook, {size} pages") for size in ("100", "10,000"))
    if few and many:
        growth = many["cpu_ms"] / few["cpu_ms"]
        yield f"SessionStart hook, 10,000 against 100 pages: {growth:.2f} times the CPU, must be 1.3 at most"
    for name, row in found.items():
        if name.startswith("OMX ") and (ours := found.get(name.removeprefix("OMX "))):
            cpu, wall = (f"{row[key] / ours[key]:.1f}" for key in ("cpu_ms", "wall_ms"))
            yield f"{name} takes {cpu} times the CPU and {wall} times the wall time of omx-wiki"


if __name__ == "__main__":
    main()
