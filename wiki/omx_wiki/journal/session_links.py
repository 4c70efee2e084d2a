"""What a session page points to: pages, other sessions, the transcript, the command that resumes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omx_wiki.journal.safe_text import code, inline, one_line
from omx_wiki.pages.links import link_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.session_sections import Limits

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,79}\Z")
_RESUME = {"codex": "codex resume {}", "claude": "claude --resume {}"}
_STORES = ("sessions", "archived_sessions", "projects")
_LINK_MARKS = str.maketrans(dict.fromkeys("[]|#<>`\\", " "))


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Pages of other sessions as slugs ("" for none), and the transcript's file.

    Attributes:
        previous: the session before this one on the same branch.
        parent: the session that started this one as a sub-agent.
        forked_from: the session this one continues under a new id.
        children: the sub-agents' sessions.
        transcript: the path of the transcript; only its part inside the agent's home is shown.
    """

    previous: str = ""
    parent: str = ""
    forked_from: str = ""
    children: tuple[str, ...] = ()
    transcript: str = ""


def link_lines(facts: SessionFacts, links: PageLinks, limits: Limits) -> list[str]:
    """Return the lines of the links section."""
    lines = [
        _pages("Pages read", facts.pages_read, limits),
        _pages("Pages written", facts.pages_added, limits),
        _pages(f"Previous session{_on_branch(facts)}", [links.previous], limits),
        _session("Sub-agent of", facts.parent, links.parent),
        _session("Forked from", facts.forked_from, links.forked_from),
        _pages("Sub-agents", links.children, limits),
    ]
    place = transcript_place(links.transcript)
    lines.append(f"Transcript: {code(place, 300)}" if place else "")
    resume = resume_command(facts)
    lines.append(f"Resume: {code(resume, 200)}" if resume else "")
    return [line for line in lines if line]


def transcript_place(path: str) -> str:
    """Return a transcript's path as seen from the agent's home, or its bare name when it is elsewhere."""
    parts = path.replace("\\", "/").split("/")
    for at, part in enumerate(parts[:-1]):
        if part in _STORES and (part != "sessions" or parts[at + 1][:2] == "20"):
            return "/".join(parts[at:])
    return parts[-1]


def resume_command(facts: SessionFacts) -> str:
    """Return the command that continues a session, "" where there is none or the id is not plain."""
    is_own = facts.kind == "main" and _ID.match(facts.id)
    fork = "x" if facts.agent == "codex" and facts.originator.startswith("xcodex") else ""
    command = _RESUME.get(facts.agent, "").format(facts.id) if is_own else ""
    return f"{fork}{command}" if command else ""


def _on_branch(facts: SessionFacts) -> str:
    return f" on {code(facts.branch, 80)}" if facts.branch else ""


def _session(label: str, session_id: str, slug: str) -> str:
    target = _link(slug) or code(session_id, 80)
    return f"{label}: {target}" if target else ""


def _pages(label: str, names: Sequence[str], limits: Limits) -> str:
    found = list(dict.fromkeys(filter(None, map(_link, names))))
    if not found:
        return ""
    more = len(found) - limits.links
    return f"{label}: {', '.join(found[: limits.links])}{f', +{more} more' if more > 0 else ''}"


def _link(name: str) -> str:
    """Return a page link; a name that cannot be a page's gives none."""
    plain_name = " ".join(one_line(name.translate(_LINK_MARKS), 120).split())
    return f"[[{inline(plain_name, 120)}]]" if plain_name and link_target(plain_name) else ""
