"""One thing that a start-up context may tell, and the lines it is told in."""

from __future__ import annotations

from omx_wiki.hook.switches import SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

PINNED, HANDOFF, RELEVANT, FAILURES, CATEGORIES, LINT = SECTIONS

STALE, LOW = "cites files changed since", "low confidence"
TITLE_CHARACTERS = 100
SUMMARY_CHARACTERS = 160
_TAGS_CHARACTERS = 60
_LEAST_BYTES = 60
_DAY = 86400
_SPANS = ((365 * _DAY, "y"), (30 * _DAY, "mo"), (7 * _DAY, "w"), (_DAY, "d"))
_HARMLESS_BRACKET = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_CONFLICT_MARKS = tuple(mark * 7 for mark in "<=>|")
_ROLES = frozenset({"system", "developer", "assistant", "user", "inst", "/inst", "/system", "tool"})


class Item:
    """One line of the context without its age, which is told only when the context is composed.

    Attributes:
        section: one of `omx_wiki.hook.switches.SECTIONS`.
        text: the line, cleaned.
        page: the slug of the page it is about, "" for none.
        path: the file of that page, "" for none.
        updated: when that page changed last, in seconds since 1970; 0 when the line tells no age.
        expires: until when it is worth telling, in seconds since 1970; 0 for ever.
        mark: what makes a reader careful, such as STALE; "" for nothing.
        words: by which another branch may find it relevant.
        why: the reasons that brought it here, for people.
    """

    __slots__ = ("expires", "mark", "page", "path", "section", "text", "updated", "why", "words")

    def __init__(self, section: str, text: str, page: str = "", path: str = "", updated: float = 0) -> None:
        self.section = section
        self.text = text
        self.page = page
        self.path = path
        self.updated = updated
        self.expires: float = 0
        self.mark = ""
        self.words: Sequence[str] = ()
        self.why: Sequence[str] = ()

    def plain(self) -> tuple[Any, ...]:
        """Return the item as data for marshal."""
        return (
            *(self.section, self.text, self.page, self.path, self.updated),
            *(self.expires, self.mark, tuple(self.words), tuple(self.why)),
        )

    def line(self, now: float) -> str:
        """Return the line as it is told at the time `now`."""
        return self.text + self._tail(now)

    def shortened(self, now: float, size: int) -> str:
        """Return the line cut between two words to at most `size` bytes, "" when too little would be left."""
        tail = f" …{self._tail(now)}"
        room = size - count_bytes(tail)
        if room < _LEAST_BYTES:
            return ""
        kept = self.text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
        kept = kept.rpartition(" ")[0].rstrip(" :,;")
        named_until = self.text.find(f"({self.page})") + len(self.page) + 2 if self.page else 0
        return kept + tail if len(kept) > max(named_until, _LEAST_BYTES // 2) else ""

    def _tail(self, now: float) -> str:
        told = f" · {age(now - self.updated)}" if self.updated else ""
        return f"{told} · {self.mark}" if self.mark else told


def item_of(plain: tuple[Any, ...]) -> Item:
    """Return the item that `Item.plain` made into data."""
    item = Item(*plain[:5])
    item.expires, item.mark, item.words, item.why = plain[5:]
    return item


def page_text(slug: str, title: str, summary: str, tags: Iterable[str]) -> str:
    """Return the line of a page without its age."""
    title, slug = clean(title, TITLE_CHARACTERS), clean(slug, TITLE_CHARACTERS)
    named = title if title == slug else f"{title} ({slug})"
    about = clean(summary, SUMMARY_CHARACTERS)
    marks = clean(", ".join(tags), _TAGS_CHARACTERS)
    return f"- {named}{': ' if about else ''}{about}{f' [{marks}]' if marks else ''}"


def rule_text(slug: str, title: str, summary: str) -> str:
    """Return the line of a pinned page without its age: its rule, then its name."""
    rule = clean(summary or title, SUMMARY_CHARACTERS + TITLE_CHARACTERS)
    return f"- {rule} ({clean(slug, TITLE_CHARACTERS)})"


def clean(text: str, limit: int) -> str:
    """Return `text` on one line, at most `limit` characters, unable to leave its place in the context.

    Control, format and bidirectional characters become blanks; terminal codes, marks of merge conflicts and
    roles in brackets lose their meaning; angle brackets and runs of backticks or tildes can neither open nor
    close anything.
    """
    text = text[: limit * 4]
    if not text.isprintable():
        from omx_wiki.hook.terminal_codes import without_codes

        text = without_codes(text)
    text = "".join(c if c.isprintable() else " " for c in text)
    for mark in _CONFLICT_MARKS:
        while mark in text:
            text = text.replace(mark, "")
    text = text.replace("<", _HARMLESS_BRACKET)
    for fence in ("```", "~~~"):
        while fence in text:
            text = text.replace(fence, fence[:2])
    if "[" in text:
        text = _without_roles(text)
    return cut_words(" ".join(text.split()), limit)


def cut_words(text: str, limit: int) -> str:
    """Return at most `limit` characters, cut between two words if that leaves half, with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)]
    if not text[len(kept)].isspace():
        before = kept.rpartition(" ")[0]
        kept = before if len(before) >= limit // 2 else kept
    return (kept.rstrip() + "…")[:limit]


def cut_bytes(text: str, size: int) -> str:
    """Return at most `size` bytes of a text, cut between two words if that leaves half, with an ellipsis."""
    if count_bytes(text) <= size:
        return text
    kept = text.encode("utf-8", "replace")[: max(size - 3, 0)].decode("utf-8", "ignore")
    before = kept.rpartition(" ")[0]
    kept = (before if 2 * len(before) >= len(kept) else kept).rstrip()
    return f"{kept}…" if kept else ""


def age(seconds: float) -> str:
    """Return how long ago something was, as a person would say it in short."""
    for length, unit in _SPANS:
        if seconds >= length:
            return f"{int(seconds // length)}{unit} ago"
    return "today"


def count_bytes(text: str) -> int:
    """Return the length of a text in UTF-8."""
    return len(text.encode("utf-8", "replace"))


def _without_roles(text: str) -> str:
    """Return a text in which `[SYSTEM]` and its like are words in parentheses."""
    parts = text.split("[")
    for at in range(1, len(parts)):
        role, bracket, rest = parts[at].partition("]")
        is_role = bracket and role.strip().lower() in _ROLES
        parts[at] = f"({role}){rest}" if is_role else f"[{parts[at]}"
    return "".join(parts)
