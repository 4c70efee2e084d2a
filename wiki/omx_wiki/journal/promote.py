"""Turn what was said in a session into lasting knowledge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import InvalidInputError, NotFoundError, RefusedError
from omx_wiki.journal.ledger import load_facts
from omx_wiki.journal.session_body import is_cut_mark, section_items
from omx_wiki.journal.session_edits import add_note, defused
from omx_wiki.journal.session_rows import meta_line
from omx_wiki.pages.draft import MAX_TITLE, Draft
from omx_wiki.pages.slug import slug_candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.pages.changes import AddResult
    from omx_wiki.pages.page import Page
    from omx_wiki.pages.store import Store

SECTIONS = {"decided": "decisions", "open": "open work"}
_CATEGORIES = {"decided": "decision", "open": ""}
_PLAN_STEP = "Not done:"
_RECOGNISABLE = 40  # letters by which a cut line is recognised
_LEADING_MARKS = re.compile(r"^(?:[#>*+\-]+\s+|\d{1,3}[.)]\s+)+")


class Promotion(NamedTuple):
    """What was promoted: the page it went to, and its lines."""

    page: AddResult
    lines: tuple[str, ...]


def promote(
    store: Store, slug: str, part: str = "decided", *, to: str = "", numbers: Sequence[int] = ()
) -> Promotion:
    """Put lines of a session's section Decided or Open into a page that links back to the session.

    Only what a person or the agent said outright counts: a line that cannot be traced to that, such as the
    output of a tool, is never taken over.

    Args:
        store: the pages.
        slug: the session's page.
        part: "decided" or "open".
        to: the page to get a new section, or the title of a new one; "" names it after the session.
        numbers: which lines of the section, from 1; all when there are none.

    Raises:
        InvalidInputError: a number has no line, or the part is unknown.
        NotFoundError: there is no such page, or nothing to promote in it.
        RefusedError: a chosen line is not something that was said, or the target cannot get a section.
    """
    if part not in SECTIONS:
        raise InvalidInputError(f"a section is one of {', '.join(SECTIONS)}")
    session = store.read(slug)
    lines = _chosen(verified_lines(store, session, part), part, numbers)
    text = "\n".join([*(f"- {defused(line)}" for line in lines), "", f"From [[{slug}]]."])
    target = _target(store, to) if to else None
    draft = Draft(
        title=target.title if target else to or f"{session.title[: MAX_TITLE - 20]}: {SECTIONS[part]}",
        text=text,
        category="" if target else _CATEGORIES[part],
        sources=(slug,),
    )
    added = store.add(draft)
    if added.created or added.updated:
        count = f"{len(lines)} line{'s' if len(lines) > 1 else ''}"
        add_note(store, slug, f"promoted {count} of {part.capitalize()} to [[{added.slug}]]")
    return Promotion(added, tuple(lines))


def verified_lines(store: Store, session: Page, part: str) -> list[str]:
    """Return the lines of a section in order, "" in place of each that was not said by person or agent.

    With the facts of the session at hand a line counts when they hold it, and is told in their words.
    Without them what stands under Decided counts, and under Open the steps of the plan.
    """
    items = section_items(session.body, part)
    facts = load_facts(store.project, meta_line(session.meta, "id"))
    if facts is None:
        return [_bare(item) if _is_said(item, part) else "" for item in items]
    said = facts.decisions if part == "decided" else facts.open_steps
    return [next((_bare(line) for line in said if _holds(item, line)), "") for item in items]


def _chosen(lines: list[str], part: str, numbers: Sequence[int]) -> list[str]:
    if not any(lines):
        raise NotFoundError(f"the section {part.capitalize()} has nothing that can be promoted")
    for number in numbers:
        if not 1 <= number <= len(lines):
            raise InvalidInputError(f"the section {part.capitalize()} has no line {number}")
        if not lines[number - 1]:
            raise RefusedError(f"line {number} was not said by a person or the agent; it is not promoted")
    picked = [lines[number - 1] for number in numbers] if numbers else [line for line in lines if line]
    return list(dict.fromkeys(picked))


def _target(store: Store, to: str) -> Page | None:
    """Return the page that is to get a section, None when there is none yet."""
    try:
        page = store.read(store.resolve(to))
    except NotFoundError:
        return None
    if page.kind != "page":
        raise RefusedError(f"{page.slug} is not a page of your own", "choose another with --to")
    if page.slug not in slug_candidates(page.title) and page.slug != page.title:
        raise RefusedError(
            f"{page.slug} is not named after its title {page.title!r}; nothing can be added to it safely",
            "choose another with --to",
        )
    return page


def _is_said(item: str, part: str) -> bool:
    return not is_cut_mark(item) if part == "decided" else item.startswith(_PLAN_STEP)


def _holds(item: str, said: str) -> bool:
    """Whether a list item of the page shows a text, whatever the page did to its marks and its end."""
    wanted, shown = _letters(said), _letters(item)
    is_cut = item.endswith("…") and len(shown) >= _RECOGNISABLE
    return bool(wanted) and (shown.startswith(wanted) or (is_cut and wanted.startswith(shown)))


def _letters(text: str) -> str:
    return "".join(char for char in _bare(text).casefold() if char.isalnum())


def _bare(text: str) -> str:
    return _LEADING_MARKS.sub("", " ".join(text.split()).removeprefix(_PLAN_STEP).strip()).strip()
