"""Find private key blocks, whole or cut off, with real or escaped line ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = re.compile(r"-{4,5} ?BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_END = re.compile(r"-{4,5} ?END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_PUTTY = re.compile(r"Private-Lines: \d{1,4}")
# What may stand between two lines of a key: line ends (also escaped), quotes, margins of diffs and listings.
_GAP = r"(?:\s|\\{1,4}[nrt]|\\(?=\n)|[>+|#*\"',-]|L?\d{1,5}(?=[\t:| ])|:(?=\s)){1,60}+"
_LINE = re.compile(
    rf"{_GAP}(?:[A-Za-z0-9+/]{{30,}}+={{0,2}}|(?:Proc-Type|DEK-Info|Version|Comment): [^\r\n\\]{{1,200}})"
)
_LAST_LINE = re.compile(rf"{_GAP}=?[A-Za-z0-9+/]{{1,29}}={{0,2}}(?=\s*\n|\s*$|\\|[\"'`])")
_RUN = re.compile(r"[A-Za-z0-9+/=]{16,}")
_ARMOUR = re.compile(r"[A-Za-z0-9+/]{40}")
_LIMIT = 64_000  # characters; an RSA key of 16,384 bits takes 13,000


def private_keys(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each private key block; a mention of the header alone is not one."""
    at = 0
    while (at := text.find("BEGIN ", at)) >= 0:
        begin = next(
            (found for back in (5, 6, 4) if at >= back and (found := _BEGIN.match(text, at - back))), None
        )
        at += 6
        if begin is None:
            continue
        end = _block_end(text, begin.end())
        if _ARMOUR.search(text, begin.end(), end):
            yield begin.start(), end
            at = end
    if "Private-Lines: " in text:
        for found in _PUTTY.finditer(text):
            yield found.start(), _lines_end(text, found.end())


def _block_end(text: str, start: int) -> int:
    """Return where the block whose BEGIN line ends at `start` ends: its END line, or its last key line."""
    limit = text.find("BEGIN ", start, start + _LIMIT)
    limit = min(start + _LIMIT, len(text)) if limit < 0 else limit
    mark = text.find("END ", start, limit)
    closed = _END.search(text, max(mark - 6, start), min(mark + 60, limit)) if mark >= 0 else None
    if closed is not None:
        body = text[start : closed.start()]
        if 2 * sum(len(run) for run in _RUN.findall(body)) > len(body):
            return closed.end()
    return _lines_end(text, start)


def _lines_end(text: str, start: int) -> int:
    at = start
    while line := _LINE.match(text, at):
        at = line.end()
    last = _LAST_LINE.match(text, at) if at > start else None
    return last.end() if last else at
