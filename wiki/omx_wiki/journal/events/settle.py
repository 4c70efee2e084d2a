"""Pages of sessions without a transcript, made once every transcript that there is was read."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from omx_wiki.errors import WikiError
from omx_wiki.journal.events.beside import untold
from omx_wiki.journal.events.joins import UNNAMED
from omx_wiki.journal.ledger import file_stamp, load_facts
from omx_wiki.journal.transcripts.event_prompts import prompt_key
from omx_wiki.journal.transcripts.stamps import parse_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.journal.events.intake import Intake
    from omx_wiki.journal.events.log import Log
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.recorder import Recorder

_NEAR_NS = 600 * 10**9
_IDLE_DAYS = 14
_MOST_FILES = 1000
_MS = 1_000_000


class Settlement:
    """Decides for each file of events: a page of its own, part of another session, or nothing.

    Nothing here depends on the order in which events came: every event of this run is filed by now.
    """

    def __init__(self, recorder: Recorder, intake: Intake) -> None:
        self._recorder = recorder
        self._ledger = recorder.ledger
        self._intake = intake
        self._files = intake.files

    def settle(self) -> int:
        """Bring the pages up to date; return how many files were read."""
        self._files.tidy()
        self._drop_children()
        self._join_aliases()
        for key in self._files.names():
            if self._intake.is_unwatched(key) or self._is_told(key):
                self._files.remove(key)
            elif not self._is_current(key) or _may_be_found(key, file_stamp(self._files.path(key))):
                self._join(key)
        count = 0
        for key in self._files.names():
            if self._is_told(key):
                self._files.remove(key)
            elif not self._is_current(key):
                self._recorder.record(self._files.path(key))
                count += 1
        self._prune()
        return count

    def _is_told(self, key: str) -> bool:
        """Whether the transcript of a session tells all that its events do."""
        facts = load_facts(self._recorder.project, key) if self._intake.is_settled(key) else None
        return facts is not None and not untold(self._recorder.project, facts)

    def _is_current(self, key: str) -> bool:
        path, known = self._files.path(key), self._ledger.sessions.get(key)
        return known is not None and known.transcripts.get(path) == file_stamp(path)

    def _drop_children(self) -> None:
        """Remove what was kept of sessions before anybody knew that other sessions started them.

        Their transcripts say so themselves and are read as such.
        """
        for key in self._intake.joins.children:
            path, known = self._files.path(key), self._ledger.sessions.get(key)
            if known is None or path not in known.transcripts:
                self._files.remove(key)
                continue
            self._ledger.forget(key)
            self._remove_page(known.slug)
            for transcript in known.transcripts:
                if transcript != path and not self._intake.is_unwatched(key):
                    self._recorder.record(transcript)
            self._ledger.save()
            self._files.remove(key)

    def _remove_page(self, slug: str) -> None:
        if slug:
            with contextlib.suppress(WikiError):  # somebody removed it, or nobody can now
                self._recorder.store.remove(slug)

    def _join_aliases(self) -> None:
        """Bring together what was filed under an alias before anybody knew that it is one."""
        joins = self._intake.joins
        for key in self._files.names():
            log = self._files.read(key) if key in joins.aliases else None
            session = joins.of_alias(key, log.ns[1]) if log else key
            if log and session != key:
                self._give(key, session, log)

    def _join(self, key: str) -> None:
        """Let a session that has no id of its own become part of the one that it belongs to."""
        log = self._files.read(key)
        if UNNAMED in key and self._repeats_what_was_off(key, log):
            self._ledger.leave_out(key)
            self._files.remove(key)
            return
        if UNNAMED in key:
            session = self._with_prompt(log) or self._continued(key, log)
        elif log.has_substance or not key.startswith("omx"):
            return
        else:
            session = self._nearest(key, log)
        if not session:
            return
        if UNNAMED in key:
            self._intake.joins.bind(key.rpartition("_")[2], session, log.ns[0])
            self._intake.joins.save()
        self._give(key, session, log)

    def _give(self, key: str, session: str, log: Log) -> None:
        """Make one session part of another; a page that an earlier run made of it is that one's, or goes.

        Its file goes last, so that a run that is killed is made good by the next.
        """
        self._files.merge(session, log.events, log.dropped)
        self._remove_page(self._ledger.rename(key, session))
        self._ledger.save()
        self._files.remove(key)

    def _repeats_what_was_off(self, key: str, log: Log) -> bool:
        """Whether the first thing that is known of a session repeats what may have been said while off."""
        agent, folder = key.partition(UNNAMED)[0], _resolved(_folder(log))
        return len(log.first_inputs) > 1 and self._intake.joins.was_off_in(agent, folder, log.ns[0])

    def _with_prompt(self, log: Log) -> str:
        """Return the session with a transcript that was at work at that time and was asked the same."""
        prompts = log.prompts[:1]
        for session, facts in self._around(log) if prompts else ():
            asked = {prompt_key(prompt.text) for prompt in facts.prompts}
            if _is_same(log, facts) and prompts[0] in asked:
                return session
        return ""

    def _continued(self, key: str, log: Log) -> str:
        """Return the session without an id that this one goes on with: it begins with all its prompts.

        A program between host and hook may be another process at each turn.
        """
        found = []
        day = key.rpartition("_")[0]
        for other in self._files.names():
            theirs = self._files.read(other) if other != key and other.rpartition("_")[0] == day else None
            asked = theirs.inputs_before(log.ns[0]) if theirs else []
            if theirs and _folder(theirs) == _folder(log) and _goes_on(asked, log.first_inputs):
                found.append((len(asked), theirs.ns[1], other))
        return max(found, default=(0, 0, ""))[2]

    def _nearest(self, key: str, log: Log) -> str:
        """Return the session of the folder that was last heard of nearest to the end of this one."""
        end = log.ns[1]
        found = []
        for session, facts in self._around(log):
            if _is_same(log, facts):
                found.append((abs((parse_stamp(facts.ended) or 0) * _MS - end), session))
        for other in self._files.names():
            theirs = self._files.read(other) if other != key else None
            if theirs and theirs.has_substance and _folder(theirs) == _folder(log):
                found.append((abs(theirs.ns[1] - end), other))
        distance, session = min(found, default=(_NEAR_NS, ""))
        return session if distance < _NEAR_NS else ""

    def _around(self, log: Log) -> Iterator[tuple[str, SessionFacts]]:
        """Yield the sessions with a transcript that were at work around the time of the events."""
        first, last = (moment // _MS for moment in log.ns)
        slack = _NEAR_NS // _MS
        for session, known in sorted(self._ledger.sessions.items()):
            if known.kind != "main" or (parse_stamp(known.started) or 0) > last + slack:
                continue
            facts = load_facts(self._recorder.project, session) if self._intake.is_settled(session) else None
            if facts and (parse_stamp(facts.ended) or 0) >= first - slack:
                yield session, facts

    def _prune(self) -> None:
        """Remove files in which nothing happened for two weeks, and the oldest of very many."""
        stamps = {key: file_stamp(self._files.path(key)) or (0, 0) for key in self._files.names()}
        old = time.time_ns() - _IDLE_DAYS * 86400 * 10**9
        oldest = sorted(stamps, key=lambda key: stamps[key][1])[: max(0, len(stamps) - _MOST_FILES)]
        idle = (key for key, stamp in stamps.items() if stamp[1] < old)
        for key in {*oldest, *(key for key in idle if not self._files.read(key).has_substance)}:
            self._files.remove(key)


def _may_be_found(key: str, stamp: tuple[int, int] | None) -> bool:
    """Whether a session without an id was heard of so lately that its transcript may still be found."""
    lately = time.time_ns() - 2 * 86400 * 10**9
    return UNNAMED in key and stamp is not None and stamp[1] > lately


def _goes_on(asked: list[str], then: list[str]) -> bool:
    return 0 < len(asked) < len(then) and then[: len(asked)] == asked


def _is_same(log: Log, facts: SessionFacts) -> bool:
    folder = _folder(log)
    return not facts.cwd or not folder or _resolved(facts.cwd) == _resolved(folder)


def _resolved(folder: str) -> str:
    try:
        return os.path.realpath(folder)
    except (OSError, ValueError):
        return folder


def _folder(log: Log) -> str:
    return next((event["cwd"] for event in log.events if event.get("cwd")), "")
