"""What a tool's answer says: its text, exit code, duration and the process it left running."""

from __future__ import annotations

import re
from typing import NamedTuple

from omx_wiki.journal.transcripts import fields

MAX_OUTPUT = 1 << 16
_HEADER = 600
_EXIT = re.compile(r"^(?:Exit code:?|Process exited with code|exit_code:)[ \t]*(-?\d{1,10})\b", re.MULTILINE)
_WALL = re.compile(r"^Wall time:?[ \t]+(\d{1,9}(?:\.\d{1,9})?)[ \t]*s", re.MULTILINE)
_RUNNING = re.compile(r"^Process running with session ID[ \t]+(\S{1,64})", re.MULTILINE)


class Output(NamedTuple):
    """One tool answer; `ok` is False only when the answer itself says that it failed."""

    text: str
    exit_code: int | None = None
    duration_ms: int | None = None
    session: str = ""
    ok: bool = True


def clip(text: str) -> str:
    """Return the text, or its two ends when it is longer than `MAX_OUTPUT`."""
    if len(text) <= MAX_OUTPUT:
        return text
    half = MAX_OUTPUT // 2
    return f"{text[:half]}\n{text[-half:]}"


def joined_text(value: object) -> str:
    """Return the text of a message content: plain text, or the text parts of a list."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    return "\n".join(part for item in value if (part := item if isinstance(item, str) else _part(item)))


def _part(item: object) -> str:
    return fields.text(item, "text")


def read_output(value: object) -> Output:
    """Read any of the shapes Codex has written: text with a header, JSON text, parts, an object."""
    if isinstance(value, dict):
        inner = value.get("content", value.get("output"))
        read = _of_text(joined_text(inner)) if not isinstance(inner, dict) else Output("")
        code = fields.number(value, "exit_code")
        ok = value.get("success") is not False
        return read._replace(exit_code=read.exit_code if code is None else code, ok=ok)
    return _of_text(joined_text(value))


def _of_text(text: str) -> Output:
    if text.startswith("{") and ('"metadata"' in text or '"exit_code"' in text):
        wrapped = fields.parse_object(text)
        if wrapped is not None and isinstance(wrapped.get("output"), str):
            facts = fields.mapping(wrapped, "metadata") or wrapped
            spent = fields.duration_ms(facts.get("duration_seconds"))
            return Output(clip(wrapped["output"]), fields.number(facts, "exit_code"), spent)
    return _of_headed_text(text)


def _of_headed_text(text: str) -> Output:
    """Read the header lines before `Output:`; without that marker only the first line is a header."""
    end = text.find("Output:\n", 0, _HEADER)
    if end < 0 and text.endswith("Output:") and len(text) < _HEADER:
        end = len(text) - len("Output:")
    if end < 0:
        first = text[:_HEADER].partition("\n")[0]
        found = _EXIT.match(first)
        return Output(clip(text), int(found[1]) if found else None)
    header, body = text[:end], text[end + len("Output:\n") :]
    code, wall, running = _EXIT.search(header), _WALL.search(header), _RUNNING.search(header)
    if code is None and body.startswith("{"):
        return _of_text(body)
    return Output(
        clip(body),
        int(code[1]) if code else None,
        int(float(wall[1]) * 1000) if wall else None,
        running[1] if running else "",
    )
