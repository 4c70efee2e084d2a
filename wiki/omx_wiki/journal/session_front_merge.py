"""Bring our front matter keys in a session page up to date and leave all others as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.journal.session_front import KEYS, Front, front_line, front_text
from omx_wiki.pages.front_matter import Meta, meta_list, read_meta
from omx_wiki.pages.splice import splice_meta

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


def merged_front(text: str, front: Front, *, keeps_title: bool) -> str:
    """Return the page with our keys as in `front`; ours that have become empty go.

    Tags that the page has are left to people. A page without front matter gets one; one that cannot be read
    or edited safely stays as it is.
    """
    block = split_front_matter(text)[0]
    if block is None:
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        end = "\r\n" if "\r\n" in text else "\n"
        return f"{mark}{front_text(front)}\n".replace("\n", end) + text.removeprefix(mark)
    meta, problems = read_meta(block)
    if problems:
        return text
    left = {"tags", "title"} if keeps_title else {"tags"}
    wanted = {key: value for key, value in front.items() if key not in left or key not in meta}
    gone = [key for key in meta if key in KEYS and key not in front]
    lines = [line for line in _LINE.findall(text) if line]
    close = next(at for at, line in enumerate(lines) if at and line.rstrip(" \t\r\n") == "---")
    head = _edited(lines[:close], meta, wanted, gone)
    for rest in ({}, {key: value for key, value in wanted.items() if isinstance(value, str)}):
        try:
            done = splice_meta("".join([*head, *lines[close:]]), rest)
        except RefusedError:
            continue
        if _same(done, {**{k: v for k, v in meta.items() if k not in gone}, **wanted}):
            return done
    return text


def _edited(head: list[str], meta: Meta, wanted: Front, gone: list[str]) -> list[str]:
    """Return the front matter lines (without the closing rule) with simple entries of ours replaced."""
    end = head[0][len(head[0].rstrip("\r\n")) :]
    for key in gone:
        at = _simple_entry(head, key)
        if at:
            del head[at]
    for key, value in wanted.items():
        if meta.get(key) == value:
            continue
        line = front_line(key, value) + end
        at = _simple_entry(head, key)
        if at:
            head[at] = line
        elif key not in meta:
            head.insert(_place(head, key), line)
    return head


def _simple_entry(head: list[str], key: str) -> int:
    """Return the line of an entry that is one line without a comment, 0 when there is none such."""
    found = [at for at, line in enumerate(head) if at and re.match(rf"{key}:[ \t]", line)]
    if len(found) != 1 or " #" in head[found[0]]:
        return 0
    after = head[found[0] + 1 : found[0] + 2]
    return 0 if after and after[0][:1] in " \t-#" else found[0]


def _place(head: list[str], key: str) -> int:
    """Return the line below the nearest earlier key of ours."""
    for earlier in reversed(KEYS[: KEYS.index(key)]):
        at = _simple_entry(head, earlier)
        if at:
            return at + 1
    return len(head)


def _same(text: str, wanted: Mapping[str, str | list[str]]) -> bool:
    block = split_front_matter(text)[0]
    meta, problems = read_meta(block) if block is not None else ({}, ["gone"])
    return not problems and {k: _shape(meta, k) for k in meta} == {k: _shape(wanted, k) for k in wanted}


def _shape(meta: Mapping[str, str | list[str]], key: str) -> list[str]:
    value = meta[key]
    return meta_list(meta, key) if isinstance(value, list) else [value]
