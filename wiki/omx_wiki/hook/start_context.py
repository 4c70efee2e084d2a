"""What a session is told at its start, after a compaction, and when it goes on: each thing once."""

from __future__ import annotations

import os

from omx_wiki.hook.brief import Brief, anchor, compose, news_line
from omx_wiki.hook.file_start import read_start
from omx_wiki.hook.item import HANDOFF, PINNED, RELEVANT, clean
from omx_wiki.hook.offers import Offer, recent_offers
from omx_wiki.hook.plain_data import read_data
from omx_wiki.hook.prepared import Context, context_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.hook.budget import Choice
    from omx_wiki.project import Project

SHORT_ID = 8
_NEWS_TITLES = 3
_HEADER_BYTES = 64 * 1024
_PARENTS = (b'"forked_from_id"', b'"history_base"')


class Told:
    """What a session is told.

    Attributes:
        text: the context, "" for none.
        offer: what to put on record, None for nothing.
        choices: what became of every item that might have been told.
    """

    __slots__ = ("choices", "offer", "text")

    def __init__(self, text: str, offer: Offer | None, choices: Sequence[Choice]) -> None:
        self.text = text
        self.offer = offer if text else None
        self.choices = choices


class Session:
    """The session that begins or goes on: its id, why it is told something, its branch.

    `parent` is the session it was forked from, "" when that is not known.
    """

    __slots__ = ("branch", "id", "parent", "source")

    def __init__(self, session_id: str, source: str, branch: str, parent: str = "") -> None:
        self.id = session_id
        self.source = source
        self.branch = branch
        self.parent = parent


def start_context(project: Project, context: Context, session: Session, wiki: str, now: float) -> Told:
    """Return what the session is told: all at its beginning, little later, nothing twice."""
    brief = Brief(project.name, session.branch, wiki, context.pages, context.sessions)
    own = _short_id(session.id)
    brief.items = [item for item in context.items if not _is_own(item.section, item.page, own)]
    text, choices = compose(brief, now, context.active.budget)
    offer = Offer(session.id, int(now), session.source, session.branch, _digest(text, choices))
    earlier = recent_offers(project) if session.id or session.source == "fork" else []
    if session.source == "compact":
        text = _anchor(project, session, wiki, context.active.budget) if text else ""
        offer.digest = _digest(text, [])
    elif session.source in ("resume", "fork"):
        text, offer.pages = _news(brief, choices, _told_before(earlier, session), context.active.budget)
    else:
        offer.pages = list(dict.fromkeys(choice.item.page for choice in choices if _is_page(choice)))
        if session.source != "clear" and any(_repeats(known, offer) for known in earlier):
            text = ""
    offer.size = len(text.encode("utf-8", "replace"))
    return Told(text, offer, choices)


def own_path(project: Project) -> str:
    """Return where the worker tells what each recent session was about, by session id."""
    return os.path.join(context_folder(project), "own")


def parent_of(transcript: str) -> str:
    """Return the session that a transcript says it was forked from, "" when it says none.

    Its first line tells it as `forked_from_id`, or as the `thread_id` of its `history_base`.
    """
    header = (read_start(transcript, _HEADER_BYTES) or b"").partition(b"\n")[0]
    at = next((at for name in _PARENTS if (at := header.find(name)) >= 0), len(header))
    key = b'"thread_id"' if header.startswith(_PARENTS[1], at) else _PARENTS[0]
    words = header[at:].partition(key)[2].split(b'"', 2)
    return words[1].decode("ascii", "replace") if len(words) > 2 and words[0].strip() == b":" else ""  # noqa: PLR2004


def _is_page(choice: Choice) -> bool:
    return bool(choice.line) and choice.item.section in (PINNED, RELEVANT)


def _repeats(known: Offer, offer: Offer) -> bool:
    return bool(offer.session) and (known.session, known.digest) == (offer.session, offer.digest)


def _told_before(earlier: Sequence[Offer], session: Session) -> list[Offer]:
    """Return what the conversation holds already: what the session was told, and its parent if it is a fork.

    A parent that is not known is taken to be the session that was told something last. What a compaction is
    followed by tells of no page.
    """
    whose = {session.id}
    if session.source == "fork":
        others = (known.session for known in reversed(earlier) if known.session != session.id)
        whose.add(session.parent or next(others, ""))
    return [known for known in earlier if known.session in whose and known.source != "compact"]


def _news(
    brief: Brief, choices: Sequence[Choice], earlier: Sequence[Offer], budget: int
) -> tuple[str, list[str]]:
    """Return one line on the pages that are new or changed since, "" when there are none."""
    if brief.pages + brief.sessions <= 0:
        return "", []
    if not earlier:
        about = f"This project has a wiki of {brief.pages} pages (reference data)."
        return news_line(brief.wiki, about, budget), []
    at, known_pages = earlier[-1].at, {page for known in earlier for page in known.pages}
    news = [
        choice.item
        for choice in choices
        if _is_page(choice) and (choice.item.page not in known_pages or choice.item.updated >= at + 1)
    ]
    pages = list(dict.fromkeys(item.page for item in news))
    if not pages:
        return "", []
    more = f" and {len(pages) - _NEWS_TITLES} more" if len(pages) > _NEWS_TITLES else ""
    names = ", ".join(clean(page, 80) for page in pages[:_NEWS_TITLES])
    told = f"Wiki pages new or changed since you were told: {names}{more}."
    return news_line(brief.wiki, told, budget), pages


def _anchor(project: Project, session: Session, wiki: str, budget: int) -> str:
    known = read_data(own_path(project))
    return anchor(wiki, known.get(session.id, "") if isinstance(known, dict) else "", budget)


def _is_own(section: str, page: str, own: str) -> bool:
    return bool(own) and section == HANDOFF and page.endswith(f"-{own}")


def _short_id(session_id: str) -> str:
    """Return what the name of the session's page ends with."""
    letters = "".join(c for c in session_id.lower() if c.isascii() and c.isalnum())
    return letters[-SHORT_ID:]


def _digest(text: str, choices: Sequence[Choice]) -> str:
    """Return a name for what is told, and for when its pages changed; the ages in it do not count."""
    try:
        from _blake2 import blake2b  # hashlib costs a hook a third of its time
    except ImportError:
        from hashlib import blake2b
    told = "\n".join(_told(choice) for choice in choices if choice.line) if choices else text
    return blake2b(told.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _told(choice: Choice) -> str:
    item = choice.item
    return f"{item.text} {int(item.updated)}" if _is_page(choice) else item.text
