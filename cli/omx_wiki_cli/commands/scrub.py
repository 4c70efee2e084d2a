"""`wiki scrub`: take secrets out of pages, or out of a stream of text."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import existing_wiki


@click.command("scrub")
@click.argument("stream", required=False, type=click.Choice(["-"]), metavar="[-]")
@click.option("--dry-run", is_flag=True, help="Say what would be taken out and change nothing.")
def scrub_command(stream: str | None, *, dry_run: bool) -> None:
    """Take secrets out of all pages, or with - out of standard input.

    Each is replaced by [redacted:KIND]. Kept versions are cleaned too, and the search index is made anew, so
    there is no undo.
    """
    if stream == "-":
        _filter()
    else:
        _scrub_pages(dry_run=dry_run)


def _filter() -> None:
    from omx_wiki.journal.scrub import scrub_page

    cleaned, _counts = scrub_page(sys.stdin.buffer.read())
    sys.stdout.buffer.write(cleaned)
    sys.stdout.buffer.flush()


def _scrub_pages(*, dry_run: bool) -> None:
    from omx_wiki.journal.scrub import scrub_events, scrub_history, scrub_store
    from omx_wiki.pages.store import Store
    from omx_wiki.pending import request
    from omx_wiki.search.index import discard_index

    project = existing_wiki()
    store = Store(project)
    slugs = {Path(found.path): slug for slug, found in store.scan().items() if found.kind != "shared"}

    def write(path: Path, data: bytes) -> None:
        store.put(slugs[path], data, keep=False)

    findings = list(scrub_store(sorted(slugs), None if dry_run else write))
    if not dry_run:
        scrub_history(project)
        scrub_events(project)
    for finding in findings:
        click.echo(f"{render.plain(str(finding.path))}:{finding.line}: {finding.kind}")
    done = "would be taken out" if dry_run else "taken out"
    render.say(f"{len(findings)} secret{'' if len(findings) == 1 else 's'} {done}")
    if findings and not dry_run:
        discard_index(project)
        request(project)
