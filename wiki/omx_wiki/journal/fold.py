"""Fold a stream of records into what a session's facts are made of, in bounded memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.changes import Changes
from omx_wiki.journal.errors_seen import first_error
from omx_wiki.journal.keep import Keeper
from omx_wiki.journal.mentions import no_mentions
from omx_wiki.journal.page_uses import PageUses
from omx_wiki.journal.runs import Runs
from omx_wiki.journal.statements import decisions, is_correction
from omx_wiki.journal.transcripts import records as rec
from omx_wiki.journal.turns import Turns
from omx_wiki.journal.wiki_commands import OPEN, WRITE, Act, page_of_path, wiki_acts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_LINE = 200
_MAX_PROMPT = 4000
_MAX_DECISION = 300
_LIMITS = {
    "prompts": 300,
    "commits": 300,
    "decisions": 60,
    "pages_read": 100,
    "pages_added": 100,
    "searches": 100,
    "subagents": 200,
    "versions": 20,
    "models": 20,
    "tools": 60,
    "tool_errors": 60,
}
_COMMIT = re.compile(r"^\[[^\]\n]{1,200}? ([0-9a-f]{7,40})\] (\S.{0,300})$", re.MULTILINE)
_MAKES_COMMITS = re.compile(r"\b(?:commit|merge|cherry-pick|revert|rebase|am|pull|stash)\b")
_META_TEXTS = ("id", "cwd", "originator", "branch", "commit", "repository", "parent", "forked_from", "role")


class Fold:
    """Takes records one by one; `save` and `load` carry it from one run to the next.

    `mentions` returns the pages that a prompt or an answer names.
    """

    def __init__(
        self, clean: Callable[[str], str], mentions: Callable[[str], Iterable[str]] = no_mentions
    ) -> None:
        self.keeper = Keeper(clean)
        self.mentions = mentions
        self.uses = PageUses(self.keeper)
        self.turns = Turns(self.keeper)
        self.runs = Runs(self.keeper)
        self.changes = Changes(self.keeper)
        self.meta: dict[str, str] = dict.fromkeys((*_META_TEXTS, "kind", "effort", "here"), "")
        self.started: int | None = None
        self.lists: dict[str, list[str]] = {name: [] for name in _LIMITS if name not in ("prompts", "tools")}
        self.prompts: list[dict[str, Any]] = []
        self.decided: list[int] = []
        self.plan: list[str] = []
        self.tools: dict[str, int] = {}
        self.tokens = [0, 0, 0, 0]
        self.counts = {"prompts": 0, "compactions": 0, "aborted": 0, "tool_calls": 0, "base_ordinal": 0}

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values; they are not copies."""
        plain = {name: value for name, value in vars(self).items() if name not in _PARTS}
        parts = {name: getattr(self, name).save() for name in _SAVED_PARTS}
        return {**plain, **parts, "cut": self.keeper.cut}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take up a state of `save`; raises KeyError or TypeError when it is none."""
        for name in vars(self).keys() - _PARTS:
            setattr(self, name, state[name])
        for name in _SAVED_PARTS:
            getattr(self, name).load(state[name])
        self.keeper.cut = dict(state["cut"])

    def add(self, record: rec.Record) -> None:
        """Take in one record."""
        _ADD[type(record)](self, record)

    def add_meta(self, meta: rec.SessionMeta) -> None:
        """The header; later ones fill what earlier ones left open, and tell version and branch anew."""
        for name in _META_TEXTS:
            if not self.meta[name] or name == "branch":
                self.meta[name] = self._line(getattr(meta, name)) or self.meta[name]
        if not self.meta["kind"] or meta.kind != "main":
            self.meta["kind"] = meta.kind
        self.started = meta.at if self.started is None else self.started
        self.counts["base_ordinal"] = meta.base_ordinal
        self._list("versions", meta.version)

    def add_context(self, context: rec.TurnContext) -> None:
        """Model, effort and folder of what follows."""
        self._list("models", context.model)
        self.meta["effort"] = self._line(context.effort) or self.meta["effort"]
        self.meta["here"] = self._line(context.cwd) or self.meta["here"]
        self.meta["cwd"] = self.meta["cwd"] or self.meta["here"]

    def add_prompt(self, prompt: rec.Prompt) -> None:
        """A person wrote."""
        seq = self.turns.prompt()
        entry = {
            "text": self.keeper.text(prompt.text, _MAX_PROMPT),
            "at": prompt.at,
            "correction": self.counts["prompts"] > 0 and is_correction(prompt.text),
            "turn": seq,
        }
        self.counts["prompts"] += 1
        self.keeper.push("prompts", self.prompts, entry, _LIMITS["prompts"])
        self._decide(prompt.text, seq)
        self.uses.name(self.mentions(prompt.text), prompt.at)

    def add_message(self, message: rec.AssistantMessage) -> None:
        """The agent wrote."""
        seq = self.turns.say(message.text)
        self._decide(message.text, seq)
        self.uses.name(self.mentions(message.text), message.at)

    def add_call(self, call: rec.ToolCall) -> None:
        """The agent called a tool."""
        if call.name:
            self._count_tool(self._line(call.name))
            self.turns.call(call.call_id)
        if call.command and self.runs.start(call):
            self._note_pages(wiki_acts(call.command), call.at)
        if call.reads and (page := page_of_path(call.reads)):
            self._note_pages([Act(OPEN, page)], call.at)
        if call.claims:
            self.changes.claim(
                call.call_id, call.claims, self.meta["cwd"], self.meta["here"] or self.meta["cwd"]
            )
        if call.session:
            self.runs.send(call.session, call.call_id)

    def add_result(self, result: rec.ToolResult) -> None:
        """A tool answered."""
        self.turns.answer(result.call_id)
        run = self.runs.answer(result)
        for told in self.runs.inside(result.call_id) if run is None else (run,):
            self._note_commits(told.command, result.output)
        self.changes.settle(result.call_id, ok=result.ok and not result.exit_code)

    def add_failure(self, failure: rec.ToolFailure) -> None:
        """A tool that is no command failed."""
        self._list("tool_errors", f"{failure.name}: {first_error(failure.error)}")

    def add_command_end(self, end: rec.CommandEnd) -> None:
        """The agent told a command's end."""
        if self.runs.report(end):
            self._note_pages(wiki_acts(end.command), end.at)
        self._note_commits(end.command, end.output)

    def add_changes(self, changed: rec.FilesChanged) -> None:
        """The agent told of an edit."""
        self.changes.report(changed.call_id, changed.changes, self.meta["cwd"], ok=changed.ok)

    def add_plan(self, plan: rec.PlanUpdate) -> None:
        """The plan was written anew."""
        self.plan = [self._line(step) for step, status in plan.steps if status != "completed"]

    def add_rollback(self, rollback: rec.Rollback) -> None:
        """Turns were withdrawn: what was said in them goes; what was done on disk stays."""
        if rollback.num_turns <= 0:
            return
        first = self.turns.roll_back(rollback.num_turns)
        kept = [prompt for prompt in self.prompts if prompt["turn"] < first]
        self.counts["prompts"] -= len(self.prompts) - len(kept)
        self.prompts = kept
        standing = [at for at, seq in enumerate(self.decided) if seq < first]
        self.lists["decisions"] = [self.lists["decisions"][at] for at in standing]
        self.decided = [self.decided[at] for at in standing]

    def add_tokens(self, delta: rec.TokenDelta) -> None:
        """An answer cost tokens."""
        self.tokens = [total + more for total, more in zip(self.tokens, delta, strict=True)]

    def add_aborted(self, _aborted: rec.TurnAborted) -> None:
        """A turn was stopped."""
        self.counts["aborted"] += 1
        self.turns.end("", "aborted")

    def add_end(self, end: rec.TurnEnd) -> None:
        """A turn came to its end."""
        self.turns.end(end.last_message, "complete")

    def add_compaction(self, _compaction: rec.Compaction) -> None:
        """History was compacted."""
        self.counts["compactions"] += 1

    def _count_tool(self, name: str) -> None:
        self.counts["tool_calls"] += 1
        if name in self.tools or len(self.tools) < _LIMITS["tools"]:
            self.tools[name] = self.tools.get(name, 0) + 1

    def _decide(self, text: str, seq: int) -> None:
        for line in decisions(text):
            kept = self._line(line, _MAX_DECISION)
            if kept and kept not in self.lists["decisions"] and len(self.decided) < _LIMITS["decisions"]:
                self.lists["decisions"].append(kept)
                self.decided.append(seq)

    def _note_pages(self, acts: Sequence[Act], at: int | None) -> None:
        self._lists("pages_read", (act.page for act in acts if act.what == OPEN))
        self._lists("pages_added", (act.page for act in acts if act.what == WRITE))
        self.uses.act(acts, at)

    def _note_commits(self, command: str, output: str) -> None:
        if not _MAKES_COMMITS.search(command):
            return
        for found in _COMMIT.finditer(output):
            self._list("commits", f"{found[1]} {found[2]}")

    def _lists(self, name: str, texts: Iterable[str]) -> None:
        for text in texts:
            self._list(name, text)

    def _list(self, name: str, text: str) -> None:
        self.keeper.push_new(name, self.lists[name], self._line(text), _LIMITS[name])

    def _line(self, text: str, limit: int = _LINE) -> str:
        return self.keeper.line(text, limit) if text else ""


