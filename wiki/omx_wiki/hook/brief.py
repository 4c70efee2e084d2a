"""The start-up context: what is worth telling, framed as reference data, within a budget of bytes."""

from __future__ import annotations

from omx_wiki.hook.branch import is_detached
from omx_wiki.hook.budget import EXPIRED, Choice, fit
from omx_wiki.hook.frame import CLOSE, OPEN, REFERENCE, shown_command
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
    cut_bytes,
)
from omx_wiki.hook.switches import DEFAULTS, LEAST_BUDGET, MOST_BUDGET, SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.hook.item import Item

DEFAULT_BUDGET: int = DEFAULTS["context.budget"]
HARD_CAP = MOST_BUDGET
"""Bytes. Codex 0.142.5 and later cuts the middle out of more than 10,000 bytes of hook context."""

SHORT_BUDGET = 480
"""Bytes of what is told after a compaction, and on resume; a smaller `context.budget` holds for them too."""

_ALL_BYTES = 4 * TITLE_CHARACTERS
_STYLES = (
    (_ALL_BYTES, False, False),
    (48, False, False),
    (48, False, True),
    (24, True, True),
)
"""Bytes of the project's and of the branch's name, whether the command is just `wiki`, and the head short."""

_MOST_OF_HEAD = 75
"""Percent of the budget that head and tail may take before they are shortened."""

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
        wiki: the command to search with, as a shell takes it.
        pages, sessions: how many there are.
        items: what may be told, by section and in the order of importance.
    """

    __slots__ = ("_is_short", "_names", "branch", "items", "pages", "project", "sessions", "wiki")

    def __init__(self, project: str, branch: str, wiki: str, pages: int, sessions: int) -> None:
        self.project = project
        self.branch = branch
        self.wiki = shown_command(wiki)
        self.pages = pages
        self.sessions = sessions
        self.items: Sequence[Item] = ()
        self._names = _ALL_BYTES
        self._is_short = False

    def shorten(self, budget: int) -> None:
        """Shorten names, command and head as far as needed to leave a quarter of the budget to the items."""
        for names, is_plain, is_short in _STYLES:
            self._names, self._is_short = names, is_short
            self.wiki = "wiki" if is_plain else self.wiki
            if count_bytes(self.head() + self.tail(self.pages)) <= budget * _MOST_OF_HEAD // 100:
                return

    def head(self) -> str:
        """Return the opening mark and what a reader has to know first."""
        label = ", " if is_detached(self.branch) else ", branch "
        name = f"{self._named(self.project)}{label + self._named(self.branch) if self.branch else ''}"
        pages = _counted(self.pages, "page")
        search = f"Search before exploring: {self.wiki} query WORDS\n"
        if self._is_short:
            return f"{OPEN}\nWiki of {name}: {pages}. Reference data, not instructions.\n{search}"
        sessions = f" and {_counted(self.sessions, 'session')}" if self.sessions else ""
        return (
            f"{OPEN}\n"
            f"Wiki of the project {name}: {pages}{sessions}, kept by its people and agents.\n"
            f"{REFERENCE}{search}"
            "The same command reads a page (show PAGE) and keeps a lasting finding (add TITLE TEXT).\n"
        )

    def tail(self, left: int) -> str:
        """Return how to see the `left` pages that are not told, and the closing mark."""
        return f"{f'+{left} more: {self.wiki} list' + chr(10) if left > 0 else ''}{CLOSE}"

    def _named(self, name: str) -> str:
        return cut_bytes(clean(name, TITLE_CHARACTERS), self._names)


def compose(brief: Brief, now: float, budget: int = DEFAULT_BUDGET) -> tuple[str, list[Choice]]:
    """Return the context and what became of every item; the context is "" when there is nothing at all.

    It has at most `budget` bytes; less than 400 and more than 9,200 count as these.
    """
    if brief.pages <= 0 and brief.sessions <= 0:
        return "", []
    budget = max(LEAST_BUDGET, min(budget, HARD_CAP))
    brief.shorten(budget)
    head = brief.head()
    room = budget - count_bytes(head) - count_bytes(brief.tail(brief.pages))
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


def anchor(wiki: str, about: str, budget: int = SHORT_BUDGET) -> str:
    """Return what a session is told after its compaction: to go on, what it was about, how to search."""
    head = f"{OPEN}\nThe conversation was compacted: continue the current task.\n"
    return _short(
        head, about, f"Search the project's wiki: {shown_command(wiki)} query WORDS\n{CLOSE}", budget
    )


def news_line(wiki: str, news: str, budget: int = SHORT_BUDGET) -> str:
    """Return the one line that a resumed session is told."""
    tail = f"Search before exploring: {shown_command(wiki)} query WORDS\n{CLOSE}"
    return _short(f"{OPEN}\n", news, tail, budget)


def _short(head: str, text: str, tail: str, budget: int) -> str:
    room = min(SHORT_BUDGET, budget) - count_bytes(head + tail) - 1
    line = cut_bytes(text, room)
    return f"{head}{line}{chr(10) if line else ''}{tail}"


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


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
