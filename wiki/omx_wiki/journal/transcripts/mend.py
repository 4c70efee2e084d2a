"""Make an object of the first part of a JSON line that was too long to read whole."""

from __future__ import annotations

import re
from typing import Any

from omx_wiki.journal.transcripts.fields import parse_object

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]:,]|[^\s"{}\[\]:,]+', re.DOTALL)
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_CLOSER = {"{": "}", "[": "]"}


def mend_object(head: bytes) -> dict[str, Any] | None:
    """Return the object that begins with these bytes: open text is ended, open brackets are closed."""
    source = head.decode("utf-8", "replace")
    stack: list[str] = []
    before = last = ""
    start = 0
    for found in _TOKEN.finditer(source):
        before, last, start = last, found[0], found.start()
        if last in _CLOSER:
            stack.append(last)
        elif last in ("}", "]"):
            if not stack:
                return None
            stack.pop()
    closers = "".join(_CLOSER[bracket] for bracket in reversed(stack))
    is_key = bool(stack) and stack[-1] == "{" and before in ("{", ",")
    return parse_object(source[:start] + _ending(last, is_key=is_key) + closers)


def _ending(last: str, *, is_key: bool) -> str:
    """Return the last token in a form after which brackets may close."""
    if last == ",":
        return ""
    if last == ":":
        return ":null"
    if last in ("{", "}", "[", "]"):
        return last
    if not last.startswith('"'):
        return "null"
    closed = len(last) > 1 and last.endswith('"')
    whole = last if closed else _HALF_ESCAPE.sub("", last) + '"'
    return whole + ":null" if is_key else whole
