"""The generated part of a session page, and the sections in it; a tolerant reader."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.hook.plain_text import fence_after, heading

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = "<!-- omx-wiki:begin -->"
END = "<!-- omx-wiki:end -->"
_SECTION_LEVEL = 2
_ITEM = re.compile(r"\s{0,3}(?:[-*+]|\d{1,4}[.)])\s+(.*)")
_MARK = "<!-- omx-wiki:"
_MORE = re.compile(r"\+\d+ more\b")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_CODE = re.compile(r"(`+)(.+?)\1(?!`)")


def generated_part(body: str) -> str:
    """Return what stands between our marks; the whole body (line ends LF) when they are not there."""
    lines = body.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip() == BEGIN), -1)
    end = next((at for at, line in enumerate(lines) if at > first and line.strip() == END), len(lines))
    return "\n".join(lines[first + 1 : end])


def without_marks(body: str) -> str:
    """Return a body as people read it: without our marks and the blank lines around them."""
    kept: list[str] = []
    is_behind = False
    for line in body.strip("\n").split("\n"):
        if line.startswith(_MARK):
            is_behind = True
        elif line.strip() or not (is_behind and kept and not kept[-1].strip()):
            kept.append(line)
            is_behind = False
    return "\n".join(kept).strip("\n")


def section(body: str, name: str) -> list[str]:
    """Return the lines of a section of the generated part, without its heading."""
    found: list[str] = []
    inside = False
    for line, is_code in _with_code(generated_part(body)):
        level, title = (0, "") if is_code else heading(line)
        if 0 < level <= _SECTION_LEVEL:
            inside = title.casefold() == name.casefold()
        elif inside:
            found.append(line)
    return found


def section_items(body: str, name: str) -> list[str]:
    """Return the list items of a section, each on one line without its mark; deeper ones join theirs."""
    items: list[str] = []
    for line in section(body, name):
        match = _ITEM.fullmatch(line)
        if match and not line.startswith("  "):
            items.append(match[1].strip())
        elif items and line.startswith(" ") and line.strip():
            items[-1] += " " + line.strip()
    return items


def is_cut_mark(item: str) -> bool:
    """Whether a list item only says how much more there would be: `+3 more`."""
    return _MORE.match(item) is not None


def changed_paths(body: str) -> tuple[list[str], bool]:
    """Return the files that the section Changed names in code marks, and whether it tells of more."""
    lines = section(body, "Changed")
    names = [match[2].strip() for line in lines for match in _CODE.finditer(line)]
    files = [name for name in names if name and name[-1] != "/" and not _COMMIT.fullmatch(name)]
    return list(dict.fromkeys(files)), any(is_cut_mark(line.lstrip(" -")) for line in lines)


def _with_code(text: str) -> Iterator[tuple[str, bool]]:
    fence = ""
    for line in text.split("\n"):
        fence, in_code = fence_after(line, fence)
        yield line, in_code
