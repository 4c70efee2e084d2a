"""Sessions that began or went on while the journal was off: neither they nor their sub-agents are read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.journal.head import head_of
from omx_wiki.journal.ledger import file_stamp

if TYPE_CHECKING:
    from omx_wiki.journal.ledger import Ledger


def is_left_out(ledger: Ledger, transcript: str) -> bool:
    """Whether a transcript is that of a session that is left out, or of one of its sub-agents.

    A sub-agent's session is remembered as well, for the sub-agents that it started itself.
    """
    if not ledger.unwatched or file_stamp(transcript) is None:
        return False
    known = ledger.session_of(os.path.realpath(transcript))
    sessions = (known,) if known else head_of(transcript).sessions
    if not ledger.is_unwatched(*sessions):
        return False
    if not ledger.is_unwatched(sessions[0]):
        ledger.leave_out(sessions[0])
    return True
