"""`wiki query`: find pages."""

from __future__ import annotations

import click

from omx_wiki_cli.location import existing_wiki


@click.command("query")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "-n", "limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Hits to show."
)
@click.option("--tag", "tags", multiple=True, metavar="T", help="Only pages with this tag; repeat for more.")
@click.option("--category", default="", metavar="C", help="Only pages of this category.")
@click.option("--since", default="", metavar="DATE", help="Only pages changed since this date (2026-01-31).")
@click.option("--sessions", is_flag=True, help="Search session pages too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def query_command(words: tuple[str, ...], *, as_json: bool, **options: object) -> None:
    """Find pages by words in their title, tags, headings and text.

    Quote a "whole phrase", end a word with * to match its continuations, put - before a word (after --) to
    leave pages with it out.
    """
    from omx_wiki.search.query import Query
    from omx_wiki_cli.answers import print_answer

    query = Query(" ".join(words), **options)  # type: ignore[arg-type]  # click checked the types
    raise click.exceptions.Exit(print_answer(existing_wiki(), query, as_json=as_json))
