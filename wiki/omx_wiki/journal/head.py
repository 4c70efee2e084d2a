"""The first records of a transcript: where its session works, and whose session it is."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import NamedTuple

from omx_wiki.errors import WikiError
from omx_wiki.journal.transcripts import open_transcript
from omx_wiki.journal.transcripts.records import SessionMeta, TurnContext

_MOST_RECORDS = 50
_ROLLOUT_ID = re.compile(r"rollout-[0-9T-]+?-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_|\.jsonl)")


class Head(NamedTuple):
    """What a transcript says of itself at its beginning.

    Attributes:
        folder: the absolute folder the session worked in, "" while the first records do not say.
        sessions: the session's own id first, then those whose sub-agent it is; "" is among them for unknown.
    """

    folder: str
    sessions: tuple[str, ...]


def head_of(transcript: str) -> Head:
    """Return the head of a transcript; of what is none, a head that tells only what the file's name does."""
    name, folder = rollout_id(transcript), ""
    sessions: tuple[str, ...] = ()
    try:
        with open_transcript(transcript) as opened:
            for record in islice(opened.records(), _MOST_RECORDS):
                if isinstance(record, SessionMeta) and not sessions:
                    sessions = (name or record.id, record.parent, record.root)
                if isinstance(record, SessionMeta | TurnContext) and os.path.isabs(record.cwd):
                    folder = record.cwd
                    break
    except (WikiError, OSError):
        pass
    return Head(folder, sessions or (name,))


def rollout_id(transcript: str) -> str:
    """Return the session that a rollout's file name tells of, "" for other names."""
    found = _ROLLOUT_ID.search(os.path.basename(transcript))
    return found[1] if found else ""
