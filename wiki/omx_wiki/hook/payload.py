"""Read what a host sends: standard input with a deadline, any encoding, JSON without the json package."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_BYTES = 8 * 1024 * 1024
SILENCE_SECONDS = 1.0
"""How long an open but silent standard input is waited for.

A host that sends anything writes it at once, but on a busy machine with eight hooks starting a quarter of a
second was seen to pass before it did, and then the event would be lost.
"""

DEADLINE_SECONDS = 2.5
"""How long all of it may take: Codex ends a SessionEnd hook after three seconds."""

_CHUNK = 65536
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def read_stdin(silence: float = SILENCE_SECONDS) -> bytes:
    """Return standard input up to its end, to a silence of `silence` seconds, or to the deadline.

    Reads to the end even past MAX_BYTES (Codex 0.142.5 fails a hook that leaves bytes unread) but returns
    b"" then, as it does for a terminal and for a closed standard input.
    """
    try:
        if os.isatty(0):
            return b""
        chunks: list[bytes] = []
        size = 0
        end = time.monotonic() + DEADLINE_SECONDS
        while _is_readable(min(silence, end - time.monotonic())) and (chunk := os.read(0, _CHUNK)):
            size += len(chunk)
            if size <= MAX_BYTES:
                chunks.append(chunk)
            else:
                chunks.clear()
    except OSError:
        return b""
    return b"".join(chunks)


def _is_readable(silence: float) -> bool:
    if sys.platform == "win32":  # only sockets can be polled there
        return True
    import select

    if silence <= 0:
        return False
    poll = select.poll()
    poll.register(0, select.POLLIN)
    return bool(poll.poll(silence * 1000))


def decode(raw: bytes) -> str:
    """Return the text of `raw`: by its byte order mark, else UTF-8; bytes that fit neither are replaced."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    return raw.decode("utf-8", "replace")


def parse_object(text: str) -> dict[str, Any]:
    """Return the JSON object that `text` starts with, {} when it starts with anything else."""
    text = text.strip()
    if not text.startswith("{"):
        return {}
    try:
        value = _scan(text)
    except (ValueError, StopIteration, RecursionError, SystemError):  # the last one: see _scan
        return {}
    return value if isinstance(value, dict) else {}


def quote(text: str) -> str:
    """Return `text` as a JSON string; lone surrogates become question marks."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    try:
        from _json import encode_basestring
    except ImportError:
        from json.encoder import encode_basestring
    return encode_basestring(text)


class _ScannerContext:
    """The settings json's C scanner asks its caller for; names unknown here read as None."""

    strict = False
    memo: dict[str, str] = {}  # noqa: RUF012  (the scanner shares it on purpose)
    parse_float = float
    parse_int = int
    parse_constant = float

    @staticmethod
    def parse_string(text: str, end: int, strict: bool) -> tuple[str, int]:  # noqa: FBT001  (json's own)
        from _json import scanstring

        return scanstring(text, end, strict)

    def __getattr__(self, name: str) -> None:
        return None


def _scan(text: str) -> Any:
    """Parse with the scanner inside of CPython's json: importing all of json doubles a hook's time.

    The scanner is private to CPython, so anything unexpected falls back to the json package. For a text that
    ends too early the scanner of 3.11 looks for the error class of json, finds it not imported, and fails
    without an exception, which Python turns into SystemError.
    """
    try:
        from _json import make_scanner

        context: Any = _ScannerContext()
        return make_scanner(context)(text, 0)[0]
    except (ImportError, AttributeError, TypeError):
        import json

        return json.JSONDecoder(strict=False).raw_decode(text)[0]
