"""How the start-up context of a project is wanted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContextOptions:
    """What preparing depends on; budget and sections are applied when the context is told.

    Attributes:
        pins: slugs of pages that are told first, like those with `pinned: true`.
    """

    pins: tuple[str, ...] = ()
