"""How the start-up context of a project is wanted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContextOptions:
    """What preparing depends on; budget and sections are applied when the context is told.

    Attributes:
        pins: slugs of pages that are told first, like those with `pinned: true`.
        own_days: how long the last session of a branch is worth going on from.
        other_days: the same for a session of another branch.
    """

    pins: tuple[str, ...] = ()
    own_days: int = 30
    other_days: int = 7
