"""`wiki context` and `wiki status`: what the next session is told, and what is pending."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import existing_wiki

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@click.command("context")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def context_command(*, as_json: bool) -> None:
    """Print the summary that the next session starts with."""
    from omx_wiki.hook.brief import compose
    from omx_wiki.hook.prepared import summary
    from omx_wiki.hosts.launcher import wiki_command

    project = existing_wiki()
    found = summary(project)
    text = compose(project.name, found.total, wiki_command(), found.lines, time.time())
    if as_json:
        size = len(text.encode("utf-8", "replace"))
        render.print_json(
            {"context": text, "bytes": size, "pages": found.total, "prepared": found.is_current}
        )
    elif text:
        click.echo(text)
    else:
        render.say("no pages yet: a session starts without a summary")


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status_command(*, as_json: bool) -> None:
    """Tell what the wiki holds, which hooks feed it, and whether background work is waiting."""
    from omx_wiki.hosts.installed import installed_events, missing_events
    from omx_wiki.pages.store import Store
    from omx_wiki.pending import pending_work
    from omx_wiki.search.index_state import behind

    project = existing_wiki()
    store = Store(project)
    kinds = [stat.kind for stat in store.scan().values()]
    index = behind(store, project)
    document = {
        "project": project.root,
        "store": project.store,
        "pages": len(kinds) - kinds.count("session"),
        "sessions": kinds.count("session"),
        "pending": pending_work(project),
        "index": {"pages": index.pages, "behind": index.behind},
        "hooks": installed_events(project),
    }
    if as_json:
        render.print_json(document)
        return
    click.echo(f"project   {render.plain(project.root)}")
    click.echo(f"store     {render.plain(os.path.relpath(project.store, project.root))}")
    click.echo(f"pages     {document['pages']} and {document['sessions']} sessions")
    click.echo(f"index     {index.pages} pages, {index.behind} changed since")
    click.echo(f"hooks     {_hooks_line(installed_events(project), missing_events(project))}")
    click.echo(f"pending   {'background work is waiting' if document['pending'] else 'nothing'}")


def _hooks_line(installed: Mapping[str, Sequence[str]], missing: Sequence[str]) -> str:
    """Return which hooks call us, and what to do about those that should and do not."""
    told = [f"{', '.join(events)} ({scope})" for scope, events in installed.items() if events]
    if not told:
        return "none in Codex; wiki setup adds them"
    return "; ".join(told) + (f"; wiki setup adds {', '.join(missing)}" if missing else "")
