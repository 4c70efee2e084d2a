"""The long-lived process that xcodex feeds with one event a line."""

from __future__ import annotations

import os

from omx_wiki.hook import payload
from omx_wiki.hook.arrival import event_in
from omx_wiki.hook.dialects import Told
from omx_wiki.hook.main import log_failure, serve, start_worker_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hook.arrival import Words

_CHUNK = 65536


def serve_lines(words: Words) -> None:
    """Serve the events on standard input, one JSON object a line, until it ends.

    Each event is on disk before the next line is looked at: the host may kill this process at any moment. A
    line that is no event, or larger than MAX_BYTES, costs only itself. No worker is started while one that
    this process started is at work: it sees what comes meanwhile, and the end of input starts the last one.
    """
    waiting: set[str] = set()
    for line in lines():
        try:
            told = Told(words.dialect, words.event, "host")
            waiting.add(serve(event_in(payload.decode(line), told), words))
        except Exception as problem:  # noqa: BLE001  (the next event may be a good one)
            log_failure(problem, words.dialect or "xcodex")
        if not _has_worker():
            _start(waiting)
    _start(waiting)


def _start(roots: set[str]) -> None:
    for root in roots:
        start_worker_for(root)
    roots.clear()


def lines() -> Iterator[bytes]:
    """Yield the lines of standard input as they come, without their ends; a last one without an end too."""
    parts: list[bytes] = []
    size = 0
    while chunk := os.read(0, _CHUNK):
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            if size + len(piece) <= payload.MAX_BYTES and (line := b"".join([*parts, piece]).strip()):
                yield line
            parts, size = [], 0
        size += len(rest)
        parts = [*parts, rest] if size <= payload.MAX_BYTES else []
    if size <= payload.MAX_BYTES and (line := b"".join(parts).strip()):
        yield line


def _has_worker() -> bool:
    """Whether a worker that this process started is still at it; those that ended are taken note of."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except (OSError, AttributeError):  # no child; Windows has no WNOHANG
        return False
    return True
