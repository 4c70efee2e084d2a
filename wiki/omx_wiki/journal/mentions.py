"""Pages named in prose: by their title, or by their name."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = re.compile(r"\w+")
_NAMES = re.compile(r"\w+(?:-\w+)+")
_MAX_TEXT = 200_000
_FEWEST_WORDS = 2


class Mentions:
    """Finds the pages that a text names.

    A title counts from two words on and a name from one hyphen on; shorter ones are words of the language.
    Both count as whole words in any case; signs between the words of a title do not matter.
    """

    def __init__(self, titles: Mapping[str, str]) -> None:
        """Know the pages `titles`: title by slug."""
        self._names: dict[str, list[str]] = {}
        self._titles: dict[tuple[str, str], list[tuple[list[str], str]]] = {}
        for slug, title in sorted(titles.items()):
            name = slug.rpartition("/")[2].casefold()
            if _NAMES.fullmatch(name):
                self._names.setdefault(name, []).append(slug)
            words = _WORDS.findall(title.casefold())
            if len(words) >= _FEWEST_WORDS:
                self._titles.setdefault((words[0], words[1]), []).append((words, slug))

    def find(self, text: str) -> list[str]:
        """Return the slugs of the pages that a text names, without repeats, in order of slugs."""
        if not (self._names or self._titles):
            return []
        plain = text[:_MAX_TEXT].casefold()
        found = {slug for name in _NAMES.findall(plain) for slug in self._names.get(name, ())}
        words = _WORDS.findall(plain) if self._titles else []
        for at, pair in enumerate(pairwise(words)):
            for title, slug in self._titles.get(pair, ()):
                if words[at : at + len(title)] == title:
                    found.add(slug)
        return sorted(found)


def no_mentions(_text: str) -> list[str]:
    """Return no pages: for callers that know none."""
    return []
