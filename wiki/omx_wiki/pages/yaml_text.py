"""Write single YAML values, so that every reader gets the same text back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.hook.front_matter_scan import is_plain_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = " -_./"
_WORDS_WITH_MEANING = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_DATE_LENGTH = len("2026-01-01")


def scalar(text: str) -> str:
    """Return a value as YAML: bare where no reader can mistake it, quoted otherwise."""
    return text if _is_plain(text) or _is_timestamp(text) else quoted_scalar(text)


def quoted_scalar(text: str) -> str:
    """Return a value in double quotes with the escapes it needs."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def flow_sequence(items: Iterable[str]) -> str:
    """Return items as `[a, "b, c"]`."""
    return f"[{', '.join(scalar(item) for item in items)}]"


def _is_plain(text: str) -> bool:
    if not text or not text[0].isalpha() or text[-1] == " " or text.lower() in _WORDS_WITH_MEANING:
        return False
    return all(char.isalnum() or char in _PLAIN for char in text)


def _is_timestamp(text: str) -> bool:
    return (
        len(text) > _DATE_LENGTH
        and text[_DATE_LENGTH] == "T"
        and text.isascii()
        and not text.strip("0123456789-:.TZ")
        and text[-1] != ":"
    )


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    if is_plain_line(char) and char != "\x85":
        return char
    return f"\\x{ord(char):02x}" if char <= "\xff" else f"\\u{ord(char):04x}"
