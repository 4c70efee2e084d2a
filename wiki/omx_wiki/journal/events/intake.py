"""What hooks told without a transcript: look the transcript up, and keep the events until it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.errors import WikiError
from omx_wiki.hook.spool import UNWATCHED
from omx_wiki.journal.events.files import EventFiles, key_of
from omx_wiki.journal.events.joins import UNNAMED, Joins
from omx_wiki.journal.events.rollouts import Rollouts
from omx_wiki.journal.events.told import RANKS, canonical
from omx_wiki.journal.inbox import contents
from omx_wiki.journal.keep import Keeper
from omx_wiki.journal.ledger import NEVER_READ, file_stamp, load_facts
from omx_wiki.journal.redact import redact_text
from omx_wiki.journal.transcripts import open_transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from omx_wiki.journal.events.told import Event
    from omx_wiki.journal.inbox import SpoolRecord
    from omx_wiki.journal.ledger import Known, Ledger
    from omx_wiki.project import Project


class Intake:
    """Files the events of one run by session.

    Attributes:
        files: the events of sessions without a transcript, as far as is known.
        joins: which sessions events without an id, or with an alias, belong to.
        rollouts: where the transcripts of sessions are looked for.
    """

    def __init__(self, project: Project, ledger: Ledger, homes: Iterable[str]) -> None:
        self._project = project
        self._ledger = ledger
        self.files = EventFiles(project)
        self.joins = Joins(project)
        self.rollouts = Rollouts(homes)
        self._left_out: dict[str, str] = {}

    def take(self, records: Sequence[SpoolRecord]) -> list[str]:
        """File what the records tell, durably, and return the transcripts that were found for them.

        A session is looked for anew as long as events of it are kept: its transcript may be written late.
        Raises UnavailableError when events cannot be written.
        """
        self.joins.learn(records)
        self._leave_out_processes(records)
        self._leave_out_aliases()
        sessions: dict[str, list[SpoolRecord]] = {}
        for record in records:
            if record.event in RANKS and not (record.transcript and not _is_lost(record)):
                sessions.setdefault(self.joins.session_of(record), []).append(record)
        keeper = Keeper(redact_text)
        for key, told in sessions.items():
            if key not in self.joins.children and not self._is_unwatched(key, told):
                self.files.merge(key, _events(told, keeper))
        return self._found(sessions)

    def is_settled(self, key: str) -> bool:
        """Whether the facts of a session come from its transcript alone."""
        known = self._ledger.sessions.get(key)
        if known is None or not known.transcripts or self.files.path(key) in known.transcripts:
            return False
        facts = None if NEVER_READ in known.transcripts.values() else load_facts(self._project, key)
        return facts is not None and facts.has_substance

    def is_unwatched(self, key: str) -> bool:
        """Whether a session went on while the journal was off."""
        if len(self._left_out) != len(self._ledger.unwatched):
            self._left_out = {key_of(session): session for session in self._ledger.unwatched}
        return key in self._left_out or self._ledger.is_unwatched(key)

    def _leave_out_processes(self, records: Iterable[SpoolRecord]) -> None:
        """Leave out what processes tell without an id, once one of them went on while the journal was off."""
        unnamed = [r for r in records if not r.session_id and (r.parent or r.cwd)]
        notes = [record for record in unnamed if record.event == UNWATCHED]
        for record in notes:
            self.joins.turn_off(record)
            self.joins.note_folder(record)
            self._ledger.leave_out(self.joins.session_of(record))
        more = [r for r in unnamed if UNNAMED in self.joins.session_of(r) and self.joins.is_off(r)]
        for record in more:
            self.joins.turn_off(record)
            self._ledger.leave_out(self.joins.session_of(record))
        if notes or more:
            self.joins.save()

    def _leave_out_aliases(self) -> None:
        """Leave out every session that goes by an alias, or was started by a session, which is left out."""
        for alias, sessions in self.joins.aliases.items():
            for session in sessions if self.is_unwatched(alias) else ():
                if not self.is_unwatched(session):
                    self._ledger.leave_out(session)
        for child, parent in self.joins.children.items():
            if parent and self.is_unwatched(parent) and not self.is_unwatched(child):
                self._ledger.leave_out(child)

    def _is_unwatched(self, key: str, told: Iterable[SpoolRecord]) -> bool:
        return self.is_unwatched(key) or self._ledger.is_unwatched(*(record.session_id for record in told))

    def _found(self, sessions: dict[str, list[SpoolRecord]]) -> list[str]:
        """Return the transcripts of sessions that told something now, or whose events are kept."""
        found: dict[str, None] = {}
        for key in dict.fromkeys([*sessions, *self.files.names()]):
            known = self._ledger.sessions.get(key)
            if self.is_unwatched(key) or (known and self._reads_transcript(key, known)):
                continue
            told = sessions.get(key)
            ns = told[0].ns if told else (file_stamp(self.files.path(key)) or (0, 0))[1]
            found |= dict.fromkeys(self.rollouts.of(key, ns))
        return list(found)

    def _reads_transcript(self, key: str, known: Known) -> bool:
        """Whether a transcript of the session is known already: the sweep follows it."""
        return any(path != self.files.path(key) for path in known.transcripts)


def _is_lost(record: SpoolRecord) -> bool:
    """Whether a record tells what was said and names a transcript that cannot be read."""
    if not record.has_texts:
        return False
    try:
        open_transcript(record.transcript).close()
    except (WikiError, OSError, ValueError):
        return True
    return False


def _events(records: Iterable[SpoolRecord], keeper: Keeper) -> list[Event]:
    events = (canonical(contents(record.path) or {}, keeper) for record in records)
    return [event for event in events if event is not None]
