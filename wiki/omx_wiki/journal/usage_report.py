"""The use of the wiki in numbers: what start-up contexts cost, and what came of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.moments import parse_moment
from omx_wiki.journal.usage import PageUsage, measure, page_usage
from omx_wiki.pages.scan import SESSIONS

if TYPE_CHECKING:
    from omx_wiki.journal.outcomes import Outcome
    from omx_wiki.pages.store import Store

_BYTES_PER_TOKEN = 4
_MOST_PAGES = 10
_OFTEN = 3


class UsageReport(NamedTuple):
    """The use of the wiki over a time.

    Attributes:
        sessions: sessions that were given a context.
        measured: those of them whose transcript was read and in which something happened; all that follows up
            to `searches_used` counts these only.
        offers: how many pages they were offered, counted per session.
        pages_offered: how many different pages that were.
        used: how many of the offers were used in any way.
        opened: how many of them were opened.
        quoted: how many of them were named in a prompt or an answer.
        edited_files: of how many of them a cited file was edited.
        searches: searches of the wiki in all sessions, those without a context too.
        searches_used: those of them after which a page was opened.
        tokens: what all contexts took, at four bytes per token.
        top: the pages used most, best first.
        never_used: pages offered three times and more but never used, the most offered first.
        never_offered: how many pages, sessions left out, were never offered.
    """

    sessions: int
    measured: int
    offers: int
    pages_offered: int
    used: int
    opened: int
    quoted: int
    edited_files: int
    searches: int
    searches_used: int
    tokens: int
    top: tuple[tuple[str, PageUsage], ...]
    never_used: tuple[tuple[str, PageUsage], ...]
    never_offered: int

    @property
    def is_empty(self) -> bool:
        """Whether no session was given a context, opened a page or searched."""
        return not (self.sessions or self.searches or self.top)

    @property
    def hit_rate(self) -> float | None:
        """The share of offers that were used, None without any offer."""
        return round(self.used / self.offers, 4) if self.offers else None

    @property
    def tokens_per_used(self) -> int | None:
        """The tokens of all contexts per page used, None when none was."""
        return round(self.tokens / self.used) if self.used else None

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        pages = {
            name: [{"page": page} | usage._asdict() for page, usage in getattr(self, name)]
            for name in ("top", "never_used")
        }
        return self._asdict() | pages | {"hit_rate": self.hit_rate, "tokens_per_used": self.tokens_per_used}


def usage_report(store: Store, since: str = "", now: datetime | None = None) -> UsageReport:
    """Return the use of the wiki by sessions that began after a moment (see `parse_moment`), or by all.

    Raises:
        InvalidInputError: the date has no meaning.
    """
    start = parse_moment(since, now or datetime.now(UTC)).timestamp() if since else 0.0
    found = [outcome for outcome in measure(store) if outcome.at >= start]
    given = [outcome for outcome in found if outcome.offered]
    measured = [outcome for outcome in given if outcome.is_measured]
    there = store.scan()
    usage = {page: counts for page, counts in page_usage(found).items() if page in there}
    offered = {page for outcome in given for page in outcome.offered}
    return UsageReport(
        sessions=len(given),
        measured=len(measured),
        offers=sum(len(outcome.offered) for outcome in measured),
        pages_offered=len({page for outcome in measured for page in outcome.offered}),
        used=sum(len(outcome.used) for outcome in measured),
        opened=_count(measured, "opened"),
        quoted=_count(measured, "quoted"),
        edited_files=_count(measured, "edited"),
        searches=sum(outcome.searches for outcome in found),
        searches_used=sum(outcome.answered for outcome in found),
        tokens=sum(outcome.bytes for outcome in given) // _BYTES_PER_TOKEN,
        top=_top(usage),
        never_used=_never_used(usage),
        never_offered=sum(1 for page in there if page not in offered and not page.startswith(f"{SESSIONS}/")),
    )


def _count(measured: list[Outcome], how: str) -> int:
    return sum(page in getattr(outcome, how) for outcome in measured for page in outcome.offered)


def _top(usage: dict[str, PageUsage]) -> tuple[tuple[str, PageUsage], ...]:
    used = [(page, counts) for page, counts in usage.items() if counts.last_used or counts.used]
    used.sort(key=lambda row: (-max(row[1].used, row[1].opened), -row[1].opened, row[1].offered, row[0]))
    return tuple(used[:_MOST_PAGES])


def _never_used(usage: dict[str, PageUsage]) -> tuple[tuple[str, PageUsage], ...]:
    unused = [
        (page, counts)
        for page, counts in usage.items()
        if counts.offered >= _OFTEN and not counts.used and not counts.opened
    ]
    return tuple(sorted(unused, key=lambda row: (-row[1].offered, row[0])))
