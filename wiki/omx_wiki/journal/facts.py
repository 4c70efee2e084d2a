"""What is known of one session, and its JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from omx_wiki.journal.changes import ChangedFile


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One prompt; `time` is ISO 8601 UTC, or "" where the format tells no times."""

    text: str
    time: str
    correction: bool


@dataclass(frozen=True, slots=True)
class CommandFact:
    """One command; `exit` is None when its end was never told."""

    command: str
    family: str
    exit: int | None
    duration_ms: int | None
    error: str
    error_class: str
    fixed_later: bool
    time: str


@dataclass(frozen=True, slots=True)
class FamilyFact:
    """All commands of one family, also those no longer listed."""

    runs: int
    failed: int
    last_exit: int | None


@dataclass(frozen=True, slots=True)
class CommitFact:
    """A commit as git's own output in the session claims it; it may be gone since."""

    sha: str
    subject: str


@dataclass(frozen=True, slots=True)
class PageUse:
    """A page that was "opened", or "named" in what was said: as it was written, and when that was last."""

    page: str
    how: str
    time: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of all answers; `cached` is part of `input`, `reasoning` part of `output`."""

    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session as its transcript tells it up to `bytes_read`.

    Every text has passed the caller's `clean`. Lists are bounded; `cut` tells how many entries each lost,
    while counts (`families`, `prompt_count`, `failures`) cover everything.

    Attributes:
        kind: "main", "subagent" (of `parent`) or "internal" (the agent's own housekeeping).
        active_seconds: the time worked, without pauses of five minutes and more.
        outcome: "shipped", "left failing", "interrupted", "research" or "done".
        open_steps: steps of the last plan that are not completed.
        tool_errors: what went wrong with tools that are no commands, where hooks alone tell of the session.
        turns: the number of turns begun, withdrawn ones too.
        failures: the number of commands that ended with an exit code other than 0.
        aborted: the number of turns stopped before their end.
        finished: whether the last turn came to its end.
        wiki_searches_used: the number of searches of the wiki after which a page was opened.
        replayed_lines: lines that repeat the session this one was forked from; they are not its own.
        base_ordinal: not 0 when earlier files of this session exist; `segments` reads them together.
        bytes_total: the size of the transcript; more than `bytes_read` when its last line is not complete.
    """

    id: str
    agent: str
    kind: str = "main"
    versions: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    effort: str = ""
    cwd: str = ""
    branch: str = ""
    commit: str = ""
    repository: str = ""
    originator: str = ""
    started: str = ""
    ended: str = ""
    active_seconds: int = 0
    parent: str = ""
    role: str = ""
    forked_from: str = ""
    title: str = ""
    outcome: str = "done"
    prompts: list[AskedFact] = field(default_factory=list)
    prompt_count: int = 0
    turns: int = 0
    files: list[ChangedFile] = field(default_factory=list)
    commands: list[CommandFact] = field(default_factory=list)
    families: dict[str, FamilyFact] = field(default_factory=dict)
    failures: int = 0
    commits: list[CommitFact] = field(default_factory=list)
    open_steps: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    pages_read: list[str] = field(default_factory=list)
    pages_added: list[str] = field(default_factory=list)
    page_uses: list[PageUse] = field(default_factory=list)
    wiki_searches: int = 0
    wiki_searches_used: int = 0
    searches: list[str] = field(default_factory=list)
    subagents: list[str] = field(default_factory=list)
    tools: dict[str, int] = field(default_factory=dict)
    tool_errors: list[str] = field(default_factory=list)
    tool_calls: int = 0
    compactions: int = 0
    aborted: int = 0
    finished: bool = False
    last_message: str = ""
    tokens: Tokens = field(default_factory=Tokens)
    bad_lines: int = 0
    replayed_lines: int = 0
    base_ordinal: int = 0
    bytes_read: int = 0
    bytes_total: int = 0
    cut: dict[str, int] = field(default_factory=dict)

    @property
    def has_substance(self) -> bool:
        """Whether anything happened worth a page: a person wrote, or a tool was called."""
        return bool(self.prompt_count or self.tool_calls)

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return asdict(self)
