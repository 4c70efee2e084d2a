"""Change single keys of a page's front matter and leave every other byte as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError
from omx_wiki.hook.front_matter_scan import comment_start, flow_list, is_comment, quoted
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.pages.front_matter import Meta, meta_list, read_meta
from omx_wiki.pages.yaml_text import flow_sequence, quoted_scalar, scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


def splice_meta(text: str, changes: Mapping[str, str | Sequence[str]]) -> str:
    """Return the page `text` with its front matter changed; all untouched lines stay as they are.

    Args:
        text: a whole page with front matter, line ends as in the file.
        changes: a text replaces the value of its key; a list adds what is missing to the key's list, in the
            style the page already uses. A key the page does not have is added as the last one.

    Raises:
        RefusedError: there is no readable front matter, or it is written in a way that cannot be edited
            without touching something else.
    """
    before = _read(text)
    lines = [line for line in _LINE.findall(text) if line]
    close = _closing_line(lines)
    wanted = dict(before)
    for key, value in changes.items():
        if key in before and _entry(lines, close, key) is None:
            raise RefusedError(f"the front matter writes {key!r} in a way that cannot be edited safely")
        if isinstance(value, str):
            wanted[key] = value
            if before.get(key) != value:
                close = _set(lines, close, key, value)
        else:
            known = meta_list(before, key)
            added = [item for item in dict.fromkeys(value) if item not in known]
            if added:
                wanted[key] = known + added
                close = _add(lines, close, key, (known, added))
    result = "".join(lines)
    after = _read(result)
    if {k: _as_list(after, k) for k in after} != {k: _as_list(wanted, k) for k in wanted}:
        raise RefusedError("the front matter is written in a way that cannot be edited safely")
    return result


def _as_list(meta: Meta, key: str) -> list[str]:
    value = meta[key]
    return meta_list(meta, key) if isinstance(value, list) or key == "tags" else [value]


def _read(text: str) -> Meta:
    block = split_front_matter(text)[0]
    if block is None:
        raise RefusedError("the page has no front matter")
    meta, problems = read_meta(block)
    if problems:
        raise RefusedError(f"the front matter cannot be edited: {problems[0]}")
    return meta


def _closing_line(lines: list[str]) -> int:
    for at, line in enumerate(lines):
        if at and line.rstrip(" \t\r\n") == "---":
            return at
    raise RefusedError("the page has no front matter")


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :] or "\n"


def _entry(lines: list[str], close: int, key: str) -> tuple[int, int] | None:
    """Return the first and one past the last line of the last entry of `key`."""
    for start in range(close - 1, 0, -1):
        line = lines[start].rstrip("\r\n")
        if line.startswith(f"{key}:") and line[len(key) + 1 : len(key) + 2] in {"", " ", "\t"}:
            end = start + 1
            while end < close and (lines[end][0] in " \t#\r\n" or _is_item(lines[end])):
                end += 1
            while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
                end -= 1
            return start, end
    return None


def _is_item(line: str) -> bool:
    bare = line.strip(" \t\r\n")
    return bare == "-" or bare.startswith("- ")


def _insert(lines: list[str], at: int, line: str) -> int:
    """Insert a line with the line end of its neighbour; return how far what follows has moved."""
    lines.insert(at, line + _line_end(lines[at - 1]))
    return 1


def _set(lines: list[str], close: int, key: str, value: str) -> int:
    entry = _entry(lines, close, key)
    if entry is None:
        return close + _insert(
            lines, close, f"{key}: {quoted_scalar(value) if key == 'title' else scalar(value)}"
        )
    start, end = entry
    head, old, comment = _parts(lines[start], key)
    new = quoted_scalar(value) if old[:1] == '"' else scalar(value)
    lines[start:end] = [f"{head}{new}{comment}{_line_end(lines[start])}"]
    return close - (end - start - 1)


def _parts(line: str, key: str) -> tuple[str, str, str]:
    """Split an entry's first line into key with blanks, value, and the rest with its comment."""
    line = line.rstrip("\r\n")
    rest = line[len(key) + 1 :]
    value = rest.lstrip(" \t")
    head = line[: len(line) - len(value)]
    if not value or value[0] == "#":
        return f"{key}: ", "", f" {value}" if value else ""
    scanned = quoted(value) if value[0] in "\"'" else flow_list(value) if value[0] == "[" else None
    end = scanned[1] if scanned and is_comment(value[scanned[1] :]) else comment_start(value)
    end = len(value[:end].rstrip(" \t"))
    return head, value[:end], value[end:]


def _add(lines: list[str], close: int, key: str, items: tuple[list[str], list[str]]) -> int:
    known, added = items
    entry = _entry(lines, close, key)
    if entry is None:
        return close + _insert(lines, close, f"{key}: {flow_sequence(known + added)}")
    start, end = entry
    head, old, comment = _parts(lines[start], key)
    first = next((line for line in lines[start + 1 : end] if _is_item(line)), "")
    if not old and first:
        margin = first[: first.index("-")]
        for item in added:
            close += _insert(lines, end, f"{margin}- {scalar(item)}")
            end += 1
    elif old[:1] == "[" and (end > start + 1 or old[-1:] == "]"):
        _extend_flow(lines, end - 1, added, _line_end(lines[start]) if end > start + 1 else comment)
    else:
        lines[start:end] = [f"{head}{flow_sequence(known + added)}{comment}{_line_end(lines[start])}"]
        close -= end - start - 1
    return close


def _extend_flow(lines: list[str], at: int, added: list[str], tail: str) -> None:
    """Put items before the last bracket of a flow list that ends in line `at`, before `tail`."""
    line = lines[at]
    bare = line.rstrip("\r\n")
    limit = len(bare) - len(tail) if tail and bare.endswith(tail) else len(bare)
    bracket = line.rfind("]", 0, limit)
    if bracket < 0:
        raise RefusedError("the front matter holds a list that cannot be edited safely")
    before = line[:bracket].rstrip(" \t")
    comma = "" if before[-1:] in {"[", ""} else " " if before[-1] == "," else ", "
    lines[at] = f"{before}{comma}{flow_sequence(added)[1:-1]}{line[len(before) :]}"
