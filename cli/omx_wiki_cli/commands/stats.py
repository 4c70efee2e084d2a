"""`wiki stats`: what the start-up context costs and what comes of it."""

from __future__ import annotations

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import journalled_wiki


@click.command("stats")
@click.option("--since", default="", metavar="DATE", help="2026-01-31, today, yesterday, 36h, 3d or 2w.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def stats_command(since: str, *, as_json: bool) -> None:
    """Tell which pages sessions were offered at their start, and which of them they used.

    A page is used when it is opened or quoted, or when a file that it cites is edited.
    """
    from omx_wiki.journal.usage_report import usage_report
    from omx_wiki.pages.store import Store
    from omx_wiki_cli.usage_lines import print_report

    report = usage_report(Store(journalled_wiki()), since)
    if as_json:
        render.print_json(report.as_json())
    elif report.is_empty:
        render.say("no session was offered pages or used them")
    else:
        print_report(report)
    if report.is_empty:
        raise click.exceptions.Exit(1)
