"""The little of Markdown that search looks at: headings and code."""

from __future__ import annotations

_MAX_HEADING_MARKS = 6
_FENCES = ("```", "~~~")


def heading_text(line: str) -> str:
    """Return the text of a heading line, "" for any other line."""
    if not line.startswith("#"):
        return ""
    text = line.lstrip("#")
    marks = len(line) - len(text)
    return text.strip().rstrip("#").rstrip() if marks <= _MAX_HEADING_MARKS and text[:1] in " \t" else ""


def fenced(line: str, fence: str) -> tuple[str, bool]:
    """Return the fence open after `line`, given that before it ("" for none), and whether `line` is code."""
    text = line.lstrip(" ")
    if fence:
        closes = text.startswith(fence) and not text.strip().strip(fence[0])
        return ("" if closes else fence), True
    if not text.startswith(_FENCES):
        return "", False
    return text[: len(text) - len(text.lstrip(text[0]))], True


def inline_code(line: str) -> str:
    """Return what stands between backticks in a line of prose, parted by blanks."""
    return " ".join(line.split("`")[1::2]) if "`" in line else ""
