"""Measure how well search ranks, on the judged sets in `bench/quality`, against three plain engines.

    python bench/quality.py [--half tune|test|all] [--set NAME] [--queries | --misses]
                            [--typos SEED] [--json FILE]

Each set becomes a repository of its own in a temporary folder. nDCG@10 has graded gains (2^grade - 1); R@5 is
the part of the pages of grade 2 or 3 among the first five, MRR one over the rank of the first of them. Choose
weights by the half `tune` only, and report the half `test`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.project import Project
from quality_engines import engines
from quality_measures import Scores, best_rank, mean, scores
from quality_sets import HALVES, KINDS, JudgedQuery, JudgedSet, read_sets, with_typos

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BAD = 0.6  # below the single right page on rank 2, above it on rank 3
_LEFT = 28


class Outcome(NamedTuple):
    """What each engine, by name and ours first, found for one query of a set."""

    set: str
    query: JudgedQuery
    ranked: dict[str, list[str]]

    def scores(self, engine: str) -> Scores:
        """Return what the list of one engine is worth."""
        return scores(self.ranked[engine], self.query.grades)


def main() -> None:
    """Run every query through every engine and print the table."""
    options = _options()
    sets = [judged for judged in read_sets() if options.set in {None, judged.name}]
    if not sets:
        raise SystemExit(f"there is no set {options.set or 'at all'} in bench/quality")
    with tempfile.TemporaryDirectory(prefix="omx-wiki-quality-") as folder:
        ground = Path(folder).resolve()
        _seal(ground)
        outcomes = [found for judged in sets for found in _run(judged, ground, options)]
    if options.queries or options.misses:
        print("\n".join(_listing(outcomes, only_bad=options.misses)))
    groups = dict(_groups(outcomes))
    print(_table(groups))
    if options.json:
        Path(options.json).write_text(
            json.dumps(_report(outcomes, groups, options), indent=1), encoding="utf-8"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=(*HALVES, "all"), default="all", help="which queries (all)")
    parser.add_argument("--set", metavar="NAME", help="only this set")
    parser.add_argument("--queries", action="store_true", help="list every query with our nDCG and best rank")
    parser.add_argument("--misses", action="store_true", help=f"list those with an nDCG below {_BAD}")
    parser.add_argument(
        "--typos", type=int, metavar="SEED", help="only keyword queries, one word misspelt in each"
    )
    parser.add_argument("--json", metavar="FILE", help="write all numbers and rankings there too")
    return parser.parse_args()


def _seal(ground: Path) -> None:
    """Let nothing of the developer's own be read or written."""
    for name in list(os.environ):
        if name.startswith(("CODEX_", "OMX_", "XDG_", "GIT_")):
            del os.environ[name]
    home = ground / "home"
    home.mkdir()
    os.environ.update({"HOME": str(home), "OMX_WIKI_HOME": str(home / "state")})


def _run(judged: JudgedSet, ground: Path, options: argparse.Namespace) -> Iterator[Outcome]:
    root = ground / judged.name
    (root / ".git").mkdir(parents=True)
    project = Project(str(root), str(root), str(root / ".git"))
    shutil.copytree(judged.pages, project.store)
    queries = [query for query in judged.queries if options.half in {query.half, "all"}]
    if options.typos is not None:
        queries = with_typos(queries, options.typos)
    compared = engines(project)
    for query in queries:
        yield Outcome(judged.name, query, {engine.name: engine.rank(query.text) for engine in compared})


def _groups(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield what means are taken over: everything, each half, each set, each kind."""
    yield "all", list(outcomes)
    for half in HALVES:
        yield f"half {half}", [found for found in outcomes if found.query.half == half]
    for name in dict.fromkeys(found.set for found in outcomes):
        yield f"set {name}", [found for found in outcomes if found.set == name]
    for kind in KINDS:
        yield kind, [found for found in outcomes if found.query.kind == kind]


def _means(group: Sequence[Outcome]) -> dict[str, Scores]:
    names = group[0].ranked if group else {}
    return {name: mean(found.scores(name) for found in group) for name in names}


def _table(groups: dict[str, list[Outcome]]) -> str:
    names = list(_means(groups["all"]))
    lines = [
        " " * _LEFT + "".join(f"{name:>21}" for name in names),
        f"{'':<{_LEFT - 8}}{'queries':>8}" + f"{'nDCG':>9}{'R@5':>6}{'MRR':>6}" * len(names),
    ]
    for label, group in groups.items():
        if group:
            cells = "".join(
                f"{row.ndcg:>9.3f}{row.recall:>6.2f}{row.mrr:>6.2f}" for row in _means(group).values()
            )
            lines.append(f"{label:<{_LEFT - 8}}{len(group):>8}{cells}")
    return "\n".join(lines)


def _listing(outcomes: Sequence[Outcome], *, only_bad: bool) -> Iterator[str]:
    """Yield one line for each query: our nDCG, the rank of its best page, and what stands first instead."""
    for found in outcomes:
        grades, ranked = found.query.grades, next(iter(found.ranked.values()))
        value, rank = scores(ranked, grades).ndcg, best_rank(ranked, grades)
        if only_bad and value >= _BAD:
            continue
        wanted = max(grades, key=grades.__getitem__)
        first = "" if rank == 1 else f", first {ranked[0] if ranked else 'nothing'}"
        place = f"{found.query.id:<6} {found.query.half} {found.query.kind:<10} {value:.2f} {rank or '-':>2}"
        yield f"{place}  {found.query.text}  [{wanted}{first}]"


def _report(
    outcomes: Sequence[Outcome], groups: dict[str, list[Outcome]], options: argparse.Namespace
) -> dict[str, Any]:
    return {
        "half": options.half,
        "typos": options.typos,
        "groups": {
            label: {"queries": len(group), **{name: row._asdict() for name, row in _means(group).items()}}
            for label, group in groups.items()
            if group
        },
        "queries": [
            {
                "set": found.set,
                **found.query._asdict(),
                "grades": dict(found.query.grades),
                "ranked": found.ranked,
            }
            for found in outcomes
        ],
    }


if __name__ == "__main__":
    main()
