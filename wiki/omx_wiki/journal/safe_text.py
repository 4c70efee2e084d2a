"""Foreign text made safe to stand in a Markdown page: it can colour words but not forge structure.

A line that starts with text of ours holds `inline`, a list item that starts with foreign text holds `item`,
and several lines stand in a `quote`. None of them can open a heading, list, fence, comment, link definition,
page link or HTML tag.
"""

from __future__ import annotations

import re

from omx_wiki.hook.plain_text import fence_after

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CODE = re.compile(r"((?<!\\)`[^`\n]+`)")
_TAG = re.compile(r"<(?=[!?])|(?<=\\)<(?=[A-Za-z/])")
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/])")
_TICKS = re.compile(r"`+")
_BLOCK_START = re.compile(r"([#>+*=|~_-])|(\d{1,9})([.)])")
_DEFINITION = re.compile(r"([\s>*+\-\d.)]*)\[(?![^\]\\]*\](?!:))")
_INDENTED_FENCE = re.compile(r" {1,3}(?=```|~~~)")
_ELLIPSIS = "…"


def plain(text: str) -> str:
    """Return a text with LF line ends and without terminal codes, control and bidirectional characters."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)))


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; a text that was cut ends in an ellipsis."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + _ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """Return a text on one line with single blanks, for places that are not Markdown."""
    return cut(" ".join(plain(text[: 8 * limit + 1000]).split()), limit)


def inline(text: str, limit: int) -> str:
    """Return a text for the middle of a Markdown line; its own inline code stays code."""
    return _neutral(one_line(text, limit))


def item(text: str, limit: int) -> str:
    """Return a text for the start of a list item or heading."""
    safe = _undefined(inline(text, limit))
    found = _BLOCK_START.match(safe)
    if found is None:
        return safe
    start = f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"
    return start + safe[found.end() :]


def strong(text: str) -> str:
    """Return a text of ours with parts made by `inline` or `code` in bold."""
    parts = _CODE.split(text)
    parts[::2] = [part.replace("*", "\\*") for part in parts[::2]]
    return f"**{''.join(parts).rstrip(chr(92))}**"


def code(text: str, limit: int) -> str:
    """Return a text as inline code; backticks in it become apostrophes when it would need longer fences."""
    line = one_line(text, limit).replace("<!--", "<! --")
    if not line:
        return ""
    longest = max((len(run) for run in _TICKS.findall(line)), default=0)
    if longest > 1:
        line, longest = line.replace("`", "'"), 0
    return f"`` {line} ``" if longest else f"`{line}`"


def quote(text: str, limit: int) -> str:
    """Return a text of several lines as a block quote; its code blocks stay code blocks."""
    lines: list[str] = []
    fence = ""
    for raw in cut(plain(text[: 8 * limit + 1000]).strip(), limit).split("\n"):
        line = _INDENTED_FENCE.sub("", raw) if not fence else raw
        fence, in_code = fence_after(line, fence) if fence or line[:3] in {"```", "~~~"} else ("", False)
        safe = line.replace("<!--", "&lt;!--").replace("[[", "[\\[") if in_code else _quoted_line(line)
        lines.append(f"> {safe}".rstrip())
    return "\n".join(lines)


def _quoted_line(line: str) -> str:
    """Return a line of prose; lists and emphasis live, headings, rules, images and definitions do not."""
    bare = line.lstrip(" \t")
    indent = line[: len(line) - len(bare)]
    if bare[:1] in {"#", ">", "=", "~", "|"} or (bare[:1] in {"-", "_", "*"} and not bare.strip("-_* \t")):
        bare = "\\" + bare
    return indent + _undefined(_neutral(bare))


def _neutral(line: str) -> str:
    parts = _CODE.split(line)
    for at, part in enumerate(parts):
        parts[at] = part.replace("<!--", "&lt;!--") if at % 2 else _escaped(part)
    return "".join(parts)


def _escaped(part: str) -> str:
    part = _TAG.sub("&lt;", part.replace("`", "'"))
    part = _OPEN_TAG.sub(r"\\<", part).replace("[[", "[\\[").replace("[[", "[\\[")
    return part.replace("](", "]\\(").replace("![", "!\\[")


def _undefined(line: str) -> str:
    """Return a line that starts no link definition; definitions reach out of quotes and lists."""
    found = _DEFINITION.match(line)
    return f"{found[1]}\\{line[found.end() - 1 :]}" if found else line
