"""The generated list of pages for people who browse the folder; nothing here ever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from omx_wiki.pages.scan import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.pages.page import Page

_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>"})


def index_text(pages: Iterable[Page]) -> str:
    """Return the Markdown list of all pages by category, each with one sentence."""
    groups: dict[str, list[Page]] = {}
    for page in pages:
        groups.setdefault(page.category, []).append(page)
    listed = [page for group in groups.values() for page in group]
    newest = max((page.updated for page in listed), default="never")
    lines = ["# Wiki Index", "", f"> {len(listed)} pages | Last updated: {newest}", ""]
    for category in sorted(groups):
        lines += [f"## {_escaped(category)}", ""]
        lines += map(_entry, sorted(groups[category], key=lambda page: (page.title.casefold(), page.slug)))
        lines.append("")
    return "\n".join(lines)


def _entry(page: Page) -> str:
    name = page.path.name
    folder = {"session": "sessions/", "shared": f"../../{SHARED}/"}.get(page.kind, "")
    summary = f" — {_escaped(page.summary)}" if page.summary else ""
    return f"- [{_escaped(page.title)}]({folder}{quote(name)}){summary}"


def _escaped(text: str) -> str:
    return " ".join(text.translate(_SPECIAL).split())
