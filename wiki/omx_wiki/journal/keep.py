"""What may be stored of foreign text: cleaned, free of control characters, cut to a length."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
# Cleaning looks beyond the cut, so that a secret lying across it is seen whole.
_MARGIN = 4000
# Agents repeat their commands; cleaning each text once keeps reading fast.
_REMEMBERED = 256


class Keeper:
    """The one door through which text enters the facts.

    Attributes:
        clean: applied to every text before it is cut; redaction belongs here.
        cut: how many entries of each list were dropped to bound it.
    """

    def __init__(self, clean: Callable[[str], str]) -> None:
        self.clean = lru_cache(maxsize=_REMEMBERED)(clean)
        self.cut: dict[str, int] = {}

    def text(self, raw: str, limit: int) -> str:
        """Return a text of several lines with at most `limit` characters; a cut one ends in an ellipsis."""
        window = raw[: limit + _MARGIN]
        plain = _CONTROLS.sub("", _ESCAPES.sub("", window.replace("\r\n", "\n")))
        cleaned = self.clean(plain).strip() if plain else ""
        if len(window) < len(raw):
            # The last word of a window may be the first part of a secret.
            cleaned = cleaned[: max(cleaned.rfind(" "), cleaned.rfind("\n"), 0)]
        elif len(cleaned) <= limit:
            return cleaned
        return cleaned[: limit - 1].rstrip() + "…"

    def line(self, raw: str, limit: int) -> str:
        """Return a text on one line."""
        return _SPACES.sub(" ", self.text(raw, limit))

    def push(self, name: str, entries: list[Item], item: Item, limit: int) -> None:
        """Add an entry; when the list is full, one after its first quarter makes room."""
        if len(entries) >= limit:
            del entries[limit // 4]
            self.count_cut(name)
        entries.append(item)

    def push_new(self, name: str, entries: list[str], item: str, limit: int) -> None:
        """Add a text that is not empty and not yet in the list."""
        if item and item not in entries:
            self.push(name, entries, item, limit)

    def count_cut(self, name: str) -> None:
        """Note that an entry of a list was dropped."""
        self.cut[name] = self.cut.get(name, 0) + 1
