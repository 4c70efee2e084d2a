"""The shape of a page body by a plain line scan: headings, and what is not code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.hook.plain_text import fence_after, heading, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def headings(body: str) -> list[tuple[int, str, int]]:
    """Return (level, text, 1-based line of the body) of every `#` heading outside code fences."""
    if "#" not in body:
        return []
    found = []
    for number, line in text_lines(body):
        if line[:1] in {"#", " "}:
            level, text = heading(line)
            if level:
                found.append((level, plain_text(text), number))
    return found


def text_lines(body: str) -> Iterator[tuple[int, str]]:
    """Yield (1-based line number, line) of the body (line ends LF) without code fences and their content."""
    lines = enumerate(body.split("\n"), 1)
    if "```" not in body and "~~~" not in body:
        yield from lines
        return
    fence = ""
    for number, line in lines:
        fence, in_code = fence_after(line, fence)
        if not in_code:
            yield number, line
