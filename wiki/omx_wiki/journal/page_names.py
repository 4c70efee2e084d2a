"""Pages that sessions named in commands, told apart after the fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.pages.scan import SESSIONS
from omx_wiki.pages.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STORE = ".omx/wiki/"
_ID = 8
"""How many characters of a session's id its page is named by."""


class PageNames:
    """Knows pages by the names that commands accept; unlike the store it also knows pages that are gone."""

    def __init__(self, slugs: Iterable[str]) -> None:
        self._slugs = frozenset(slugs)
        self._stems = {slug: slug.rpartition("/")[2].casefold() for slug in sorted(self._slugs)}
        self._known: dict[str, str] = {}

    def resolve(self, name: str) -> str:
        """Return the slug that a name means, "" when it means none or several."""
        if name not in self._known:
            self._known[name] = self._resolve(name)
        return self._known[name]

    def _resolve(self, name: str) -> str:
        asked = name.strip().removeprefix("./").removeprefix(_STORE)
        for slug in (asked, asked[:-3] if asked[-3:].lower() == ".md" else ""):
            if slug in self._slugs:
                return slug
        folder, _, rest = asked.rpartition("/")
        for fitting in self._steps(folder, rest.casefold()):
            found = list(fitting)
            if found:
                return found[0] if len(found) == 1 else ""
        return ""

    def _steps(self, folder: str, name: str) -> Iterator[Iterator[str]]:
        """Yield the pages that fit: by their whole name, by its beginning, by the end of a session's id."""
        wanted = slugify(name)
        if not wanted:
            return
        stems = [
            (slug, stem) for slug, stem in self._stems.items() if not folder or slug.startswith(f"{folder}/")
        ]
        yield (slug for slug, stem in stems if stem in (name, wanted))
        yield (slug for slug, stem in stems if stem.startswith((name, wanted)))
        if folder == SESSIONS:
            yield (slug for slug, stem in stems if stem.endswith(wanted) or wanted.endswith(stem[-_ID:]))
