"""Codex rollouts of 2025-09: the items themselves are the lines, and no line tells a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from omx_wiki.journal.transcripts import codex_items, fields
from omx_wiki.journal.transcripts.codex_meta import session_meta
from omx_wiki.journal.transcripts.injected import environment_cwd, is_injected, is_tagged_block, request_of
from omx_wiki.journal.transcripts.outputs import joined_text
from omx_wiki.journal.transcripts.reader import Reader
from omx_wiki.journal.transcripts.records import Prompt, Record, TurnContext
from omx_wiki.journal.transcripts.stamps import parse_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

_REASONING = (b'{"type":"reasoning"', b'{"type": "reasoning"')


class BareReader(Reader):
    """Reads bare rollouts; the folder comes from the environment block, as the header has none."""

    agent = "codex"
    format: ClassVar[str] = "codex-bare"
    saved: ClassVar[tuple[str, ...]] = (*Reader.saved, "has_header")

    def __init__(self) -> None:
        super().__init__()
        self.has_header = False

    def read(self, line: bytes, *, whole: bool = True) -> Sequence[Record]:
        """Return the records of one line."""
        if line.startswith(_REASONING):
            return ()
        value = self.parse(line, whole=whole)
        if value is None:
            return ()
        at = parse_stamp(value.get("timestamp"))
        self.tick(at)
        if not self.has_header and "type" not in value and fields.text(value, "id"):
            self.has_header = True
            return (session_meta(value, at),)
        return self._item(value, at)

    def _item(self, value: dict[str, Any], at: int | None) -> Sequence[Record]:
        records = codex_items.read_item(value, {}, at)
        if not records or not isinstance(records[0], Prompt):
            return records
        text = joined_text(value.get("content"))
        cwd = environment_cwd(text.lstrip())
        if cwd:
            return (TurnContext("", "", cwd),)
        if is_injected(text) or is_tagged_block(text):
            return ()
        return (Prompt(request_of(text), at),)
