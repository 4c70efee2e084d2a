"""A stream of lines in bounded memory that can be continued where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.journal.transcripts.fields import parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MAX_LINE = 1 << 20
HEAD = 1 << 16


class LineStream:
    """The complete lines of a file from an offset on.

    A line longer than `MAX_LINE` is passed over and only its first `HEAD` bytes are given. A last line
    without a line end counts as complete when it is a whole JSON object, which no cut line can be.

    Attributes:
        offset: the byte after the last complete line given.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self.offset = offset

    def __iter__(self) -> Iterator[tuple[bytes, bool]]:
        """Yield each line and whether it is whole; the offset moves as lines are given."""
        while True:
            line = self._file.readline(MAX_LINE)
            if line.endswith(b"\n"):
                self.offset += len(line)
                yield line, True
            elif len(line) == MAX_LINE:
                rest = self._pass_over()
                if not rest:
                    return
                self.offset += MAX_LINE + rest
                yield line[:HEAD], False
            else:
                if line and parse_object(line) is not None:
                    self.offset += len(line)
                    yield line, True
                return

    def _pass_over(self) -> int:
        """Skip to the end of a long line; return the bytes skipped, 0 when the line has no end yet."""
        skipped = 0
        while part := self._file.readline(MAX_LINE):
            skipped += len(part)
            if part.endswith(b"\n"):
                return skipped
        return 0
