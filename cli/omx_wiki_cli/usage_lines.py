"""The use of the wiki as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omx_wiki_cli.render import plain, print_line

if TYPE_CHECKING:
    from omx_wiki.journal.usage import PageUsage
    from omx_wiki.journal.usage_report import UsageReport

_WIDEST = 40


def print_report(report: UsageReport) -> None:
    """Print the numbers, then the pages used most, then those never used."""
    print_line(f"sessions       {report.sessions} given a context, {report.measured} measured")
    print_line(f"pages offered  {_count(report.offers, 'time')}, {report.pages_offered} different")
    print_line(f"pages used     {_used(report)}")
    print_line(f"searches       {report.searches}, {report.searches_used} led to a page")
    print_line(f"tokens spent   {_tokens(report)}")
    print_line(f"never offered  {_count(report.never_offered, 'page')}")
    _print_pages("used most", report.top)
    _print_pages("offered, never used", report.never_used)


def _used(report: UsageReport) -> str:
    share = "" if report.hit_rate is None else f" ({report.hit_rate:.0%})"
    ways = f"{report.opened} opened, {report.quoted} quoted, {report.edited_files} with a cited file edited"
    return f"{_count(report.used, 'time')}{share}: {ways}"


def _tokens(report: UsageReport) -> str:
    per_used = report.tokens_per_used
    return f"about {report.tokens:,}" + ("" if per_used is None else f", {per_used:,} per page used")


def _print_pages(heading: str, rows: tuple[tuple[str, PageUsage], ...]) -> None:
    if not rows:
        return
    print_line(f"\n{heading}")
    width = min(max(len(page) for page, _ in rows), _WIDEST)
    for page, usage in rows:
        print_line(plain(f"  {page:<{width}}  {_history(usage)}"))


def _history(usage: PageUsage) -> str:
    parts = [
        f"offered {usage.offered}",
        f"opened {usage.opened}" if usage.opened else "",
        f"quoted {usage.quoted}" if usage.quoted else "",
        f"files edited {usage.edited_files}" if usage.edited_files else "",
        f"last {usage.last_used[:10]}" if usage.last_used else "",
    ]
    return "  ".join(filter(None, parts))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
