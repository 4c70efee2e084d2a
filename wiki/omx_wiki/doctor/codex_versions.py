"""What each version of Codex can do with hooks; a version newer than those tried counts as the newest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omx_wiki.doctor.codex_program import Version

OLDEST: Version = (0, 116, 0)
"""The oldest version that was tried; hooks came with it or shortly before."""

_ON_BY_DEFAULT = (0, 128, 0)
_LAST_WITHOUT_TRUST = (0, 128, 0)
_FIRST_WITH_SESSION_END = (0, 145, 0)
_FIRST_WITH_LIMIT = (0, 142, 5)


@dataclass(frozen=True)
class Support:
    """What one version of Codex does, as seen by running it.

    Attributes:
        on_by_default: whether hooks run without a feature flag.
        needs_trust: whether a hook runs only when it is trusted. Between 0.128 and 0.142 it began; versions
            in between count as asking.
        has_session_end: whether the end of a session is reported.
        limits_context: whether a context of more than 10,000 bytes loses its middle.
    """

    on_by_default: bool
    needs_trust: bool
    has_session_end: bool
    limits_context: bool


def support_of(version: Version | None) -> Support:
    """Return what a version does; None, an unknown one, is taken for the newest."""
    if version is None:
        return Support(on_by_default=True, needs_trust=True, has_session_end=True, limits_context=True)
    return Support(
        on_by_default=version >= _ON_BY_DEFAULT,
        needs_trust=version > _LAST_WITHOUT_TRUST,
        has_session_end=version >= _FIRST_WITH_SESSION_END,
        limits_context=version >= _FIRST_WITH_LIMIT,
    )
