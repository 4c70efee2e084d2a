"""Measured usefulness: which pages sessions were offered, and which of them they used.

The measure is a function of the offers, of the facts of all sessions, and of the pages as they are. What is
written into the private state only spares work: when it is lost, everything is computed again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.deeds import deeds_of
from omx_wiki.journal.ledger import Ledger
from omx_wiki.journal.offers import read_offers
from omx_wiki.journal.outcomes import outcomes
from omx_wiki.pages.regular import read_regular
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private, is_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.deeds import Deeds
    from omx_wiki.journal.outcomes import Outcome
    from omx_wiki.project import Project

USAGE = "usage.json"
NEUTRAL = 0.5
"""The weight of a page of which nothing is known."""

_VERSION = 1
_MAX_BYTES = 64 * 1024 * 1024
_HALF_LIFE = 30 * 86400.0
_PRIOR_RATE, _PRIOR_TRIALS = 0.25, 4.0
_EDITED_CREDIT = 0.5
"""What it counts when files that a page cites were edited and nothing shows that the page was looked at."""


class PageUsage(NamedTuple):
    """How many sessions met a page.

    Attributes:
        offered: sessions that were offered the page and did something afterwards.
        used: those of them that opened it, quoted it or edited a file it cites.
        opened: sessions that opened it, offered or not.
        quoted: sessions that named it after it was offered.
        edited_files: sessions that edited a file it cites after it was offered.
        last_used: ISO time in UTC, "" when it was never used.
    """

    offered: int = 0
    used: int = 0
    opened: int = 0
    quoted: int = 0
    edited_files: int = 0
    last_used: str = ""


def update_usage(store: Store, ledger: Ledger) -> None:
    """Measure again and keep the result; the caller holds the worker's lock.

    Raises:
        OSError: the private state cannot be written.
    """
    deeds, found = _measured(store, ledger)
    if not ensure_private(store.project.state):
        return
    document = {
        "version": _VERSION,
        "pages": {page: usage._asdict() for page, usage in page_usage(found).items()},
        "weights": weights(found),
        "sessions": {session: own._asdict() for session, own in deeds.items()},
    }
    path = _path(store.project)
    with open(f"{path}.tmp", "w", encoding="utf-8", errors="replace") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
    os.replace(f"{path}.tmp", path)


def usage_weights(project: Project) -> dict[str, float]:
    """Return how useful pages proved to be, from 0 to 1, as measured last; never raises.

    A page that is missing is worth `NEUTRAL`. The weight tells how many of the sessions that were offered the
    page used it, drawn towards `NEUTRAL` while they are few. A session counts half as much as one 30 days
    later; the newest session counts whole, however old it is.
    """
    kept = _kept(project).get("weights")
    if isinstance(kept, dict) and all(isinstance(weight, float) for weight in kept.values()):
        return kept
    return weights(measure(Store(project)))


def measure(store: Store) -> list[Outcome]:
    """Return what became of the offers of every session, as it is known now; nothing is written."""
    return _measured(store, Ledger(store.project))[1]


def page_usage(found: Sequence[Outcome]) -> dict[str, PageUsage]:
    """Return the counts of every page that was offered or opened, in the order of slugs."""
    pages: dict[str, PageUsage] = {}
    for outcome in found:
        if not outcome.is_measured:
            continue
        for page in {*outcome.offered, *outcome.opened}:
            before = pages.get(page, PageUsage())
            is_offered = page in outcome.offered
            times = (outcome.opened.get(page), outcome.quoted.get(page), outcome.edited.get(page))
            pages[page] = PageUsage(
                before.offered + is_offered,
                before.used + (is_offered and outcome.was_used(page)),
                before.opened + (page in outcome.opened),
                before.quoted + (page in outcome.quoted),
                before.edited_files + (page in outcome.edited),
                max(before.last_used, *(time or "" for time in times)),
            )
    return dict(sorted(pages.items()))


def weights(found: Sequence[Outcome]) -> dict[str, float]:
    """Return the weight of every page that was offered or opened, in the order of slugs."""
    newest = max((outcome.at for outcome in found), default=0.0)
    trials: dict[str, float] = {}
    credit: dict[str, float] = {}
    for outcome in found:
        if not outcome.is_measured:
            continue
        share = 0.5 ** ((newest - outcome.at) / _HALF_LIFE)
        for page in sorted({*outcome.offered, *outcome.opened}):
            trials[page] = trials.get(page, 0.0) + share
            credit[page] = credit.get(page, 0.0) + share * _credit(outcome, page)
    return {page: _weight(trials[page], credit[page]) for page in sorted(trials)}


def _credit(outcome: Outcome, page: str) -> float:
    if page in outcome.opened or page in outcome.quoted:
        return 1.0
    return _EDITED_CREDIT if page in outcome.edited else 0.0


def _weight(trials: float, credit: float) -> float:
    """Return the smoothed rate set against the rate expected of any page: 0.5 when they are equal."""
    rate = (credit + _PRIOR_RATE * _PRIOR_TRIALS) / (trials + _PRIOR_TRIALS)
    return round(rate / (rate + _PRIOR_RATE), 4)


def _measured(store: Store, ledger: Ledger) -> tuple[dict[str, Deeds], list[Outcome]]:
    known = _kept(store.project).get("sessions")
    deeds = deeds_of(store.project, ledger, known if isinstance(known, dict) else {})
    return deeds, outcomes(store, ledger, read_offers(store.project), deeds)


def _kept(project: Project) -> dict[str, Any]:
    """Return what `update_usage` kept, {} when there is nothing of this version."""
    raw = read_regular(_path(project), _MAX_BYTES) if is_private(project.state) else None
    try:
        document = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return {}
    is_ours = isinstance(document, dict) and document.get("version") == _VERSION
    return document if is_ours else {}


def _path(project: Project) -> str:
    return os.path.join(project.state, USAGE)
