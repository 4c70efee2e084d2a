"""On which line each key of a TOML text stands, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PIECE = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?!"")(?:[^"\\\n]|\\[^\n])*"'
    r"|'(?!'')[^'\n]*'"
    r"|#[^\n]*|[\[\]{}=\n]|[^\"'#\[\]{}=\n]+",
    re.DOTALL,
)
_NESTING = {"[": 1, "{": 1, "]": -1, "}": -1}


def key_lines(text: str) -> dict[str, int]:
    """Return for each table and key of a valid TOML text, as a dotted name, the first line that sets it.

    Keys inside of inline tables are not told apart from the key of the whole.
    """
    lines: dict[str, int] = {}
    table: tuple[str, ...] = ()
    for line, head, _dots in statements(text):
        is_header = head.startswith("[")
        parts = _parts(head.strip("[] \t") if is_header else head)
        table = parts if is_header else table
        whole = parts if is_header else table + parts
        for length in range(1, len(whole) + 1):
            lines.setdefault(".".join(whole[:length]), line)
    return lines


def statements(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield the line, the key or `[header]`, and the number of dots outside of strings of each statement.

    Of a text that is no TOML it yields something, in linear time, up to a string without an end.
    """
    line = start = 1
    depth = dots = 0
    head, is_open = "", True
    for piece in _pieces(text):
        if piece == "\n" and depth <= 0:
            if head.strip():
                yield start, head.strip(), dots
            depth, dots, head, is_open = 0, 0, "", True
        elif piece[0] != "#":
            if not head.strip():
                start = line
            depth += _NESTING.get(piece, 0)
            dots += piece.count(".") if piece[0] not in "\"'" else 0
            is_open = is_open and piece != "="
            head += piece if is_open else ""
        line += piece.count("\n")
    if head.strip():
        yield start, head.strip(), dots


def _pieces(text: str) -> Iterator[str]:
    place = 0
    while found := _PIECE.match(text, place):
        yield found[0]
        place = found.end()


def _parts(key: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, which may be quoted; () for what is no key."""
    try:
        inner: Any = tomllib.loads(f"{key} = 0")
    except (ValueError, RecursionError):
        return ()
    parts = []
    while isinstance(inner, dict) and inner:
        name, inner = next(iter(inner.items()))
        parts.append(name)
    return tuple(parts)
