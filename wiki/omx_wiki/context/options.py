"""How the start-up context of a project is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from omx_wiki.hook.brief import DEFAULT_BUDGET
from omx_wiki.hook.item import SECTIONS


@dataclass(frozen=True, slots=True)
class ContextOptions:
    """Settings of the start-up context.

    Attributes:
        budget: bytes at most; more than 9,200 counts as 9,200.
        sections: which sections are told; their order is always the same.
        pins: slugs of pages that are told first, like those with `pinned: true`.
        own_days: how long the last session of a branch is worth going on from.
        other_days: the same for a session of another branch.
    """

    budget: int = DEFAULT_BUDGET
    sections: tuple[str, ...] = SECTIONS
    pins: tuple[str, ...] = ()
    own_days: int = 30
    other_days: int = 7
