"""Where headers, settings and array elements stand in a TOML text, also in one that is not valid as a whole.

Only the outline is read: what a table may hold, and how often, is not looked at, so duplicates are found
like anything else. Whoever edits by these positions proves the outcome with `tomllib`.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]
"""Start and end of a part of the text."""

_PART = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEYS = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_PARTS = re.compile(_PART)
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)")
_HEADER = re.compile(rf"[ \t]*(?P<open>\[\[?)[ \t]*(?P<keys>{_KEYS})[ \t]*(?P<close>\]\]?)")
_PAIR = re.compile(rf"[ \t]*(?P<keys>{_KEYS})[ \t]*=[ \t]*")
_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\[\s\S]|[^\\])*?"{3,5}|\'\'\'[\s\S]*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<skip>\s+|\#[^\n]*)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<other>[^\s,\[\]{}\#"']+)"""
)
_SCALAR = re.compile(r"""[^\s,\]}#"'][^,\]}#\r\n]*""")


class TomlTextError(ValueError):
    """The text has no outline; the message names the line."""


@dataclass(frozen=True)
class Statement:
    """One header, or one `key = value`.

    Attributes:
        table: the header's path; for a setting that of the header it stands under, empty at the root.
        key: the setting's own key, in parts when it is dotted; empty for a header.
        is_array: whether a header has double brackets.
        lines: the whole lines it takes, with white space, comment and line end.
        value: the value; for a header the brackets and what is between them.
        line: number of its first line, from 1.
    """

    table: tuple[str, ...]
    key: tuple[str, ...]
    is_array: bool
    lines: Span
    value: Span
    line: int

    @property
    def path(self) -> tuple[str, ...]:
        """The full path of the table or the setting."""
        return self.table + self.key

    def shortened(self, by: int) -> Statement:
        """Return the statement after `by` characters of its value were cut."""
        (start, end), (first, last) = self.lines, self.value
        return dataclasses.replace(self, lines=(start, end - by), value=(first, last - by))


def scan(text: str) -> list[Statement]:
    """Return every header and setting in order; raises TomlTextError where a line is neither."""
    found: list[Statement] = []
    position, line = 0, 1
    table: tuple[str, ...] = ()
    while position < len(text):
        if blank := _BLANK.match(text, position):
            end = blank.end()
        else:
            statement = _statement(text, position, table, line)
            found.append(statement)
            table, end = statement.table, statement.lines[1]
        line += text.count("\n", position, end)
        position = end
    return found


def elements(text: str, array: Span) -> list[Span]:
    """Return where the elements of an array stand; `array` is the span of its brackets."""
    found: list[Span] = []
    start = end = -1
    for depth, kind, span in _walk(text, array[0]):
        if (depth == 1 and kind == "comma") or depth == 0:
            if start >= 0:
                found.append((start, end))
            start = -1
        elif kind != "skip" and not (depth == 1 and span[0] == array[0]):
            start, end = span[0] if start < 0 else start, span[1]
    return found


def is_array(text: str, value: Span) -> bool:
    """Whether a value is written as an array."""
    return text.startswith("[", value[0])


def _statement(text: str, position: int, table: tuple[str, ...], line: int) -> Statement:
    key: tuple[str, ...] = ()
    if header := _HEADER.match(text, position):
        table = _keys(header["keys"], line)
        value = header.span("open")[0], header.end()
        if len(header["open"]) != len(header["close"]):
            raise TomlTextError(f"line {line} is not a header")
    elif pair := _PAIR.match(text, position):
        key = _keys(pair["keys"], line)
        value = pair.end(), _value_end(text, pair.end(), line)
    else:
        raise TomlTextError(f"line {line} is neither a header nor a setting")
    rest = _BLANK.match(text, value[1])
    if rest is None:
        raise TomlTextError(f"line {line} goes on after its end")
    is_double = bool(header) and text.startswith("[[", value[0])
    return Statement(table, key, is_double, (position, rest.end()), value, line)


def _keys(text: str, line: int) -> tuple[str, ...]:
    try:
        return tuple(map(_key, _PARTS.findall(text)))
    except tomllib.TOMLDecodeError as error:
        raise TomlTextError(f"line {line} has a key that cannot be read") from error


def _key(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if "\\" not in part and part.isprintable():
        return part[1:-1]
    return str(tomllib.loads(f"k = {part}")["k"])


def _value_end(text: str, start: int, line: int) -> int:
    """Return where a value ends; a date may hold a space, so other values go up to the end of the line."""
    end = start
    first = _TOKEN.match(text, start)
    if first is not None and first["string"]:
        end = first.end()
    elif first is not None and first["open"]:
        end = max((span[1] for depth, _, span in _walk(text, start) if depth == 0), default=start)
    elif scalar := _SCALAR.match(text, start):
        end = start + len(scalar[0].rstrip())
    if end == start:
        raise TomlTextError(f"line {line} has no value, or one that does not end")
    return end


def _walk(text: str, start: int) -> Iterator[tuple[int, str, Span]]:
    """Yield the depth after each token of a bracketed value, its kind and place, up to the last bracket.

    Nothing of depth 0 is yielded when a bracket or a quote is never closed.
    """
    depth = 0
    while found := _TOKEN.match(text, start):
        kind = str(found.lastgroup)
        depth += (kind == "open") - (kind == "close")
        yield depth, kind, found.span()
        if depth == 0:
            return
        start = found.end()
