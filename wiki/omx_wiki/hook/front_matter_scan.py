"""A strict, flat subset of YAML, read without a YAML library.

The subset is what pages really use: `key: value`, quoted values, `[a, "b, c"]`, block lists of `- item`,
comments. Whatever it accepts means the same to PyYAML's BaseLoader; anything else is refused as a whole.
"""

from __future__ import annotations

_MAX_KEY = 128
_NOT_FIRST = "[]{},&*!|>%@`?:#\"'"
_NOT_IN_FLOW = "[]{}?"
_FORBIDDEN = "\u2028\u2029\ufeff\ufffe\uffff"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/"}
_CODE_LENGTHS = {"x": 2, "u": 4, "U": 8}
_HEX = "0123456789abcdefABCDEF"


def flat_front_matter(block: str) -> dict[str, str | list[str]] | None:
    """Return the keys of a front matter block (line ends LF), or None when it is outside the subset."""
    found: dict[str, str | list[str]] = {}
    key = ""
    indent = -1
    for line in block.split("\n"):
        text = line.lstrip(" ")
        if not is_plain_line(line):
            return None
        if not text or text[0] == "#":
            continue
        margin = len(line) - len(text)
        if text[0] == "-" and key and text[1:2] in {"", " "}:
            items = found[key]
            item = _whole_scalar(text[1:])
            if item is None or (indent not in {-1, margin}):
                return None
            found[key] = [*items, item] if isinstance(items, list) else [item]
            indent = margin
            continue
        entry = None if margin else _entry(line)
        if entry is None:
            return None
        name, value = entry
        found[name] = "" if value is None else value
        key, indent = ("" if value is not None else name), -1
    return found


def salvage_front_matter(block: str) -> dict[str, str | list[str]]:
    """Return those top-level entries of a block that can be read on their own; the others are left out."""
    found: dict[str, str | list[str]] = {}
    entry: list[str] = []
    for line in [*block.split("\n"), "end:"]:
        if entry and line[:1] not in {"", " ", "\t", "-", "#"}:
            found.update(flat_front_matter("\n".join(entry)) or {})
            entry = []
        entry.append(line)
    return found


def is_plain_line(line: str) -> bool:
    """Whether YAML reads every character of the line as itself: no tabs, controls or foreign line ends."""
    return line.isprintable() or all(map(_is_plain_character, line))


def _is_plain_character(char: str) -> bool:
    return char.isprintable() or (
        char >= "\xa0" and char not in _FORBIDDEN and not "\ud800" <= char <= "\udfff"
    )


def _entry(line: str) -> tuple[str, str | list[str] | None] | None:
    """Return the key and value of a top-level line; the value is None when a list may follow."""
    name, colon, rest = line.partition(":")
    if not colon or len(name) > _MAX_KEY or not name[:1].isalnum():
        return None
    if not name.replace("_", "").replace("-", "").isalnum() or rest[:1] not in {"", " "}:
        return None
    stripped = rest.lstrip(" ")
    if not stripped or stripped[0] == "#":
        return name, None
    if stripped[0] == "[":
        listed = flow_list(stripped)
        if listed is None or not is_comment(stripped[listed[1] :]):
            return None
        return name, listed[0]
    value = _whole_scalar(rest)
    return None if value is None else (name, value)


def _whole_scalar(text: str) -> str | None:
    """Read one value, with perhaps a comment behind it."""
    text = text.lstrip(" ")
    if not text or text[0] == "#":
        return ""
    if text[0] in "\"'":
        scanned = quoted(text)
        return scanned[0] if scanned and is_comment(text[scanned[1] :]) else None
    return plain_scalar(text[: comment_start(text)].rstrip(" "))


def comment_start(text: str) -> int:
    """Return where a comment begins in an unquoted value; the length of the text when there is none."""
    at = text.find(" #")
    return len(text) if at < 0 else at


def is_comment(rest: str) -> bool:
    """Whether nothing but blanks and a comment is left of a line."""
    bare = rest.lstrip(" ")
    return not bare or (bare[0] == "#" and bare != rest)


def plain_scalar(text: str) -> str | None:
    """Return the unquoted value itself, None where YAML might see more in it."""
    if text[0] in _NOT_FIRST or (text[0] == "-" and not text[1:2].isalnum()):
        return None
    return None if ": " in text or text[-1] == ":" else text


def quoted(text: str) -> tuple[str, int] | None:
    """Read a quoted value at the start of `text`; return it and where it ends."""
    if text[0] == '"':
        return _double_quoted(text)
    at = 1
    while (end := text.find("'", at)) >= 0:
        if text[end + 1 : end + 2] != "'":
            return text[1:end].replace("''", "'"), end + 1
        at = end + 2
    return None


def _double_quoted(text: str) -> tuple[str, int] | None:
    parts: list[str] = []
    at = 1
    while (end := text.find('"', at)) >= 0:
        slash = text.find("\\", at, end)
        if slash < 0:
            parts.append(text[at:end])
            return "".join(parts), end + 1
        escape = _escape(text, slash + 1)
        if escape is None:
            return None
        parts += (text[at:slash], escape[0])
        at = escape[1]
    return None


def _escape(text: str, at: int) -> tuple[str, int] | None:
    mark = text[at : at + 1]
    if mark in _ESCAPES:
        return _ESCAPES[mark], at + 1
    length = _CODE_LENGTHS.get(mark, 0)
    digits = text[at + 1 : at + 1 + length]
    if not length or len(digits) < length or any(c not in _HEX for c in digits):
        return None
    code = int(digits, 16)
    if code < 0x20 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:  # noqa: PLR2004 - bounds of Unicode
        return None
    return chr(code), at + 1 + length


def flow_list(text: str) -> tuple[list[str], int] | None:
    """Read `[a, "b, c"]` at the start of `text`; return the items and where the list ends."""
    items: list[str] = []
    at = 1
    while True:
        at = _skip_blanks(text, at)
        if text[at : at + 1] == "]":
            return items, at + 1
        item = _flow_item(text, at)
        if item is None:
            return None
        items.append(item[0])
        at = _skip_blanks(text, item[1])
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "]":
            return None


def _skip_blanks(text: str, at: int) -> int:
    while text[at : at + 1] == " ":
        at += 1
    return at


def _flow_item(text: str, at: int) -> tuple[str, int] | None:
    if text[at : at + 1] in {'"', "'"}:
        scanned = quoted(text[at:])
        return (scanned[0], at + scanned[1]) if scanned else None
    ends = [end for end in (text.find(",", at), text.find("]", at)) if end >= 0]
    if not ends:
        return None
    item = text[at : min(ends)].rstrip(" ")
    if not item or " #" in item or any(c in item for c in _NOT_IN_FLOW) or plain_scalar(item) is None:
        return None
    return item, min(ends)
