"""Claude Code transcripts (1.0 to 2.1): flat lines, tool answers inside user lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from omx_wiki.journal.transcripts import claude_tools, fields
from omx_wiki.journal.transcripts.injected import is_injected
from omx_wiki.journal.transcripts.outputs import joined_text
from omx_wiki.journal.transcripts.reader import Reader
from omx_wiki.journal.transcripts.records import (
    AssistantMessage,
    Compaction,
    Prompt,
    Record,
    SessionMeta,
    TokenDelta,
    TurnAborted,
    TurnContext,
    TurnEnd,
)
from omx_wiki.journal.transcripts.stamps import parse_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

_PASSED_OVER = tuple(
    b'{"type":%s"%s"' % (space, kind)
    for space in (b"", b" ")
    for kind in (b"file-history-snapshot", b"progress", b"queue-operation", b"ai-title", b"summary")
)
_INTERRUPTED = "[Request interrupted by user"
_USAGE = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")


class ClaudeReader(Reader):
    """Reads one session file, or the file of one subagent (every line of it is a side chain)."""

    agent = "claude"
    format: ClassVar[str] = "claude"
    saved: ClassVar[tuple[str, ...]] = (*Reader.saved, "session", "sidechain", "settings", "counted")

    def __init__(self) -> None:
        super().__init__()
        self.session: list[str] = []
        self.sidechain = False
        self.settings: list[str] = []
        self.counted: list[Any] = ["", 0, 0, 0, 0]

    def read(self, line: bytes, *, whole: bool = True) -> Sequence[Record]:
        """Return the records of one line."""
        if line.startswith(_PASSED_OVER):
            return ()
        value = self.parse(line, whole=whole)
        if value is None:
            return ()
        kind = fields.text(value, "type")
        if kind not in ("user", "assistant", "system"):
            return ()
        records = self._meet_session(value)
        if bool(value.get("isSidechain")) != self.sidechain or value.get("isMeta"):
            return records
        at = parse_stamp(value.get("timestamp"))
        self.tick(at)
        return [*records, *self._read_kind(kind, value, at)]

    def _read_kind(self, kind: str, value: dict[str, Any], at: int | None) -> Sequence[Record]:
        if kind == "system":
            return (Compaction(at),) if value.get("subtype") == "compact_boundary" else ()
        if value.get("isCompactSummary"):
            return ()
        message = fields.mapping(value, "message")
        return self._assistant(message, at) if kind == "assistant" else _user(value, message, at)

    def _meet_session(self, value: dict[str, Any]) -> list[Record]:
        """Tell the session's facts on its first line and whenever version, folder or branch change."""
        version, cwd = fields.text(value, "version"), fields.text(value, "cwd")
        session, branch = fields.text(value, "sessionId"), fields.text(value, "gitBranch")
        if not self.session:
            self.sidechain = bool(value.get("isSidechain"))
            agent = fields.text(value, "agentId") if self.sidechain else ""
            self.session = [agent or session, session if agent else ""]
        elif [version, cwd, branch] == self.settings:
            return []
        self.settings = [version, cwd, branch]
        return [
            SessionMeta(
                id=self.session[0],
                at=parse_stamp(value.get("timestamp")),
                kind="subagent" if self.sidechain else "main",
                cwd=cwd,
                version=version,
                originator=fields.text(value, "entrypoint"),
                branch=branch,
                parent=self.session[1],
            )
        ]

    def _assistant(self, message: dict[str, Any], at: int | None) -> Sequence[Record]:
        records: list[Record] = []
        model = fields.text(message, "model")
        if model and not model.startswith("<"):
            records.append(TurnContext(model, "", ""))
        content = message.get("content")
        words = (
            joined_text([part for part in content if fields.text(part, "type") == "text"])
            if isinstance(content, list)
            else joined_text(content)
        )
        if words.strip():
            records.append(AssistantMessage(words.strip(), at))
        for part in fields.items(message, "content"):
            if fields.text(part, "type") == "tool_use":
                records += claude_tools.read_tool_use(part, at)
        records += self._tokens(message)
        if fields.text(message, "stop_reason") == "end_turn":
            records.append(TurnEnd("", at))
        return records

    def _tokens(self, message: dict[str, Any]) -> Sequence[TokenDelta]:
        """Count the growth of a message's usage: its blocks are lines that each repeat it."""
        usage = fields.mapping(message, "usage")
        if not usage:
            return ()
        name = fields.text(message, "id")
        counts = [fields.count(usage, key) for key in _USAGE]
        before = self.counted[1:] if name and name == self.counted[0] else [0, 0, 0, 0]
        fresh, cached, created, output = (
            max(0, now - then) for now, then in zip(counts, before, strict=True)
        )
        self.counted = [name, *map(max, counts, before)]
        delta = TokenDelta(fresh + cached + created, cached, output, 0)
        return (delta,) if any(delta) else ()


def _user(value: dict[str, Any], message: dict[str, Any], at: int | None) -> Sequence[Record]:
    records: list[Record] = []
    content = message.get("content")
    words: list[str] = [content] if isinstance(content, str) else []
    for part in fields.items(message, "content"):
        kind = fields.text(part, "type")
        if kind == "tool_result":
            records += claude_tools.read_tool_result(part, value.get("toolUseResult"), at)
        elif kind == "text" and not is_injected(fields.text(part, "text")):
            words.append(fields.text(part, "text"))
    text = "\n".join(words).strip()
    if text.startswith(_INTERRUPTED):
        return [*records, TurnAborted("interrupted", at)]
    if text and not is_injected(text):
        records.append(Prompt(text, at))
    return records
