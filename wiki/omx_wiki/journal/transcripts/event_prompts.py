"""Which prompts a turn's end tells anew, where it may repeat every prompt of the session."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPARED = 1000
"""Characters by which prompts are compared: the end of a long one may have been cut."""
_WINDOW = 200


class Prompts:
    """The prompts of a session as far as they were told.

    `cumulative` says that the ends of turns repeat the prompts of earlier turns, as those of upstream Codex
    do; otherwise each tells those of its own turn alone, and the same words are then another prompt.
    """

    def __init__(self, *, cumulative: bool) -> None:
        self._cumulative = cumulative
        self._repeated: list[str] = []
        self._told: list[str] = []
        self._turn = 0
        self._before: list[str] = []

    def tell(self, text: str) -> None:
        """Note a prompt that was told by itself."""
        self._told.append(prompt_key(text))

    def end_turn(self) -> None:
        """Note that the prompts told from here on belong to another turn."""
        self._turn = 0 if self._cumulative else len(self._told)

    def go_on(self, asked: Sequence[str], *, is_open: bool) -> None:
        """Go on after a transcript that tells the prompts `asked`, the last one's turn `is_open` or over."""
        keys = [prompt_key(text) for text in asked]
        self._repeated, self._told = (keys, []) if self._cumulative else ([], keys)
        self._turn = 0 if self._cumulative else len(keys) - (is_open and bool(keys))
        self._before = keys  # the first end of a turn may repeat them all, and nothing else says so

    def new_of(self, texts: Sequence[str], *, again: bool) -> list[str]:
        """Return the prompts among `texts` that were not told, and note them.

        With `again` the turn has ended before: then its prompts are compared with all.
        """
        keys = [prompt_key(text) for text in texts]
        if self._cumulative:
            return [texts[at] for at in self._continue(keys)]
        if self._before and len(keys) > len(self._before) == _shared(self._before, keys):
            self._cumulative, self._repeated, self._told = True, self._before, []
            return [texts[at] for at in self._continue(keys)]
        fresh = _unmatched(self._told if again else self._told[self._turn :], keys)
        self._told += [keys[at] for at in fresh]
        return [texts[at] for at in fresh]

    def _continue(self, keys: list[str]) -> list[int]:
        """Return the places of new prompts in a list of all; after a compaction it begins anew."""
        same = _shared(self._repeated, keys)
        if same == len(keys):
            return []
        if same == len(self._repeated):
            fresh = [same + at for at in _unmatched(self._told, keys[same:])]
        else:
            fresh = _unmatched([*self._repeated, *self._told], keys)
        self._repeated, self._told = keys, []
        return fresh


def prompt_key(text: str) -> str:
    """Return what is equal for the same prompt, however it was wrapped and wherever it was cut."""
    return " ".join(text[: 2 * _COMPARED].split())[:_COMPARED].removesuffix("…")


def is_cumulative(turns: Sequence[Sequence[str]]) -> bool:
    """Whether the prompts of a later turn begin with those of the one before it."""
    return any(
        (shared := _overlap(earlier, later)) and len(later) > shared for earlier, later in pairwise(turns)
    )


def _overlap(earlier: Sequence[str], later: Sequence[str]) -> int:
    """Return how many of the last texts of one list are the first of the other."""
    for size in range(min(len(earlier), len(later)), 0, -1):
        if earlier[-size:] == later[:size]:
            return size
    return 0


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many texts two lists have in common at their beginning."""
    size = min(len(one), len(other))
    return next((at for at in range(size) if one[at] != other[at]), size)


def _unmatched(before: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Return the places of the texts that are not among those before, compared in their order."""
    fresh, at = [], 0
    for place, text in enumerate(texts):
        if at < len(before) and before[at] == text:
            at += 1
        else:
            fresh.append(place)
    if at == len(before):
        return fresh
    start = max(0, len(texts) - _WINDOW)  # something was told that is not repeated: the last ones tell
    matcher = SequenceMatcher(None, before[-_WINDOW:], texts[start:], autojunk=False)
    known = {block.b + place for block in matcher.get_matching_blocks() for place in range(block.size)}
    return [start + place for place in range(len(texts) - start) if place not in known]
