"""Choose the reader for a transcript by its first lines and read it, at once or in parts."""

from __future__ import annotations

import io
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.transcripts.claude import ClaudeReader
from omx_wiki.journal.transcripts.codex import CodexReader
from omx_wiki.journal.transcripts.codex_bare import BareReader
from omx_wiki.journal.transcripts.events import MARK, EventsReader
from omx_wiki.journal.transcripts.fields import parse_object
from omx_wiki.journal.transcripts.lines import HEAD, LineStream
from omx_wiki.journal.transcripts.mend import mend_object
from omx_wiki.journal.transcripts.source import open_bytes

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import BinaryIO, Self

    from omx_wiki.journal.transcripts.reader import Reader
    from omx_wiki.journal.transcripts.records import Record

_READERS: dict[str, type[Reader]] = {
    reader.format: reader for reader in (CodexReader, BareReader, ClaudeReader, EventsReader)
}
_CODEX_TYPES = frozenset(
    {
        "session_meta",
        "response_item",
        "event_msg",
        "turn_context",
        "compacted",
        "world_state",
        "token_usage_record",
    }
)
_CLAUDE_KEYS = frozenset({"sessionId", "parentUuid", "leafUuid", "isSnapshotUpdate"})
_BARE_TYPES = frozenset({"message", "function_call", "function_call_output", "reasoning", "local_shell_call"})
_SNIFFED_LINES = 50
_FINGERPRINT = 256
_ORDINAL = re.compile(rb'"ordinal":\s{0,4}(\d{1,18})[,}]')
STATE_VERSION = 1


def sniff(head: bytes) -> str:
    """Return the format by a file's first bytes: "codex", "codex-bare", "claude", "events", "" for none."""
    for line in head.split(b"\n")[:_SNIFFED_LINES]:
        value = parse_object(line) or (mend_object(line) if line.strip() else None)
        found = _format_of(value) if value is not None else ""
        if found:
            return found
    return ""


def _format_of(value: dict[str, Any]) -> str:
    kind = value.get("type")
    if kind == MARK:
        return "events"
    if kind in _CODEX_TYPES if isinstance(kind, str) else False:
        return "codex" if "payload" in value else ""
    if _CLAUDE_KEYS & value.keys():
        return "claude"
    is_header = "type" not in value and "id" in value and "timestamp" in value
    if is_header or "record_type" in value or (kind in _BARE_TYPES if isinstance(kind, str) else False):
        return "codex-bare"
    return ""


class Transcript:
    """One transcript file being read; iterate over `records()`, then keep `save()` to continue later.

    Attributes:
        format: "codex", "codex-bare", "claude" or "events".
        bytes_total: the size of the (uncompressed) file, None while a compressed one is not read to its end.
        reader: the clock and the counts of what was read.
        continued: whether a saved state was taken up.
    """

    def __init__(self, file: BinaryIO, size: int | None, name: str) -> None:
        self._file = file
        head = _peek(file)
        self.format = sniff(head)
        if not self.format:
            raise InvalidInputError(f"{name} is not a transcript of a known kind")
        self._head = head[:_FINGERPRINT]
        self.reader = _READERS[self.format]()
        self.bytes_total = self._size = size
        self._before = b""
        self.continued = False
        self._lines = LineStream(file, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def agent(self) -> str:
        """The program whose session it is, "" while no line told it: "codex", "claude", ..."""
        return self.reader.agent

    @property
    def offset(self) -> int:
        """The byte after the last complete line read."""
        return self._lines.offset

    def records(self, before: int | None = None) -> Iterator[Record]:
        """Yield the records from here to the last complete line, or to the line with the ordinal `before`."""
        read = self.reader.read
        for line, whole in self._lines:
            if before is not None and _ordinal(line) >= before:
                break
            yield from read(line, whole=whole)
        if self.bytes_total is None:
            self.bytes_total = self.offset

    def save(self) -> dict[str, Any]:
        """Return what is needed to continue after the last record, as JSON values."""
        length = min(len(self._head), self.offset)
        is_plain = self._size is not None and self._move_to(self.offset)
        return {
            "version": STATE_VERSION,
            "format": self.format,
            "offset": self.offset,
            "head": [length, _digest(self._head[:length])],
            "tail": _digest(self._before) if is_plain else "",
            "reader": self.reader.save(),
        }

    def resume(self, state: Mapping[str, Any]) -> bool:
        """Continue from a state of `save`; return False, and read from the start, when it does not fit.

        It does not fit when another version wrote it, or when the file was replaced, became shorter or was
        rewritten up to the offset, as Codex does when a paginated thread is reverted.
        """
        try:
            offset, (length, digest) = int(state["offset"]), state["head"]
            fits = state["version"] == STATE_VERSION and state["format"] == self.format
            fits = fits and not self.reader.rewritten
            fits = fits and _digest(self._head[:length]) == digest and self._move_to(offset)
            if not fits or state["tail"] not in ("", _digest(self._before)):
                self._file.seek(0)
                return False
            reader = _READERS[self.format]()
            reader.load(state["reader"])
        except (KeyError, TypeError, ValueError):
            self._file.seek(0)
            return False
        self.reader = reader
        self._lines = LineStream(self._file, offset)
        self.continued = True
        return True

    def _move_to(self, offset: int) -> bool:
        """Move to an offset and note the bytes before it; return whether the file reaches that far."""
        start = max(0, offset - _FINGERPRINT)
        self._file.seek(start)
        self._before = self._file.read(offset - start)
        return len(self._before) == offset - start


def _ordinal(line: bytes) -> int:
    """Return the number of a line of a paginated rollout, -1 for other lines."""
    found = _ORDINAL.search(line, 0, 200)
    return int(found[1]) if found else -1


def _digest(head: bytes) -> str:
    return blake2b(head, digest_size=8).hexdigest()


def _peek(file: BinaryIO) -> bytes:
    """Return the first bytes and go back to the start."""
    head = file.read(HEAD)
    file.seek(0, io.SEEK_SET)
    return head


def open_transcript(path: str | os.PathLike[str], state: Mapping[str, Any] | None = None) -> Transcript:
    """Open a transcript of any known format, judged by its content, never by its name.

    `state` is what an earlier `Transcript.save` returned. Raises the errors of `open_bytes`, and
    InvalidInputError when the content is no known transcript.
    """
    file, size = open_bytes(path)
    try:
        transcript = Transcript(file, size, str(path))
        if state:
            transcript.resume(state)
    except BaseException:
        file.close()
        raise
    return transcript
