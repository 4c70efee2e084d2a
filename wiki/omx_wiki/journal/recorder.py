"""From transcripts to session pages: one page per session, however often and by whomever it is reported."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.errors import WikiError
from omx_wiki.hook import log
from omx_wiki.journal.capture import capture
from omx_wiki.journal.events.beside import untold
from omx_wiki.journal.events.files import is_events_file
from omx_wiki.journal.failures import contributions, last_passes
from omx_wiki.journal.git_facts import GitFacts, verify
from omx_wiki.journal.head import rollout_id
from omx_wiki.journal.ledger import NEVER_READ, Known, Ledger, file_stamp, load_facts
from omx_wiki.journal.mentions import no_mentions
from omx_wiki.journal.offered_titles import offered_mentions
from omx_wiki.journal.redact import redact_text
from omx_wiki.journal.segments import capture_segments
from omx_wiki.journal.session_links import PageLinks
from omx_wiki.journal.session_page import render
from omx_wiki.journal.session_store import free_slug, write_session
from omx_wiki.journal.session_template import project_template
from omx_wiki.journal.subagents import fold_in
from omx_wiki.journal.transcripts.stamps import parse_stamp
from omx_wiki.pages.scan import find_page

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.mentions import Mentions
    from omx_wiki.pages.store import Store


class _Reading(NamedTuple):
    """What was read: the facts, the state from which to continue, the `events` that the transcript lacks."""

    facts: SessionFacts
    state: dict[str, Any] | None
    events: str = ""


class Recorder:
    """Records the sessions of one project; the caller holds the worker's lock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.project = store.project
        self.ledger = Ledger(store.project)
        self._mentions: Mentions | None = None

    def record(self, transcript: str, *, restore: bool = False) -> str:
        """Read what is new in a transcript and bring its session's page up to date; return the page's slug.

        "" is returned for what deserves no page: nothing happened, the agent's own housekeeping, no known
        transcript. A sub-agent's work goes into the page of the session that started it. A page that a person
        removed comes back only when its session goes on, or with `restore`.
        """
        stamp = file_stamp(transcript)
        if stamp is None:
            return ""
        transcript = os.path.realpath(transcript)
        session = self.ledger.session_of(transcript)
        if self.is_current(transcript):
            known = self.ledger.sessions.get(self.ledger.root_of(session))
            if known is None or not (restore and self._is_gone(known.slug)):
                return known.slug if known else ""
        try:
            facts, state, events = self._read(transcript, session)
            beside = {events: file_stamp(events) or NEVER_READ} if events else {}
            self._remember(facts, state, {**beside, transcript: stamp})
            return self._write_page(self.ledger.root_of(facts.id))
        except (WikiError, OSError) as problem:
            log.append(self.project.state, f"journal: {transcript}: {problem}")
            self._forget_stamp(transcript)
            return ""

    def is_current(self, transcript: str) -> bool:
        """Whether the transcript is as it was when it was read last."""
        transcript = os.path.realpath(transcript)
        session = self.ledger.session_of(transcript)
        known = self.ledger.sessions[session] if session else None
        return known is not None and known.transcripts[transcript] == file_stamp(transcript)

    def relink(self) -> None:
        """Write the pages again that follow on sessions which became known after them."""
        for session, links in self.ledger.links().items():
            known = self.ledger.sessions[session]
            if not known.slug or known.links == links or self._is_gone(known.slug):
                continue
            try:
                self._write_page(session)
            except (WikiError, OSError) as problem:
                log.append(self.project.state, f"journal: {known.slug}: {problem}")

    def _is_gone(self, slug: str) -> bool:
        return bool(slug) and find_page(self.project, slug) is None

    def _forget_stamp(self, transcript: str) -> None:
        """Make the transcript due again: its page could not be written this time."""
        session = self.ledger.session_of(transcript)
        if session:
            self.ledger.sessions[session].transcripts[transcript] = NEVER_READ

    def _read(self, transcript: str, session: str) -> _Reading:
        """Read the bytes added since the last time; a session spread over several files is read whole."""
        self._mentions = self._mentions or offered_mentions(self.store)
        find = self._mentions.find
        found = capture(transcript, self.ledger.state_of(session) if session else None, redact_text, find)
        own = rollout_id(transcript)
        if own and found.facts.bad_lines and found.facts.agent == "codex" and found.facts.id != own:
            # With its first line damaged the next header may be that of the session this one was forked from.
            return _Reading(replace(found.facts, id=own), None)
        paths = self._others(found.facts.id, transcript)
        if is_events_file(self.project, transcript):
            return _Reading(self._with_events(found.facts, paths, transcript), None)
        paths = [*paths, transcript]
        read = _Reading(*found)
        if len(paths) > 1 or found.facts.base_ordinal:
            read = _Reading(capture_segments(paths, redact_text, find), None)
        events = untold(self.project, read.facts)
        if not events:
            return read
        told = capture(events, None, redact_text, find).facts
        return _Reading(self._with_events(told, paths, events), None, events)

    def _with_events(self, told: SessionFacts, paths: list[str], events: str) -> SessionFacts:
        """Return what transcripts that lag behind tell, and events after them; events alone where none can.

        `told` is what the events tell alone.
        """
        find = self._mentions.find if self._mentions else no_mentions
        try:
            if paths and capture_segments(paths).has_substance:
                return capture_segments(paths, redact_text, find, events)
        except (WikiError, OSError) as problem:
            log.append(self.project.state, f"journal: {told.id}: {problem}")
        return told

    def _others(self, session: str, transcript: str) -> list[str]:
        """Return the other files of a session; one that was moved, or holds events, is not another file."""
        known = self.ledger.sessions.get(session)
        return [
            path
            for path in (known.transcripts if known else ())
            if os.path.basename(path) != os.path.basename(transcript)
            and os.path.exists(path)
            and not is_events_file(self.project, path)
        ]

    def _remember(
        self, facts: SessionFacts, state: dict[str, Any] | None, read: dict[str, tuple[int, int]]
    ) -> None:
        """Note a session with its files that were `read` now, and their stamps."""
        before = self.ledger.sessions.get(facts.id)
        transcript = next(reversed(read))
        others = (
            {path: before.transcripts[path] for path in self._others(facts.id, transcript)} if before else {}
        )
        known = Known(
            {**others, **read},
            before.slug if before else "",
            facts.kind,
            facts.parent,
            facts.branch,
            facts.started,
            facts.forked_from,
            failures=[signal.as_json() for signal in contributions(facts)],
            passed=last_passes(facts),
        )
        self.ledger.keep(facts, state, known)

    def _write_page(self, session: str) -> str:
        """Write the page of a session from its facts and those of its sub-agents; return its slug."""
        known = self.ledger.sessions.get(session)
        facts = load_facts(self.project, session) if known and known.kind == "main" else None
        if known is None or facts is None or not self._deserves_page(known, facts):
            return ""
        whole = fold_in(facts, self.ledger.descendants_of(session))
        template = project_template(self.project.root)
        known.slug = known.slug or free_slug(self.store, facts)
        links = self.ledger.links()[session]
        git = self._git_facts(whole)
        if whole.outcome == "shipped" and git.checked and not git.commits:
            whole = replace(whole, outcome="done")
        whole = _with_committed(whole, git)
        generated = render(whole, git, self._page_links(known, links), template)
        for problem in generated.problems:
            log.append(self.project.state, f"session template: {problem}")
        known.links = links
        if write_session(self.store, generated, known.slug):
            self._date(known.slug, facts.ended)
        return known.slug

    def _deserves_page(self, known: Known, facts: SessionFacts) -> bool:
        """Whether anything happened; where hooks alone tell of a session a tool's name is too little."""
        if any(is_events_file(self.project, path) for path in known.transcripts):
            return bool(facts.prompt_count or facts.last_message or facts.commands or facts.files)
        return facts.has_substance

    def _page_links(self, known: Known, links: tuple[str, str]) -> PageLinks:
        own = (path for path in known.transcripts if not is_events_file(self.project, path))
        transcript = max(own, key=os.path.basename, default="")
        return PageLinks(previous=links[0], forked_from=links[1], transcript=transcript)

    def _git_facts(self, facts: SessionFacts) -> GitFacts:
        """Ask git about the session's claims; commit subjects are redacted like every other text."""
        found = verify(facts, self.project.root)
        commits = {
            name: replace(commit, subject=redact_text(commit.subject))
            for name, commit in found.commits.items()
        }
        return replace(found, commits=commits)

    def _date(self, slug: str, ended: str) -> None:
        """Date the page's file like the session, so that filling in the past does not make it look new."""
        page, moment = find_page(self.project, slug), parse_stamp(ended)
        if page is not None and moment is not None:
            os.utime(page.path, (moment / 1000, moment / 1000))


def _with_committed(facts: SessionFacts, git: GitFacts) -> SessionFacts:
    """Add the files that the session's commits changed and no patch tells of: a shell command wrote them."""
    told = {file.path for file in facts.files}
    more = [file for file in git.files if not any(path.endswith(file.path) for path in told)]
    return replace(facts, files=[*facts.files, *more]) if more else facts
