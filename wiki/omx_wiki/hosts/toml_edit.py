"""Small edits of a TOML text at positions, each with an exact inverse; every other character stays.

A text without a final newline keeps none: a line added at its end then brings the newline in front of it,
and a cut at the end takes that one along. Libraries that write TOML were no help here: they change line ends,
add final newlines and move tables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.hosts.toml_scan import elements, scan
from omx_wiki.hosts.toml_text import newline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.hosts.toml_scan import Statement

MARK = " # by omx-wiki"
"""What follows a header that we brought along, so that it can go again."""

_COMMA = re.compile(r"(?P<gap>(?:\s|#[^\n]*\n)*),[ \t]*")


def add_root_line(text: str, line: str, *, is_new: bool = False) -> str:
    """Return the text with a setting before the first table: behind the last one there, else at the top."""
    last = [found for found in scan(text) if not found.table]
    if last:
        return insert_lines(text, last[-1].lines[1], [line])
    return f"{line}{newline_of(text) if text or is_new else ''}{text}"


def add_table_lines(text: str, table: str, lines: Sequence[str], *, is_new: bool = False) -> str | None:
    """Return the text with settings at the end of a top table, in whatever way that is written.

    A table without a header of its own gets one at the end of the text, unless it is written as dotted keys.
    None when it is an inline table, an array of tables or no table at all.
    """
    statements = scan(text)
    if any(found.path == (table,) and (found.is_array or found.key) for found in statements):
        return None
    section = [found for found in statements if found.table == (table,)]
    if section:
        return insert_lines(text, section[-1].lines[1], lines)
    dotted = [found for found in statements if not found.table and found.key[0] == table]
    if dotted:
        return insert_lines(text, dotted[-1].lines[1], [f"{table}.{line}" for line in lines])
    newline = newline_of(text)
    block = newline.join([f"[{table}]{MARK}", *lines])
    if not text:
        return f"{block}{newline if is_new else ''}"
    return f"{text}{newline}{block}{newline}" if text.endswith("\n") else f"{text}{newline}{newline}{block}"


def cut_statement(text: str, statement: Statement, *, with_blank_line: bool = False) -> str:
    """Return the text without the lines of a statement, on request without a blank line before it as well."""
    start, end = statement.lines
    before, after = text[:start], text[end:]
    if with_blank_line:
        before = re.sub(r"(\A|\n)\r?\n\Z", r"\1", before)
    if not after and not text.endswith("\n"):
        before = re.sub(r"\r?\n\Z", "", before)
    return before + after


def cut_empty_table(text: str, table: str) -> str:
    """Return the text without our header of a table, or only without our mark when the table is in use."""
    section = [found for found in scan(text) if found.table == (table,) and not found.is_array]
    for header in section:
        end = header.value[1]
        if not header.key and text[end : header.lines[1]].rstrip() == MARK:
            if any(found.key for found in section):
                return text[:end] + text[end + len(MARK) :]
            return cut_statement(text, header, with_blank_line=True)
    return text


def append_element(text: str, array: Statement, element: str) -> str:
    """Return the text with one more element behind those of an array.

    In an empty array a space goes before it, by which `cut_element` knows that the array was there.
    """
    found = elements(text, array.value)
    at, gap = (found[-1][1], ", ") if found else (array.value[0] + 1, " ")
    return text[:at] + gap + element + text[at:]


def cut_element(text: str, array: Statement, index: int) -> str:
    """Return the text without one element of an array, or without the array when we brought that along."""
    spans = elements(text, array.value)
    start, end = spans[index]
    before = spans[index - 1][1] if index else array.value[0] + 1
    comma = _COMMA.match(text, end)
    kept = comma["gap"] if comma and "#" in comma["gap"] else ""
    if len(spans) == 1:
        if text[before:start] != " ":
            return cut_statement(text, array)
        start = before
    elif index and "#" not in text[before:start]:
        return text[:before] + text[end:]
    return text[:start] + kept + text[comma.end() if comma else end :]


def insert_lines(text: str, at: int, lines: Sequence[str]) -> str:
    """Return the text with whole lines at a position that is the start of a line or the end of the text."""
    newline = newline_of(text)
    if at == len(text) and not text.endswith("\n"):
        return newline.join([text, *lines])
    return text[:at] + "".join(f"{line}{newline}" for line in lines) + text[at:]