_SAVED_PARTS = ("turns", "runs", "changes", "uses")
_PARTS = frozenset({"keeper", "mentions", *_SAVED_PARTS})
_ADD: Mapping[type, Callable[[Fold, Any], None]] = {
    rec.SessionMeta: Fold.add_meta,
    rec.TurnContext: Fold.add_context,
    rec.TurnStart: lambda fold, _start: fold.turns.start(),
    rec.Prompt: Fold.add_prompt,
    rec.AssistantMessage: Fold.add_message,
    rec.FilesChanged: Fold.add_changes,
    rec.ToolCall: Fold.add_call,
    rec.ToolResult: Fold.add_result,
    rec.ToolFailure: Fold.add_failure,
    rec.CommandEnd: Fold.add_command_end,
    rec.PlanUpdate: Fold.add_plan,
    rec.TokenDelta: Fold.add_tokens,
    rec.WebSearch: lambda fold, search: fold._list("searches", search.query),  # noqa: SLF001  its own table
    rec.SubagentLink: lambda fold, link: fold._list("subagents", link.id),  # noqa: SLF001  its own table
    rec.Compaction: Fold.add_compaction,
    rec.TurnEnd: Fold.add_end,
    rec.TurnAborted: Fold.add_aborted,
    rec.Rollback: Fold.add_rollback,
}
