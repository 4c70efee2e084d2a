"""The text of other people's TOML files: decoded, read, quoted, and proven to say what it should."""

from __future__ import annotations

import functools
import tomllib
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

BOM = b"\xef\xbb\xbf"
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def bom(content: bytes) -> bytes:
    """Return the byte order mark, which Codex allows and `tomllib` does not; empty without one."""
    return BOM if content.startswith(BOM) else b""


def decode(content: bytes, name: str, remedy: str) -> str:
    """Return the text without its byte order mark; raises RefusedError when it is not UTF-8."""
    try:
        return content.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        raise RefusedError(f"{name} is not UTF-8 (byte {error.start})", remedy) from error


def loads(text: str) -> dict[str, Any]:
    """Parse with floats as their text: a NaN would not equal itself in a proof."""
    return tomllib.loads(text, parse_float=str)


def parse(text: str, name: str, remedy: str) -> dict[str, Any]:
    """Return the settings; raises RefusedError when Python cannot read them (Codex also reads TOML 1.1)."""
    try:
        return loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(f"{name} is not TOML that can be changed safely: {error}", remedy) from error


@functools.lru_cache(maxsize=1)
def read_settings(content: bytes, name: str, remedy: str) -> Mapping[str, Any]:
    """Return the settings in a file's content, not to be changed: the next one who asks gets the same.

    Raises RefusedError as `decode` and `parse` do.
    """
    return parse(decode(content, name, remedy), name, remedy)


def reads_as(text: str, expected: dict[str, Any]) -> bool:
    """Whether the text is TOML with exactly these settings."""
    try:
        return loads(text) == expected
    except (tomllib.TOMLDecodeError, RecursionError):
        return False


def newline_of(text: str) -> str:
    """Return how lines of the text end."""
    return "\r\n" if "\r\n" in text else "\n"


def table(parent: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a table in a table, an empty one when there is something else."""
    found = parent.get(key)
    return found if isinstance(found, dict) else {}


def quote(text: str) -> str:
    """Return a TOML basic string."""
    escaped = (_ESCAPES.get(c) or (c if c.isprintable() else f"\\U{ord(c):08X}") for c in text)
    return f'"{"".join(escaped)}"'


def render(value: str | list[str]) -> str:
    """Return a string, or an array of strings on one line, as TOML."""
    return quote(value) if isinstance(value, str) else f"[{', '.join(map(quote, value))}]"
