"""The generated list of pages for people who browse the folder; nothing here ever reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from omx_wiki.pages.scan import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>"})


class Listed(Protocol):
    """What the list shows of a page."""

    @property
    def slug(self) -> str:
        """Its name."""

    @property
    def file(self) -> str:
        """Its file."""

    @property
    def kind(self) -> str:
        """Either "page", "session" or "shared"."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def category(self) -> str:
        """Its category."""

    @property
    def summary(self) -> str:
        """One sentence, or ""."""

    @property
    def updated(self) -> str:
        """When it changed last, as ISO time."""


def index_text(pages: Iterable[Listed]) -> str:
    """Return the Markdown list of all pages by category, each with one sentence."""
    groups: dict[str, list[Listed]] = {}
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


def _entry(page: Listed) -> str:
    name = os.path.basename(page.file)
    folder = {"session": "sessions/", "shared": f"../../{SHARED}/"}.get(page.kind, "")
    summary = f" — {_escaped(page.summary)}" if page.summary else ""
    return f"- [{_escaped(page.title)}]({folder}{quote(name)}){summary}"


def _escaped(text: str) -> str:
    return " ".join(text.translate(_SPECIAL).split())
