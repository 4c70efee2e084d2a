"""`wiki query`: find pages."""

from __future__ import annotations

import click

from omx_wiki_cli.entry import is_excluded_word
from omx_wiki_cli.location import existing_wiki

_HIDDEN = "\0"


class _QueryCommand(click.Command):
    """Reads `-word` as a word, letters of which click would take for options: `-notes` for `-n otes`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments with excluded words hidden."""
        hidden = [_HIDDEN + each if is_excluded_word(each) else each for each in args]
        rest = super().parse_args(ctx, hidden)
        ctx.params.update({name: _shown(value) for name, value in ctx.params.items()})
        return rest


def _shown(value: object) -> object:
    if isinstance(value, str):
        return value.removeprefix(_HIDDEN)
    return tuple(map(_shown, value)) if isinstance(value, tuple) else value


@click.command("query", cls=_QueryCommand, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@click.option(
    "-n", "limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Hits to show."
)
@click.option("--tag", "tags", multiple=True, metavar="T", help="Only pages with this tag; repeat for more.")
@click.option("--category", default="", metavar="C", help="Only pages of this category.")
@click.option("--since", default="", metavar="DATE", help="Only pages changed since this date (2026-01-31).")
@click.option("--sessions", is_flag=True, help="Search session pages too.")
@click.option("--like", default="", metavar="PAGE", help="Find pages that are about what this page is about.")
@click.option("--explain", is_flag=True, help="Tell what each hit's score is made of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def query_command(words: tuple[str, ...], *, as_json: bool, **options: object) -> None:
    """Find pages by words in their title, tags, headings and text.

    '"A whole phrase"' stands in double quotes (quote them for the shell). word* matches what begins so,
    -word leaves pages with it out. tag:x, category:x, page:x and updated:>2026-01 narrow the answer.
    """
    from omx_wiki.search.query import Query
    from omx_wiki_cli.answers import print_answer

    if not words and not options["like"]:
        raise click.UsageError("Missing argument 'WORDS...'.")
    query = Query(" ".join(words), **options)  # type: ignore[arg-type]  # click checked the types
    raise click.exceptions.Exit(print_answer(existing_wiki(), query, as_json=as_json))
