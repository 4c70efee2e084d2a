"""Make a wiki of any size that looks like one people wrote: same count and seed, same bytes."""

from __future__ import annotations

import os
import random
import re
import time
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_CATEGORIES = ("architecture", "decision", "pattern", "debugging", "environment", "reference", "convention")
_TAGS = ("api", "auth", "build", "cache", "ci", "db", "deploy", "docs", "infra", "net", "ops", "perf", "ui")
_ONSETS = (
    "b",
    "br",
    "c",
    "cl",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
)
_VOWELS = ("a", "e", "i", "o", "u", "ea", "io", "ou")
_CODAS = ("", "", "l", "n", "r", "s", "t", "nd", "ck", "st")
_VOCABULARY = 20_000
_AGE_SECONDS = 3600  # pages just written have to be read to tell whether they changed
_SHIFT = 2.7  # the Zipf-Mandelbrot constant of English text
_CODE = """\
```python
def {function}({argument}: {kind}) -> {kind}:
    if not {argument}.{field}:
        raise {kind}Error("{module}/{function}.py: missing {field}")
    return retry({function}_once, {argument}, attempts={attempts})
```
"""


class Corpus:
    """The words and pages of one seed."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._words = self._make_words()
        self._weights = list(accumulate(1 / (rank + _SHIFT) for rank in range(len(self._words))))

    def write(self, folder: Path, count: int) -> None:
        """Write `count` pages of about 2 KB into `folder`, as if they had been written an hour ago."""
        folder.mkdir(parents=True, exist_ok=True)
        names: list[str] = []
        then = time.time() - _AGE_SECONDS
        for number in range(count):
            title = " ".join([*self._prose(3), str(number)]).capitalize()
            names.append(title.lower().replace(" ", "-"))
            path = folder / f"{names[-1]}.md"
            path.write_text(self._page(title, names), encoding="utf-8")
            os.utime(path, (then, then))

    def queries(self, folder: Path, count: int) -> list[str]:
        """Return `count` queries, each of a rare, a middling and a common word of one page of `folder`."""
        rank = {word: place for place, word in enumerate(self._words)}
        pages = page_paths(folder)
        return [_query(self._random.choice(pages).read_text(encoding="utf-8"), rank) for _ in range(count)]

    def _make_words(self) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < _VOCABULARY:
            syllables = self._random.choice((1, 2, 2, 3))
            parts = (_ONSETS, _VOWELS, _CODAS) * syllables
            found["".join(self._random.choice(part) for part in parts)] = None
        return sorted(found, key=len)  # frequent words are short

    def _prose(self, count: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def _page(self, title: str, names: Sequence[str]) -> str:
        day = f"2026-{self._random.randint(1, 12):02}-{self._random.randint(1, 28):02}T09:00:00.000Z"
        link = self._random.choice(names)
        lines = [
            "---",
            f'title: "{title}"',
            f"tags: [{', '.join(self._random.sample(_TAGS, 2))}]",
            f"created: {day}",
            f"updated: {day}",
            "sources: []",
            f'links: ["{link}"]',
            f"category: {self._random.choice(_CATEGORIES)}",
            "confidence: medium",
            "schemaVersion: 1",
            "---",
            "",
            f"# {title}",
            "",
            *self._sections(link),
        ]
        return "\n".join(lines)

    def _sections(self, link: str) -> Iterator[str]:
        yield self._paragraph(65)
        for _ in range(2):
            yield f"## {' '.join(self._prose(3)).capitalize()}\n"
            yield self._paragraph(90)
        yield self._code()
        yield from (f"- {' '.join(self._prose(8))}" for _ in range(4))
        yield f"\nSee [[{link}]].\n"

    def _paragraph(self, count: int) -> str:
        words = self._prose(count)
        sentences = (" ".join(words[start : start + 12]) for start in range(0, count, 12))
        return " ".join(f"{sentence.capitalize()}." for sentence in sentences) + "\n"

    def _code(self) -> str:
        first, second, third, fourth, fifth = self._prose(5)
        return _CODE.format(
            function=f"{first}_{second}",
            argument=third,
            kind=fourth.capitalize() + fifth.capitalize(),
            field=f"{second}_{fourth}",
            module=fifth,
            attempts=self._random.randint(2, 9),
        )


def page_paths(folder: Path) -> list[Path]:
    """Return the pages in `folder`, in order, without the list of them that omx-wiki makes."""
    return sorted(path for path in folder.glob("*.md") if path.name != "index.md")


def _query(page: str, rank: Mapping[str, int]) -> str:
    words = sorted({word for word in re.findall("[a-z]+", page) if word in rank}, key=rank.__getitem__)
    return " ".join((words[-1], words[len(words) // 2], words[5]))
