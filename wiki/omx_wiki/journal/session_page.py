"""Render the page of a session: front matter and the generated part, bounded and the same on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.errors import InvalidInputError
from omx_wiki.hook.plain_text import fence_after
from omx_wiki.journal import session_sections as sections
from omx_wiki.journal.safe_text import one_line
from omx_wiki.journal.session_changes import changed
from omx_wiki.journal.session_front import Front, front_of, front_text
from omx_wiki.journal.session_links import PageLinks, link_lines
from omx_wiki.journal.session_outcome import outcome_line
from omx_wiki.journal.session_template import fill
from omx_wiki.templates import template as own_template

if TYPE_CHECKING:
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.git_facts import GitFacts

MAX_PAGE_BYTES = 24 * 1024
_MARKS_AND_TITLE = 1024
_NARROWER = (1, 2, 4, 10, 40)
_MAX_TITLE = 80


class Generated(NamedTuple):
    """A session page as the facts make it.

    Attributes:
        front: our front matter keys in their order.
        body: what stands between the markers.
        problems: what a person should know, such as a project template that is broken.
    """

    front: Front
    body: str
    problems: tuple[str, ...] = ()


def render(
    facts: SessionFacts,
    git: GitFacts | None = None,
    links: PageLinks | None = None,
    template: str | None = None,
) -> Generated:
    """Return the page of a session: the same for the same arguments, whatever the machine.

    Args:
        facts: what the transcript tells.
        git: what git tells; without it commits are told as the session claims them.
        links: pages of other sessions, and the transcript's place.
        template: a project's own template; when it cannot be used ours is, and `problems` says why.
    """
    problems: list[str] = []
    title = _title(facts)
    size = changed(facts, git, sections.Limits())
    front = front_of(facts, git, title, (size["added"], size["removed"]))
    room = MAX_PAGE_BYTES - len(front_text(front).encode()) - _MARKS_AND_TITLE
    links = links or PageLinks()
    body = ""
    if template is not None:
        try:
            body = _own_layout(template, facts, git, links, room)
        except InvalidInputError as error:
            problems.append(f"{error}; the built-in template was used")
    body = body or _fitting(own_template("session.md.j2"), facts, git, links, room)
    return Generated(front, body, tuple(problems))


def _title(facts: SessionFacts) -> str:
    title = one_line(facts.title, _MAX_TITLE)
    return title or f"Session of {facts.started[:16].replace('T', ' ') or 'unknown time'}"


def _own_layout(source: str, facts: SessionFacts, git: GitFacts | None, links: PageLinks, room: int) -> str:
    """Return the page by a project's template, which must not leave a code block open."""
    body, fence = _fitting(source, facts, git, links, room), ""
    for line in body.split("\n"):
        fence = fence_after(line, fence)[0]
    if not body.strip():
        raise InvalidInputError("the session template makes an empty page")
    if fence:
        raise InvalidInputError("the session template leaves a code block open")
    return body


def _fitting(source: str, facts: SessionFacts, git: GitFacts | None, links: PageLinks, room: int) -> str:
    """Return the filled template with the widest limits that fit; the last resort is cut at a line."""
    text = ""
    for divisor in _NARROWER:
        text = _tidy(fill(source, _view(facts, git, links, sections.Limits().divided(divisor)), 8 * room))
        if len(text.encode()) <= room:
            return text
    kept = text.encode()[: room - 64].decode("utf-8", "ignore").rpartition("\n")[0]
    return _tidy(f"{kept}\n\n(the rest was cut)\n")


def _view(
    facts: SessionFacts, git: GitFacts | None, links: PageLinks, limits: sections.Limits
) -> dict[str, Any]:
    """Return everything a template can show; all texts are safe to stand in Markdown."""
    return {
        "outcome": outcome_line(facts, git),
        "asked": sections.asked(facts, limits),
        "changed": changed(facts, git, limits),
        "commits": sections.commits(facts, git, limits),
        "ran": sections.ran(facts, limits),
        "decided": sections.decided(facts, limits),
        "open": sections.still_open(facts, limits),
        "last_message": sections.last_message(facts, limits),
        "numbers": sections.numbers(facts, git),
        "links": link_lines(facts, links, limits),
    }


def _tidy(text: str) -> str:
    """Return the text with single blank lines, no blanks at line ends, and nothing like our markers."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        bare = line.replace("<!-- omx-wiki:", "<! -- omx-wiki:").rstrip()
        if bare or (lines and lines[-1]):
            lines.append(bare)
    return "\n".join(lines).strip("\n") + "\n"
