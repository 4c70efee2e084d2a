"""The small records every transcript format is read into; times are UTC milliseconds since 1970."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class SessionMeta(NamedTuple):
    """What the file says about its own session; empty text means not said.

    `kind` is "main", "subagent" or "internal" (the agent's own housekeeping, such as memory consolidation).
    `base_ordinal` is not 0 when this file continues an earlier one of the same session, whose lines from
    that ordinal on were withdrawn. `root` is the session of a person that a sub-agent works for.
    """

    id: str
    at: int | None = None
    kind: str = "main"
    cwd: str = ""
    version: str = ""
    originator: str = ""
    branch: str = ""
    commit: str = ""
    repository: str = ""
    parent: str = ""
    forked_from: str = ""
    role: str = ""
    base_ordinal: int = 0
    root: str = ""


class TurnContext(NamedTuple):
    """The settings a turn runs with."""

    model: str
    effort: str
    cwd: str


class TurnStart(NamedTuple):
    """A turn begins; formats that do not mark it start a turn with each prompt."""

    turn: str
    at: int | None


class Prompt(NamedTuple):
    """What a person wrote; injected blocks never come as prompts."""

    text: str
    at: int | None


class AssistantMessage(NamedTuple):
    """What the agent wrote to the person."""

    text: str
    at: int | None


class FileChange(NamedTuple):
    """One file touched: `kind` is A, M, D or R; `old_path` is the former path of a renamed file."""

    path: str
    kind: str
    added: int
    removed: int
    old_path: str = ""


class FilesChanged(NamedTuple):
    """The agent reports that an edit was applied, or failed."""

    call_id: str
    changes: tuple[FileChange, ...]
    ok: bool


class ToolCall(NamedTuple):
    """The agent asks for a tool; a call without a name is a command inside the script of another call.

    `command` is the shell command, "" for other tools; `claims` are the edits asked for, which count only
    once the call succeeds; `session` names the running process that input is sent to; `reads` is the file
    that a tool for reading was asked for.
    """

    call_id: str
    name: str
    command: str
    claims: tuple[FileChange, ...]
    session: str
    at: int | None
    reads: str = ""


class ToolResult(NamedTuple):
    """The answer to a call; `session` names the process that is still running."""

    call_id: str
    exit_code: int | None
    output: str
    duration_ms: int | None
    session: str
    ok: bool
    at: int | None


class CommandEnd(NamedTuple):
    """A shell command ended, as the agent itself reports it.

    `call_id` need not be the id of the call that asked for it, and in code mode there is no such call.
    `follow_up` marks a report about a command that was started earlier.
    """

    call_id: str
    command: str
    exit_code: int | None
    output: str
    duration_ms: int | None
    follow_up: bool
    at: int | None


class PlanUpdate(NamedTuple):
    """The whole plan as pairs of step and status ("pending", "in_progress", "completed")."""

    steps: tuple[tuple[str, str], ...]


class TokenDelta(NamedTuple):
    """Tokens of one model answer; `cached` is part of `input`, `reasoning` part of `output`."""

    input: int
    cached: int
    output: int
    reasoning: int


class WebSearch(NamedTuple):
    """The agent searched the web."""

    query: str


class SubagentLink(NamedTuple):
    """The session started another one."""

    id: str


class Compaction(NamedTuple):
    """Older history was replaced by a summary."""

    at: int | None


class TurnEnd(NamedTuple):
    """A turn ran to its end; `last_message` is "" where the format does not repeat it."""

    last_message: str
    at: int | None


class TurnAborted(NamedTuple):
    """A turn was stopped before its end."""

    reason: str
    at: int | None


class ToolFailure(NamedTuple):
    """A tool failed that is neither a command nor an edit, and said why."""

    name: str
    error: str


class Rollback(NamedTuple):
    """The last turns were withdrawn from the conversation; files on disk stay as they are."""

    num_turns: int


Record: TypeAlias = (
    SessionMeta
    | TurnContext
    | TurnStart
    | Prompt
    | AssistantMessage
    | FilesChanged
    | ToolCall
    | ToolResult
    | ToolFailure
    | CommandEnd
    | PlanUpdate
    | TokenDelta
    | WebSearch
    | SubagentLink
    | Compaction
    | TurnEnd
    | TurnAborted
    | Rollback
)
