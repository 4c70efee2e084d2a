"""Candidates for the context as lines: pinned rules, pages, failures, counts, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki.context.relevance import EXCLUDED
from omx_wiki.hook.dates import epoch_of
from omx_wiki.hook.item import (
    CATEGORIES,
    FAILURES,
    LINT,
    LOW,
    PINNED,
    RELEVANT,
    STALE,
    Item,
    clean,
    page_text,
    rule_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from omx_wiki.context.catalog import Card
    from omx_wiki.context.relevance import Ranked
    from omx_wiki.journal.recurring import RecurringFailure
    from omx_wiki.journal.session_rows import SessionRow

MOST_PAGES = 60
_MOST_FAILURES = 5
_MOST_CATEGORIES = 8
_NAMED = 3
_FAILURE_DAYS = 30
_DAY = 86400


def pinned_items(cards: Sequence[Card], pins: Sequence[str], stale: Mapping[str, str]) -> Iterator[Item]:
    """Yield the rule of each pinned page: those of the settings in their order, then by name."""
    order = {slug: place for place, slug in enumerate(pins)}
    chosen = [card for card in cards if card.pinned or card.slug in order]
    for card in sorted(chosen, key=lambda card: (order.get(card.slug, len(order)), card.slug)):
        item = _page_item(PINNED, rule_text(card.slug, card.title, card.summary), card, stale)
        item.why = ("pinned in the settings" if card.slug in order else "pinned: true",)
        yield item


def page_items(ranked: Sequence[Ranked], stale: Mapping[str, str]) -> Iterator[Item]:
    """Yield the best pages."""
    for card, score, why in ranked[:MOST_PAGES]:
        text = page_text(card.slug, card.title, card.summary, card.tags)
        item = _page_item(RELEVANT, text, card, stale)
        item.words = card.words
        item.why = (*why, f"score {score:.2f}")
        yield item


def failure_items(failures: Sequence[RecurringFailure], rows: Sequence[SessionRow]) -> Iterator[Item]:
    """Yield what fails again and again and was not fixed."""
    pages = {row.id: row for row in rows if row.id}
    for failure in [failure for failure in failures if not failure.fixed][:_MOST_FAILURES]:
        row = pages.get(failure.last_session)
        seen = epoch_of(failure.last_seen) or 0.0
        command = f" in `{clean(failure.command, 80)}`" if failure.command else ""
        place = f", last in {row.slug}" if row else ""
        told = f"- {clean(failure.family, 20)}: {clean(failure.error, 160)}"
        text = f"{told}{command} ({failure.count} times{place})"
        item = Item(FAILURES, text, row.slug if row else "", row.path if row else "", seen)
        item.expires = seen + _FAILURE_DAYS * _DAY if seen else 0
        item.why = (f"failed {failure.count} times",)
        yield item


def category_items(cards: Sequence[Card]) -> Iterator[Item]:
    """Yield one line that counts the pages of each category."""
    counts: dict[str, int] = {}
    for card in cards:
        counts[card.category] = counts.get(card.category, 0) + 1
    counts.pop(EXCLUDED, None)
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{clean(name, 30)} {count}" for name, count in most[:_MOST_CATEGORIES]]
    if len(most) > _MOST_CATEGORIES:
        named.append(f"{len(most) - _MOST_CATEGORIES} others")
    if named:
        item = Item(CATEGORIES, f"Pages by category: {', '.join(named)}")
        item.why = ("always told",)
        yield item


def lint_items(cards: Sequence[Card], stale: Mapping[str, str]) -> Iterator[Item]:
    """Yield one line that warns of pages which name files that changed since."""
    slugs = sorted(card.slug for card in cards if card.slug in stale)
    if not slugs:
        return
    more = f" and {len(slugs) - _NAMED} more" if len(slugs) > _NAMED else ""
    names = ", ".join(clean(slug, 60) for slug in slugs[:_NAMED])
    cites = "1 page cites" if len(slugs) == 1 else f"{len(slugs)} pages cite"
    item = Item(LINT, f"Check before you rely on them: {cites} files changed since: {names}{more}")
    item.why = tuple(f"{slug} cites {stale[slug]}" for slug in slugs[:_NAMED])
    yield item


def _page_item(section: str, text: str, card: Card, stale: Mapping[str, str]) -> Item:
    item = Item(section, text, card.slug, card.path, card.updated)
    marks = [STALE] if card.slug in stale else []
    marks += [LOW] if card.confidence.lower() == "low" else []
    item.mark = ", ".join(marks)
    return item
