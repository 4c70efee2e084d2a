"""`wiki blame`: what touched a file or folder."""

from __future__ import annotations

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import journalled_wiki


@click.command("blame")
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def blame_command(ctx: click.Context, path: str, *, as_json: bool) -> None:
    """Tell which sessions changed a file or folder, what they decided, and which pages name it.

    Earlier names of a file count too, as far as git knows them. The file need not exist any more.
    """
    from omx_wiki.journal.blame import blame
    from omx_wiki.journal.paths import from_root
    from omx_wiki.pages.store import Store
    from omx_wiki_cli import session_lines

    project = journalled_wiki()
    found = blame(Store(project), from_root(path, ctx.find_root().obj, project.checkout) if path else "")
    if as_json:
        render.print_json(found.as_json())
    else:
        session_lines.print_blame(found)
    if not found.sessions and not found.pages:
        if not as_json:
            render.say(f"no session or page touched {found.path}")
        raise click.exceptions.Exit(1)
