"""Find the page that a person or an agent means by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.errors import NotFoundError, RefusedError
from omx_wiki.pages.scan import find_page, scan_pages
from omx_wiki.pages.slug import slug_candidates, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.project import Project

_SHOWN = 5
_STORE_PATH = ".omx/wiki/"
_MAX_NAME = 300


def resolve_page(project: Project, name: str) -> str:
    """Return the slug that `name` means: a slug, file name, title, or the beginning of one slug.

    Raises:
        NotFoundError: nothing is called that; the hint names what is close.
        RefusedError: several pages could be meant.
    """
    asked = name.strip().removeprefix("./").removeprefix(_STORE_PATH)
    if not asked or len(asked) > _MAX_NAME or not _stays_inside(asked):
        raise NotFoundError(f"there is no page {name[:_MAX_NAME]!r}")
    for slug in (asked, asked[:-3] if asked[-3:].lower() == ".md" else ""):
        if slug and find_page(project, slug):
            return slug
    if "/" not in asked:
        plain, *hashed = slug_candidates(asked)
        for slug in (*hashed, plain):
            if find_page(project, slug):
                return slug
    return _among(sorted(scan_pages(project, lambda _: None)), asked)


def _stays_inside(name: str) -> bool:
    return name.isprintable() and "\\" not in name and all(p not in {"", ".", ".."} for p in name.split("/"))


def _among(slugs: list[str], asked: str) -> str:
    """Return the one slug that matches best, exact matches before beginnings."""
    wanted = asked[:-3] if asked[-3:].lower() == ".md" else asked
    folded = wanted.casefold()
    as_slug = slugify(wanted)
    stems = {slug: slug.rpartition("/")[2] for slug in slugs}
    steps: tuple[Iterable[str], ...] = (
        (slug for slug in slugs if folded in {slug.casefold(), stems[slug].casefold()}),
        (slug for slug in slugs if slugify(stems[slug]) == as_slug),
        (slug for slug in slugs if slug.startswith(wanted) or stems[slug].startswith((folded, as_slug))),
    )
    for step in steps:
        found = list(step)
        if len(found) == 1:
            return found[0]
        if found:
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise RefusedError(f"{asked!r} could be {', '.join(found[:_SHOWN])}{more}", "name one of them")
    raise NotFoundError(f"there is no page {asked!r}", _close_matches(slugs, as_slug))


def _close_matches(slugs: list[str], asked: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(asked, slugs, n=3, cutoff=0.6)
    return f"did you mean {', '.join(close)}?" if close else ""
