"""One page: what its bytes say, read tolerantly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read from its file.

    Attributes:
        slug: the name everywhere: `retry-policy`, `sessions/2026-01-01-fix`, `omx_wiki/retry-policy`.
        path: the file.
        kind: "page", "session" or "shared".
        title: from front matter, else the first heading, else the file name.
        meta: every front matter key with its value as text or a list of texts.
        body: the text below the front matter, line ends as LF.
        body_line: the 1-based line of the file on which `body` starts.
        summary: one real sentence of the body, never the title again; "" if there is none.
        updated: ISO date or time of the last change known: front matter, else the file's own time.
        problems: what a person should know: undecodable bytes, broken front matter, cut because too large.
    """

    slug: str
    path: Path
    kind: str
    title: str
    meta: Mapping[str, str | list[str]]
    body: str
    body_line: int
    summary: str
    tags: tuple[str, ...]
    category: str
    confidence: str
    sources: tuple[str, ...]
    created: str
    updated: str
    problems: tuple[str, ...] = ()
