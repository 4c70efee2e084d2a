"""Text and JSON for people and programs; the only place that decides how things look."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omx_wiki.pages.page import Page
    from omx_wiki.search.query import Hit, Results


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document on standard output; odd bytes of file names come out escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    click.echo(text.encode("utf-8", "backslashreplace"))


def say(text: str) -> None:
    """Tell a person something that is not data: it goes to standard error."""
    click.echo(plain(text), err=True)


def plain(text: str) -> str:
    """Return `text` without characters that could steer a terminal; line breaks and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def is_coloured() -> bool:
    """Whether standard output is a terminal whose owner did not refuse colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


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
        click.echo(plain(line).replace("\n", " "))


def hit_row(hit: Hit) -> dict[str, Any]:
    """Return the JSON form of a hit."""
    return {
        "page": hit.page,
        "title": hit.title,
        "path": hit.path,
        "line": hit.line,
        "score": round(hit.score, 4),
        "snippet": hit.snippet,
        "tags": list(hit.tags),
        "category": hit.category,
        "updated": hit.updated,
        "kind": hit.kind,
    }


def results_document(results: Results) -> dict[str, Any]:
    """Return the JSON form of an answer."""
    return {
        "query": results.query,
        "total": results.total,
        "relaxed": results.relaxed,
        "hits": [hit_row(hit) for hit in results.hits],
    }


def print_hits(results: Results) -> None:
    """Print hits for people: title, `path:line` to click on, the passage that matched."""
    here = os.getcwd()
    for hit in results.hits:
        place = (
            hit.path if os.path.relpath(hit.path, here).startswith("..") else os.path.relpath(hit.path, here)
        )
        title = click.style(plain(hit.title), bold=True)
        click.echo(f"{title}  {click.style(plain(f'{place}:{hit.line}'), dim=True)}", color=is_coloured())
        if hit.snippet:
            click.echo(f"    {_marked(hit)}", color=is_coloured())


def _marked(hit: Hit) -> str:
    """Return the snippet with its matches set off; `plain` keeps every position as it is."""
    text, parts, end = plain(hit.snippet).replace("\n", " "), [], 0
    for start, stop in hit.marks:
        parts += [text[end:start], click.style(text[start:stop], fg="yellow", bold=True)]
        end = stop
    return "".join([*parts, text[end:]])
