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
        self._told: list[str] = []
        self._turn = 0

    def tell(self, text: str) -> None:
        """Note a prompt that was told by itself."""
        self._told.append(prompt_key(text))

    def end_turn(self) -> None:
        """Note that the prompts told from here on belong to another turn."""
        self._turn = len(self._told)

    def new_of(self, texts: Sequence[str], *, again: bool) -> list[str]:
        """Return the prompts among `texts` that were not told, and note them.

        With `again` the turn has ended before: then its prompts are compared with all.
        """
        before = self._told if self._cumulative or again else self._told[self._turn :]
        fresh = _unmatched(before, [prompt_key(text) for text in texts])
        found = [texts[at] for at in fresh]
        for text in found:
            self.tell(text)
        return found


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


def _unmatched(before: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Return the places of the texts that are not among those before, compared in their order."""
    start = 0
    while start < min(len(before), len(texts)) and before[start] == texts[start]:
        start += 1
    rest = before[start:]
    if not rest:
        return list(range(start, len(texts)))
    start = max(start, len(texts) - _WINDOW)
    window = texts[start:]
    matcher = SequenceMatcher(None, rest[-_WINDOW:], window, autojunk=False)
    known = {block.b + at for block in matcher.get_matching_blocks() for at in range(block.size)}
    return [start + at for at in range(len(window)) if at not in known]
