"""Choose the reader for a transcript by its first lines and read it, at once or in parts."""

from __future__ import annotations

import io
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.transcripts.claude import ClaudeReader
from omx_wiki.journal.transcripts.codex import CodexReader
from omx_wiki.journal.transcripts.codex_bare import BareReader
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
    reader.format: reader for reader in (CodexReader, BareReader, ClaudeReader)
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
STATE_VERSION = 1


def sniff(head: bytes) -> str:
    """Return the format of a file by its first bytes: "codex", "codex-bare", "claude", or "" for none."""
    for line in head.split(b"\n")[:_SNIFFED_LINES]:
        value = parse_object(line) or (mend_object(line) if line.strip() else None)
        found = _format_of(value) if value is not None else ""
        if found:
            return found
    return ""


def _format_of(value: dict[str, Any]) -> str:
    kind = value.get("type")
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
        format: "codex", "codex-bare" or "claude".
        agent: "codex" or "claude".
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
        self.agent = self.reader.agent
        self.bytes_total = size
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
    def offset(self) -> int:
        """The byte after the last complete line read."""
        return self._lines.offset

    def records(self) -> Iterator[Record]:
        """Yield the records from here to the last complete line."""
        read = self.reader.read
        for line, whole in self._lines:
            yield from read(line, whole=whole)
        if self.bytes_total is None:
            self.bytes_total = self.offset

    def save(self) -> dict[str, Any]:
        """Return what is needed to continue after the last record, as JSON values."""
        length = min(len(self._head), self.offset)
        return {
            "version": STATE_VERSION,
            "format": self.format,
            "offset": self.offset,
            "head": [length, _digest(self._head[:length])],
            "reader": self.reader.save(),
        }

    def resume(self, state: Mapping[str, Any]) -> bool:
        """Continue from a state of `save`; return False, and read from the start, when it does not fit.

        It does not fit when another version wrote it or the file was replaced or became shorter.
        """
        try:
            offset, (length, digest) = int(state["offset"]), state["head"]
            fits = state["version"] == STATE_VERSION and state["format"] == self.format
            if not fits or _digest(self._head[:length]) != digest or not self._skip_to(offset):
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

    def _skip_to(self, offset: int) -> bool:
        """Move to an offset when the file reaches that far."""
        if offset < 0 or (self.bytes_total is not None and offset > self.bytes_total):
            return False
        if self._file.seek(offset) == offset:
            return True
        self._file.seek(0)
        return False


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
