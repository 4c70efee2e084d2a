"""Read a session's facts again from its transcript, when the private state that held them is gone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.errors import WikiError
from omx_wiki.journal.capture import capture
from omx_wiki.journal.ledger import Ledger
from omx_wiki.journal.redact import redact_text
from omx_wiki.journal.sweep import all_rollouts, codex_homes

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.project import Project

_SHORTEST_ID = 8


def facts_again(project: Project, session_id: str) -> SessionFacts | None:
    """Return the facts of the rollout whose file name holds the id, None when no Codex home has it.

    Nothing is written. Every text is redacted, as when it was recorded.
    """
    if len(session_id) < _SHORTEST_ID:
        return None
    for home in codex_homes(Ledger(project)):
        for path in all_rollouts(home):
            if session_id in os.path.basename(path):
                try:
                    facts = capture(path, None, redact_text).facts
                except (WikiError, OSError):
                    continue
                if facts.id == session_id:
                    return facts
    return None
