"""The judged sets below `bench/quality`: pages, and queries with the pages that people would accept."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETS_FOLDER = Path(__file__).resolve().parent / "quality"
HALVES = ("tune", "test")
KINDS = (
    "question",
    "keywords",
    "inflection",
    "identifier",
    "error",
    "tag",
    "cjk",
    "typo",
    "section",
    "phrase",
)
_HEADER = ["id", "half", "kind", "query", "judgments"]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LONG_WORD = re.compile(r"\b[a-z]{5,}\b")


class JudgedQuery(NamedTuple):
    """One query.

    Attributes:
        half: "tune" to choose weights by, "test" to report.
        kind: one of `KINDS`.
        grades: the slug of each judged page with its grade, 1 to 3.
    """

    id: str
    half: str
    kind: str
    text: str
    grades: Mapping[str, int]


class JudgedSet(NamedTuple):
    """One wiki with its queries; `pages` is the folder of its Markdown files."""

    name: str
    pages: Path
    queries: Sequence[JudgedQuery]


def read_sets(folder: Path = SETS_FOLDER) -> list[JudgedSet]:
    """Return every set below `folder`, by name.

    Raises:
        ValueError: a line of a `queries.tsv` has another shape than `id half kind query judgments`.
    """
    return [
        JudgedSet(table.parent.name, table.parent / "pages", _read_queries(table))
        for table in sorted(folder.glob("*/queries.tsv"))
    ]


def _read_queries(table: Path) -> list[JudgedQuery]:
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    if header.split("\t") != _HEADER:
        raise ValueError(f"{table}: the header is not {' '.join(_HEADER)}")
    return [_read_query(line, f"{table}:{number}") for number, line in enumerate(lines, 2)]


def _read_query(line: str, place: str) -> JudgedQuery:
    try:
        name, half, kind, text, judgments = line.split("\t")
        pairs = [judgment.split("=") for judgment in judgments.split(",")]
        grades = {slug: int(grade) for slug, grade in pairs}
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if len(grades) < len(pairs):
        raise ValueError(f"{place}: a page is judged twice")
    return JudgedQuery(name, half, kind, text, grades)


def with_typos(queries: Sequence[JudgedQuery], seed: int) -> list[JudgedQuery]:
    """Return the keyword queries that have a word of five letters or more, one such word misspelt in each.

    The same seed makes the same mistakes, whatever other queries there are.
    """
    chosen = [query for query in queries if query.kind == "keywords" and _LONG_WORD.search(query.text)]
    return [query._replace(text=_misspelt(query, seed)) for query in chosen]


def _misspelt(query: JudgedQuery, seed: int) -> str:
    chance = random.Random(f"{seed} {query.id} {query.text}")
    word = chance.choice(list(_LONG_WORD.finditer(query.text)))
    wrong = word[0]
    while wrong == word[0]:
        wrong = _slip(word[0], chance)
    return query.text[: word.start()] + wrong + query.text[word.end() :]


def _slip(word: str, chance: random.Random) -> str:
    """Return `word` with one letter left out, doubled, replaced or swapped with the next, not the first."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    slips = (
        before + after,
        before + letter * 2 + after,
        before + chance.choice(_LETTERS) + after,
        before + after[0] + letter + after[1:],
    )
    return chance.choice(slips)
