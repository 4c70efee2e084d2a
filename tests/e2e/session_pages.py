"""The session pages that real sessions left in a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.pages.front_matter import read_meta

if TYPE_CHECKING:
    from pathlib import Path


def meta(page: str) -> dict[str, str | list[str]]:
    """Return the front matter of a page: texts, or lists of texts."""
    return read_meta(split_front_matter(page)[0] or "")[0]


def section(page: str, title: str) -> str:
    """Return the lines below a heading of a session page, "" when it is not there."""
    _, found, rest = page.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].partition("<!-- omx-wiki:")[0] if found else ""


def pages_of(repo: Path) -> dict[str, str]:
    """Return the session pages by the session's id; two pages of one session are an error."""
    found: dict[str, str] = {}
    for path in sorted((repo / ".omx" / "wiki" / "sessions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        session = str(meta(text)["id"])
        assert session not in found, f"two pages of {session}"
        found[session] = text
    return found
