"""Text and JSON for people and programs; the only place that decides how things look.

It does without click, which a cold `wiki query` has no time to import.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from omx_wiki.pages.page import Page
    from omx_wiki.search.query import Hit, Results

BOLD, DIM, MATCH = "1", "2", "1;33"


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document on standard output; odd bytes of file names come out escaped."""
    from omx_wiki_cli.plain_json import dumps

    print_line(dumps(document))


def print_line(text: str) -> None:
    """Print one line on standard output, whatever the locale's encoding can hold.

    An OSError that it raises names standard output as its file.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        error.filename = "standard output"
        raise


def say(text: str) -> None:
    """Tell a person something that is not data: it goes to standard error."""
    sys.stderr.write(f"{plain(text)}\n")


def plain(text: str) -> str:
    """Return `text` without characters that could steer a terminal; line breaks and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def is_coloured() -> bool:
    """Whether standard output is a terminal whose owner did not refuse colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def styled(text: str, style: str) -> str:
    """Return `text` in one of the styles of this module where colours are wanted."""
    return f"\x1b[{style}m{text}\x1b[0m" if is_coloured() else text


def page_row(page: Page) -> dict[str, Any]:
    """Return the JSON form of a page in lists."""
    return {
        "page": page.slug,
        "title": page.title,
        "path": str(page.path),
        "tags": list(page.tags),
        "category": page.category,
        "updated": page.updated,
        "kind": page.kind,
    }


def print_pages(pages: Sequence[Page]) -> None:
    """Print one line per page: name, title, tags, when."""
    width = min(max((len(page.slug) for page in pages), default=0), 40)
    for page in pages:
        tags = f"  [{', '.join(page.tags)}]" if page.tags else ""
        line = f"{page.slug:<{width}}  {page.updated[:10]}  {page.title}{tags}"
        print_line(plain(line).replace("\n", " "))


def hit_row(hit: Hit) -> dict[str, Any]:
    """Return the JSON form of a hit."""
    return {
        "page": hit.page,
        "title": hit.title,
        "path": hit.path,
        "line": hit.line,
        "score": round(hit.score, 4),
        "snippet": hit.snippet,
        "marks": [list(mark) for mark in hit.marks],
        "tags": list(hit.tags),
        "category": hit.category,
        "updated": hit.updated,
        "kind": hit.kind,
    } | ({"explain": _explanation(hit)} if hit.words else {})


def _explanation(hit: Hit) -> dict[str, Any]:
    return {
        "score": {reason: round(value, 4) for reason, value in hit.reasons},
        "words": {reason: round(value, 4) for reason, value in hit.words},
    }


def results_document(results: Results) -> dict[str, Any]:
    """Return the JSON form of an answer."""
    return {
        "query": results.query,
        "total": results.total,
        "complete": results.complete,
        "relaxed": results.relaxed,
        "did_you_mean": results.suggestion,
        "behind": results.behind,
        "notes": list(results.notes),
        "problem": results.problem,
        "hits": [hit_row(hit) for hit in results.hits],
    }


def print_hits(results: Results) -> None:
    """Print hits for people: title, `path:line` to click on, the passage that matched."""
    here = os.getcwd()
    for hit in results.hits:
        place = (
            hit.path if os.path.relpath(hit.path, here).startswith("..") else os.path.relpath(hit.path, here)
        )
        print_line(f"{styled(plain(hit.title), BOLD)}  {styled(plain(f'{place}:{hit.line}'), DIM)}")
        if hit.snippet:
            print_line(f"    {_marked(hit)}")
        if hit.words:
            print_line(styled(f"    {_formula(hit)}", DIM))


def _formula(hit: Hit) -> str:
    """Return how a score came about, on two lines."""
    *parts, (name, factor) = hit.reasons
    total = " ".join(f"{'-' if value < 0 else '+'} {abs(value):.2f} {reason}" for reason, value in parts)
    words = ", ".join(f"{reason} {value:.2f}" for reason, value in hit.words)
    return plain(f"{hit.score:.2f} = ({total.removeprefix('+ ')}) x {factor:.3f} {name}\n    words: {words}")


def _marked(hit: Hit) -> str:
    """Return the snippet with its matches set off; `plain` keeps every position as it is."""
    text, parts, end = plain(hit.snippet).replace("\n", " "), [], 0
    for start, stop in hit.marks:
        parts += [text[end:start], styled(text[start:stop], MATCH)]
        end = stop
    return "".join([*parts, text[end:]])
