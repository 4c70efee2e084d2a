"""`wiki import`: bring existing material in."""

from __future__ import annotations

import sys
from collections import Counter

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project


@click.group("import")
def import_command() -> None:
    """Bring existing material into the wiki."""


@import_command.command("markdown")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_markdown_command(folder: str, *, as_json: bool) -> None:
    """Import every Markdown file below FOLDER as a page.

    Run it again whenever you like: unchanged files are skipped, and pages edited since are kept.
    """
    from omx_wiki.pages.import_markdown import import_markdown
    from omx_wiki.pages.store import Store
    from omx_wiki.worker import request

    project = chosen_project()
    batch = import_markdown(Store(project), folder)
    talk = sys.stderr
    with click.progressbar(batch, len(batch), label="importing", file=talk, hidden=not talk.isatty()) as bar:
        done = list(bar)
    request(project)
    counts = Counter(item.outcome for item in done)
    if as_json:
        rows = [{"page": item.slug, "source": str(item.path), "outcome": item.outcome} for item in done]
        render.print_json({"imported": rows, "counts": dict(counts)})
        return
    click.echo(
        ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no Markdown files"
    )
