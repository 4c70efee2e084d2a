"""Links between pages: `[[page]]`, `[[page|alias]]`, `[[page#heading]]`, never inside code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.pages.outline import text_lines
from omx_wiki.pages.scan import SESSIONS, SHARED
from omx_wiki.pages.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK = re.compile(r"\[\[([^\[\]|#\n]{1,300})(?:#([^\[\]|\n]{0,300}))?(?:\\?\|([^\[\]\n]{0,300}))?\]\]")
_BACKTICKS = re.compile(r"(\\?)(`+)")


class Link(NamedTuple):
    """One link of a page.

    Attributes:
        target: the slug of the page linked to, which need not exist.
        name: the page as it is written in the link.
        heading: the heading named after `#`, "" without one.
        alias: the text to show, "" without one.
        line: the 1-based line of the body.
    """

    target: str
    name: str
    heading: str
    alias: str
    line: int


def find_links(body: str) -> list[Link]:
    """Return every page link of a body (line ends LF) that does not stand in code, in order."""
    if "[[" not in body:
        return []
    found = []
    for number, text in _paragraphs(body):
        for match in _LINK.finditer(_without_code(text) if "`" in text else text):
            name = match[1].rstrip("\\").strip()
            target = link_target(name)
            if target:
                line = number + text.count("\n", 0, match.start())
                found.append(Link(target, name, (match[2] or "").strip(), (match[3] or "").strip(), line))
    return found


def link_targets(body: str) -> tuple[str, ...]:
    """Return the slugs of the pages that a body links to, without repeats, in order."""
    return tuple(dict.fromkeys(link.target for link in find_links(body)))


def link_target(name: str) -> str:
    """Return the slug that the name in a link means; a `.md` ending and known folders are understood."""
    name = name.strip()
    if name[-3:].lower() == ".md":
        name = name[:-3]
    folder, slash, rest = name.partition("/")
    if slash and folder in {SESSIONS, SHARED} and rest and "/" not in rest:
        return f"{folder}/{slugify(rest)}"
    return slugify(name)


def _paragraphs(body: str) -> Iterator[tuple[int, str]]:
    """Yield runs of text lines with the number of their first line; inline code never spans two runs."""
    run: list[str] = []
    start = 0
    for number, line in text_lines(body):
        if run and number != start + len(run):
            yield start, "\n".join(run)
            run = []
        if not line.strip():
            if run:
                yield start, "\n".join(run)
            run = []
            continue
        if not run:
            start = number
        run.append(line)
    if run:
        yield start, "\n".join(run)


def _without_code(text: str) -> str:
    """Return the text with inline code blanked out, line breaks kept; linear in the number of backticks."""
    runs = [(m.start(2), m.end(2), bool(m[1])) for m in _BACKTICKS.finditer(text)]
    closer: dict[int, int] = {}
    next_same: list[int] = [-1] * len(runs)
    for at in range(len(runs) - 1, -1, -1):
        length = runs[at][1] - runs[at][0]
        next_same[at] = closer.get(length, -1)
        closer[length] = at
    parts: list[str] = []
    done = at = 0
    while at < len(runs):
        end = -1 if runs[at][2] else next_same[at]
        if end >= 0:
            parts.append(text[done : runs[at][0]])
            done = runs[end][1]
            parts.append("".join(c if c == "\n" else " " for c in text[runs[at][0] : done]))
            at = end
        at += 1
    return "".join([*parts, text[done:]])
