"""Codex rollouts with a `{timestamp, type, payload}` wrapper: legacy (0.40 on) and paginated (0.149 on)."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from omx_wiki.journal.transcripts import codex_events, codex_items, fields
from omx_wiki.journal.transcripts.codex_meta import session_meta, turn_context
from omx_wiki.journal.transcripts.forks import Fork
from omx_wiki.journal.transcripts.injected import is_injected, is_tagged_block, request_of
from omx_wiki.journal.transcripts.reader import Reader
from omx_wiki.journal.transcripts.records import AssistantMessage, Compaction, Prompt, Record, TokenDelta
from omx_wiki.journal.transcripts.stamps import parse_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The keys in the order Codex writes them; other orders are read the slow way.
_HEAD = re.compile(
    rb'\s*\{\s*"timestamp":\s*"([^"\\]{1,40})",\s*(?:"ordinal":\s*\d{1,18},\s*)?"type":\s*"(\w{1,40})",'
    rb'\s*"payload":\s*\{\s*(?:"type":\s*"(\w{1,40})")?'
)
# Most of the bytes of a file, and nothing a journal tells: known by their first bytes, never decoded.
_PASSED_OVER = frozenset(
    {
        (b"response_item", b"reasoning"),
        (b"response_item", b"ghost_snapshot"),
        (b"response_item", b"compaction"),
        (b"response_item", b"compaction_summary"),
        (b"response_item", b"image_generation_call"),
        (b"response_item", b"tool_search_call"),
        (b"response_item", b"tool_search_output"),
        (b"event_msg", b"agent_reasoning"),
        (b"event_msg", b"agent_reasoning_raw_content"),
        (b"event_msg", b"context_compacted"),
        (b"event_msg", b"mcp_tool_call_end"),
        (b"event_msg", b"thread_settings_applied"),
        (b"event_msg", b"turn_diff"),
        (b"event_msg", b"image_generation_end"),
        (b"event_msg", b"web_search_end"),
    }
)
_PASSED_OVER_TYPES = frozenset({b"world_state", b"inter_agent_communication_metadata"})
_TURN_STARTS = frozenset({b"task_started", b"turn_started", b"user_message"})
_ENDS = (b"}\n", b"}\r\n", b"}")
_MAX_PENDING = 8
_MAX_PENDING_TEXT = 16_000


class CodexReader(Reader):
    """Reads wrapped rollouts; each prompt and answer, written twice by Codex, is told once."""

    agent = "codex"
    format: ClassVar[str] = "codex"
    saved: ClassVar[tuple[str, ...]] = (
        *Reader.saved,
        "has_user_events",
        "asked",
        "pending",
        "heard",
        "spoken",
        "usage",
    )

    def __init__(self) -> None:
        super().__init__()
        self.fork = Fork()
        self.has_user_events = False
        self.asked = ""
        self.pending: list[list[Any]] = []
        self.heard = -1
        self.spoken = ""
        self.usage = ""

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {**super().save(), "fork": self.fork.save()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take up a state of `save`."""
        super().load(state)
        self.fork.load(state["fork"])

    def unconfirmed(self) -> Sequence[Prompt]:
        """Return the prompts seen only as copies.

        In a file with prompt events these are injected text, unless a bad line may have been their event.
        """
        certain = [held for held in self.pending if not self.has_user_events or held[2] < self.bad_lines]
        return [Prompt(text, at) for text, at, _bad_lines in certain]

    def read(self, line: bytes, *, whole: bool = True) -> Sequence[Record]:
        """Return the records of one line."""
        head = _HEAD.match(line)
        if head is not None and (not whole or line.endswith(_ENDS)):
            kind, inner = head[2], head[3]
            if self.fork.copying and not self._ends_copy(kind, inner):
                self._pass_copied(head[1])
                if inner == b"token_count":
                    self._note_copied_count(line)
                return ()
            if kind == b"compacted":
                return (Compaction(self._tick(head[1].decode("utf-8", "replace"))),)
            if (kind, inner) in _PASSED_OVER or kind in _PASSED_OVER_TYPES:
                self._tick(head[1].decode("utf-8", "replace"))
                return ()
        value = self.parse(line, whole=whole)
        if value is None:
            return ()
        return self._read_object(value)

    def _ends_copy(self, kind: bytes, inner: bytes | None) -> bool:
        """Whether a line of this kind may be the first one after the copied part."""
        if kind == b"event_msg":
            return inner in _TURN_STARTS or inner == b"item_completed"
        return kind in (b"session_meta", b"turn_context")

    def _pass_copied(self, stamp: bytes) -> None:
        self.replayed += 1
        self.fork.previous = parse_stamp(stamp.decode("utf-8", "replace")) or self.fork.previous

    def _tick(self, stamp: str) -> int | None:
        at = parse_stamp(stamp)
        self.tick(at)
        self.fork.previous = at if at is not None else self.fork.previous
        return at

    def _read_object(self, value: dict[str, Any]) -> Sequence[Record]:
        stamp, kind = fields.text(value, "timestamp"), fields.text(value, "type")
        payload = fields.mapping(value, "payload")
        if kind == "session_meta":
            return self._meet_session(payload, stamp)
        if self.fork.copying:
            self._meet_turn(kind, payload, parse_stamp(stamp))
            if self.fork.copying:
                self._pass_copied(stamp.encode("utf-8", "replace"))
                return ()
        if kind == "response_item":
            metadata = fields.mapping(value, "metadata")
            return self._settle(codex_items.read_item(payload, metadata, self._tick(stamp)), is_copy=True)
        return self._read_other(kind, payload, self._tick(stamp))

    def _read_other(self, kind: str, payload: dict[str, Any], at: int | None) -> Sequence[Record]:
        if kind == "event_msg":
            return self._read_event(payload, at)
        if kind == "turn_context":
            return (turn_context(payload),)
        if kind == "token_usage_record":
            self.usage = "records"
            return codex_events.token_delta(fields.mapping(payload, "usage"))
        return (Compaction(at),) if kind == "compacted" else ()

    def _meet_session(self, payload: dict[str, Any], stamp: str) -> Sequence[Record]:
        meta = session_meta(payload, parse_stamp(stamp))
        is_own = self.fork.meet_session(meta.id, meta.at, parse_stamp(stamp))
        if not is_own:
            self._pass_copied(stamp.encode("utf-8", "replace"))
            return ()
        self._tick(stamp)
        return (meta,)

    def _meet_turn(self, kind: str, payload: dict[str, Any], at: int | None) -> None:
        inner = fields.text(payload, "type")
        if kind == "turn_context" or inner in ("task_started", "turn_started", "user_message"):
            started = fields.number(payload, "started_at")
            self.fork.meet_turn(fields.text(payload, "turn_id"), started, at)
        elif (
            inner == "item_completed"
            and fields.text(fields.mapping(payload, "item"), "type") == "UserMessage"
        ):
            self.fork.meet_turn(fields.text(payload, "turn_id"), None, at)

    def _read_event(self, payload: dict[str, Any], at: int | None) -> Sequence[Record]:
        inner = fields.text(payload, "type")
        if inner == "token_count":
            return self._token_count(fields.mapping(payload, "info"))
        if inner == "user_message":
            return self._prompt(fields.text(payload, "message"), fields.text(payload, "kind"), at)
        if inner == "item_completed":
            item = fields.mapping(payload, "item")
            if fields.text(item, "type") == "UserMessage":
                return self._prompt(codex_events.item_text(item), "", at)
            return self._settle(codex_events.read_completed(item, at))
        return self._settle(codex_events.read_event(inner, payload, at))

    def _prompt(self, text: str, kind: str, at: int | None) -> Sequence[Record]:
        self.has_user_events = True
        self.pending = []
        words = request_of(text)
        self.asked = _digest(words[:_MAX_PENDING_TEXT])
        if not words or kind in ("environment_context", "user_instructions") or is_injected(text):
            return ()
        return (Prompt(words, at),)

    def _settle(self, records: Sequence[Record], *, is_copy: bool = False) -> Sequence[Record]:
        """Hold back copied prompts and drop copied answers; what follows a prompt confirms it."""
        if not records:
            return records
        first = records[0]
        if isinstance(first, Prompt):
            self._hold(first)
            return ()
        if isinstance(first, AssistantMessage) and not self._is_new_answer(first.text, is_copy=is_copy):
            return ()
        if self.pending:
            held = self.unconfirmed()
            self.pending = []
            return [*held, *records]
        return records

    def _is_new_answer(self, text: str, *, is_copy: bool) -> bool:
        """Whether an answer was not told before.

        Where answers come as events, one that is only an item is a summary made for compaction, unless a
        bad line may have been its event. `heard` is the number of bad lines at the last such event.
        """
        if not is_copy:
            self.heard = self.bad_lines
        elif self.heard == self.bad_lines:
            return False
        known, self.spoken = self.spoken, _digest(text)
        return known != self.spoken

    def _hold(self, prompt: Prompt) -> None:
        if is_injected(prompt.text) or is_tagged_block(prompt.text):
            return
        words = request_of(prompt.text)[:_MAX_PENDING_TEXT]
        if _digest(words) != self.asked:
            self.pending = [*self.pending, [words, prompt.at, self.bad_lines]][:_MAX_PENDING]

    def _token_count(self, info: dict[str, Any]) -> Sequence[TokenDelta]:
        """Count an answer once: not again when usage records tell it, nor when only limits were updated."""
        last = fields.mapping(info, "last_token_usage")
        if self.usage == "records" or not last:
            return ()
        digest = _usage_digest(info)
        if digest and digest == self.usage:
            return ()
        self.usage = digest
        return codex_events.token_delta(last)

    def _note_copied_count(self, line: bytes) -> None:
        """Note a count of the copied part: Codex says the last one again when the fork goes on."""
        payload = fields.mapping(fields.parse_object(line), "payload")
        self.usage = _usage_digest(fields.mapping(payload, "info")) or self.usage


def _usage_digest(info: dict[str, Any]) -> str:
    last, total = fields.mapping(info, "last_token_usage"), fields.mapping(info, "total_token_usage")
    return _digest(f"{sorted(last.items(), key=str)}{sorted(total.items(), key=str)}") if total else ""


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
