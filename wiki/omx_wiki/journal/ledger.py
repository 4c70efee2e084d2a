"""The facts of sessions as this machine keeps them privately."""

from __future__ import annotations

import json
import os
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import AskedFact, CommandFact, CommitFact, FamilyFact, SessionFacts, Tokens
from omx_wiki.pages.regular import read_regular
from omx_wiki.project import is_private

if TYPE_CHECKING:
    from omx_wiki.project import Project

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_MAX_BYTES = 32 * 1024 * 1024
_LISTS = {"prompts": AskedFact, "files": ChangedFile, "commands": CommandFact, "commits": CommitFact}


def load_facts(project: Project, session_id: str) -> SessionFacts | None:
    """Return what this machine knows of a session, None when it knows nothing; never raises."""
    folder = os.path.join(project.state, "sessions")
    if not _ID.fullmatch(session_id) or not is_private(folder):
        return None
    raw = read_regular(os.path.join(folder, f"{session_id}.json"), _MAX_BYTES)
    if raw is None:
        return None
    try:
        return facts_from_json(json.loads(raw)["facts"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def facts_from_json(document: dict[str, Any]) -> SessionFacts:
    """Return the facts that `SessionFacts.as_json` made into JSON; keys it does not know are left out.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is not such a document.
    """
    known = {field.name for field in fields(SessionFacts)}
    values = {key: value for key, value in document.items() if key in known}
    for key, kind in _LISTS.items():
        if key in values:
            values[key] = [kind(**entry) for entry in values[key]]
    if "families" in values:
        values["families"] = {name: FamilyFact(**entry) for name, entry in values["families"].items()}
    if "tokens" in values:
        values["tokens"] = Tokens(**values["tokens"])
    return SessionFacts(**values)
