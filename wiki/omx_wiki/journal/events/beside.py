"""Events beside a transcript that is written late: until it tells all that they do, they are kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from omx_wiki.errors import WikiError
from omx_wiki.journal.capture import capture
from omx_wiki.journal.events.files import EventFiles, key_of
from omx_wiki.journal.ledger import Ledger, file_stamp
from omx_wiki.journal.transcripts.event_prompts import prompt_key
from omx_wiki.journal.transcripts.stamps import parse_stamp

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.ledger import Stamp
    from omx_wiki.project import Project

_SLACK_MS = 10_000
"""How much later than the transcript's last line its hook may be told: the hook is another process."""
_RECENT_NS = 60 * 10**9


def untold(project: Project, facts: SessionFacts) -> str:
    """Return the file of events that tell more of a session than `facts` of its transcript, "" for none."""
    files, key = EventFiles(project), key_of(facts.id)
    if not facts.id or file_stamp(files.path(key)) is None:
        return ""
    last = files.read(key).last_told_ns // 1_000_000
    try:
        told = capture(files.path(key)).facts
    except (WikiError, OSError):
        return ""
    return "" if not last or is_covered(facts, told, last) else files.path(key)


def lagging_transcripts(project: Project) -> dict[str, Stamp]:
    """Return the transcripts, as read last, beside which events were told within the last minute."""
    files = EventFiles(project)
    recent = time.time_ns() - _RECENT_NS
    events = [path for key in files.names() if (path := files.path(key)) and _changed_ns(path) > recent]
    if not events:
        return {}
    found: dict[str, Stamp] = {}
    for known in Ledger(project).sessions.values():
        if not known.transcripts.keys().isdisjoint(events):
            found |= {path: stamp for path, stamp in known.transcripts.items() if path not in events}
    return found


def is_covered(facts: SessionFacts, told: SessionFacts, last_ms: int) -> bool:
    """Whether a transcript's facts reach as far as what events told up to `last_ms`.

    Either its last line is later than all that they tell of, or it ends with the same answer to the same
    prompt at about the same time. A turn whose end was told must have its end in the transcript too.
    """
    if told.finished and not facts.finished:
        return False
    ended = parse_stamp(facts.ended)
    if ended is not None and ended >= last_ms:
        return True
    if not told.finished or (ended is not None and ended + _SLACK_MS < last_ms):
        return False
    is_same_answer = not told.last_message or _key(told.last_message) == _key(facts.last_message)
    return is_same_answer and (not told.prompts or _last_prompt(told) == _last_prompt(facts))


def _changed_ns(path: str) -> int:
    stamp = file_stamp(path)
    return stamp[1] if stamp else 0


def _last_prompt(facts: SessionFacts) -> str:
    return _key(facts.prompts[-1].text) if facts.prompts else ""


def _key(text: str) -> str:
    return prompt_key(text).rstrip("… ")
