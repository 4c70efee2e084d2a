"""The start-up context: what is worth telling, framed as reference data, within a budget of bytes."""

from __future__ import annotations

from omx_wiki.hook.branch import is_detached
from omx_wiki.hook.budget import EXPIRED, Choice, fit
from omx_wiki.hook.frame import CLOSE, OPEN, REFERENCE
from omx_wiki.hook.item import (
    CATEGORIES,
    FAILURES,
    HANDOFF,
    LINT,
    PINNED,
    RELEVANT,
    TITLE_CHARACTERS,
    clean,
    count_bytes,
    cut_words,
)
from omx_wiki.hook.switches import DEFAULTS, MOST_BUDGET, SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.hook.item import Item

DEFAULT_BUDGET: int = DEFAULTS["context.budget"]
HARD_CAP = MOST_BUDGET
"""Bytes. Codex 0.142.5 and later cuts the middle out of more than 10,000 bytes of hook context."""

SHORT_BUDGET = 480
"""Bytes of what is told after a compaction, and on resume."""

_LONG_COMMAND = 160
_HEADINGS = {
    PINNED: "Pinned rules:",
    HANDOFF: "Where the last session stopped:",
    RELEVANT: "Relevant pages (title (page): summary [tags] · age):",
    FAILURES: "Fails again and again:",
    CATEGORIES: "",
    LINT: "",
}


class Brief:
    """What is told of a wiki.

    Attributes:
        project: the name of the project.
        branch: the branch of the session, "" when unknown.
        wiki: the command to search with.
        pages, sessions: how many there are.
        items: what may be told, by section and in the order of importance.
    """

    __slots__ = ("branch", "items", "pages", "project", "sessions", "wiki")

    def __init__(self, project: str, branch: str, wiki: str, pages: int, sessions: int) -> None:
        self.project = project
        self.branch = branch
        self.wiki = _command(wiki)
        self.pages = pages
        self.sessions = sessions
        self.items: Sequence[Item] = ()

    def head(self) -> str:
        """Return the opening mark and what a reader has to know first."""
        label = ", " if is_detached(self.branch) else ", branch "
        branch = label + clean(self.branch, TITLE_CHARACTERS) if self.branch else ""
        sessions = f" and {_counted(self.sessions, 'session')}" if self.sessions else ""
        return (
            f"{OPEN}\n"
            f"Wiki of the project {clean(self.project, TITLE_CHARACTERS)}{branch}: "
            f"{_counted(self.pages, 'page')}{sessions}, kept by its people and agents.\n"
            f"{REFERENCE}"
            f"Search before exploring: {self.wiki} query WORDS\n"
            "The same command reads a page (show PAGE) and keeps a lasting finding (add TITLE TEXT).\n"
        )

    def tail(self, left: int) -> str:
        """Return how to see the `left` pages that are not told, and the closing mark."""
        return f"{f'+{left} more: {self.wiki} list' + chr(10) if left > 0 else ''}{CLOSE}"


def compose(brief: Brief, now: float, budget: int = DEFAULT_BUDGET) -> tuple[str, list[Choice]]:
    """Return the context and what became of every item; the context is "" when there is nothing at all."""
    if brief.pages <= 0 and brief.sessions <= 0:
        return "", []
    head = brief.head()
    room = max(0, min(budget, HARD_CAP) - count_bytes(head) - count_bytes(brief.tail(brief.pages)) - 1)
    sections, expired = _sections(brief.items, now)
    chosen = fit(sections, _HEADINGS, room, now)
    lines: list[str] = []
    for name in SECTIONS:
        told = [choice.line for choice in chosen.get(name, ()) if choice.line]
        lines += [_HEADINGS[name], *told] if told and _HEADINGS[name] else told
    choices = [choice for name in SECTIONS for choice in chosen.get(name, ())] + expired
    pages = {c.item.page for c in choices if c.line and c.item.section in (PINNED, RELEVANT)}
    if brief.pages <= 0 and not lines:
        return "", choices
    body = "".join(f"{line}\n" for line in lines)
    return head + body + brief.tail(brief.pages - len(pages)), choices


def anchor(wiki: str, about: str) -> str:
    """Return what a session is told after its compaction: to go on, what it was about, how to search."""
    head = f"{OPEN}\nThe conversation was compacted: continue the current task.\n"
    tail = f"Search the project's wiki: {_short(wiki)} query WORDS\n{CLOSE}"
    return head + _fitting(about, SHORT_BUDGET - count_bytes(head + tail)) + tail


def news_line(wiki: str, news: str) -> str:
    """Return the one line that a resumed session is told."""
    head, tail = f"{OPEN}\n", f"Search before exploring: {_short(wiki)} query WORDS\n{CLOSE}"
    return head + _fitting(news, SHORT_BUDGET - count_bytes(head + tail)) + tail


def _sections(items: Sequence[Item], now: float) -> tuple[dict[str, list[Item]], list[Choice]]:
    """Return what has not expired by section; of the sessions to go on from only the first that is left."""
    found: dict[str, list[Item]] = {}
    left_out: list[Choice] = []
    session = ""
    for item in items:
        if item.expires and item.expires <= now:
            left_out.append(Choice(item, "", EXPIRED))
        elif item.section == HANDOFF and session not in {"", item.page}:
            left_out.append(Choice(item, "", "a session fits better"))
        else:
            session = item.page if item.section == HANDOFF else session
            found.setdefault(item.section, []).append(item)
    return found, left_out


def _fitting(text: str, room: int) -> str:
    """Return a line of at most `room` bytes with its line end, "" when there is no room or no text."""
    while text and count_bytes(text) + 1 > room:
        text = cut_words(text, len(text) - 1 - (count_bytes(text) - room) // 4)
        if len(text) <= 1:
            return ""
    return f"{text}\n" if text else ""


def _command(wiki: str) -> str:
    return "".join(c if c.isprintable() and c != "<" else "?" for c in wiki)[:1000]


def _short(wiki: str) -> str:
    wiki = _command(wiki)
    return wiki if count_bytes(wiki) <= _LONG_COMMAND else "wiki"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
