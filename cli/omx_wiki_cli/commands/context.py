"""`wiki context` and `wiki status`: what the next session is told, and what is pending."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click

from omx_wiki.hook.item import count_bytes
from omx_wiki_cli import render
from omx_wiki_cli.location import existing_wiki

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omx_wiki.hook.start_context import Told

_BYTES_PER_TOKEN = 4


_SOURCES = ("startup", "clear", "compact", "resume", "fork")
_SHOWN = 100


@click.command("context")
@click.option("--source", type=click.Choice(_SOURCES), default="startup", help="Why the session begins.")
@click.option("--branch", metavar="B", help="For a session on this branch; by default the current one.")
@click.option(
    "--session", default="", metavar="ID", help="For this session, which may have been told before."
)
@click.option("--explain", is_flag=True, help="Why each line is in, and what was left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def context_command(*, source: str, branch: str | None, session: str, explain: bool, as_json: bool) -> None:
    """Print what the next session is told at its start.

    After a compaction (`--source compact`) that is a short reminder, on resume and fork little or nothing.
    """
    from omx_wiki.context.prepare import current_context
    from omx_wiki.hook.branch import current_branch
    from omx_wiki.hook.start_context import Session, start_context
    from omx_wiki.hook.switches import switches
    from omx_wiki.hosts.launcher import wiki_command
    from omx_wiki.pages.store import Store

    project = existing_wiki()
    branch = current_branch(project.checkout) if branch is None else branch
    active = switches(project)
    if not active.context:
        render.say("the settings have the context turned off: sessions are told nothing")
    context = current_context(Store(project), branch, active)
    told = start_context(project, context, Session(session, source, branch), wiki_command(), time.time())
    if as_json:
        render.print_json(_document(told, branch))
    elif explain:
        _explain(told)
    elif told.text:
        render.print_line(told.text)
    else:
        render.say("a session is told nothing: there are no pages, or it was told all before")


def _document(told: Told, branch: str) -> dict[str, Any]:
    size = count_bytes(told.text)
    items = [
        {
            "section": choice.item.section,
            "page": choice.item.page,
            "why": list(choice.item.why),
            "bytes": count_bytes(choice.line),
            "included": bool(choice.line),
            "left_out": choice.reason,
        }
        for choice in told.choices
    ]
    tokens = -(-size // _BYTES_PER_TOKEN)
    return {"context": told.text, "bytes": size, "tokens": tokens, "branch": branch, "items": items}


def _explain(told: Told) -> None:
    """Print every line with its bytes and its reasons, then what is left out and why."""
    size = count_bytes(told.text)
    included = [choice for choice in told.choices if choice.line]
    items = sum(count_bytes(choice.line) + 1 for choice in included)
    render.print_line(f"{size} bytes, about {-(-size // _BYTES_PER_TOKEN)} tokens; {items} bytes are items\n")
    for choice in included:
        item = choice.item
        line = f"{count_bytes(choice.line):5}  {item.section:<10}  {choice.line}"
        render.print_line(render.plain(line))
        render.print_line(render.plain(f"{'':19}why: {', '.join(item.why)}"))
    left = [choice for choice in told.choices if not choice.line]
    if left:
        render.print_line("\nleft out:")
    for choice in left:
        line = f"{choice.item.section:<10}  {choice.item.text[:_SHOWN]}"
        render.print_line(render.plain(f"       {line}"))
        render.print_line(render.plain(f"{'':19}{choice.reason}; {', '.join(choice.item.why)}"))


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status_command(*, as_json: bool) -> None:
    """Tell what the wiki holds, which hooks feed it, and whether background work is waiting."""
    from omx_wiki.hosts.installed import installed_events, missing_events, other_hosts
    from omx_wiki.pages.store import Store
    from omx_wiki.pending import pending_work
    from omx_wiki.search.index_state import behind

    project = existing_wiki()
    store = Store(project)
    kinds = [stat.kind for stat in store.scan().values()]
    index = behind(store, project)
    hooks = {**installed_events(project), **other_hosts(project)}
    document = {
        "project": project.root,
        "store": project.store,
        "pages": len(kinds) - kinds.count("session"),
        "sessions": kinds.count("session"),
        "pending": pending_work(project),
        "index": {"pages": index.pages, "behind": index.behind},
        "hooks": hooks,
    }
    if as_json:
        render.print_json(document)
        return
    click.echo(f"project   {render.plain(project.root)}")
    click.echo(f"store     {render.plain(os.path.relpath(project.store, project.root))}")
    click.echo(f"pages     {document['pages']} and {document['sessions']} sessions")
    click.echo(f"index     {index.pages} pages, {index.behind} changed since")
    click.echo(f"hooks     {_hooks_line(hooks, missing_events(project))}")
    click.echo(f"pending   {'background work is waiting' if document['pending'] else 'nothing'}")


def _hooks_line(installed: Mapping[str, Sequence[str]], missing: Sequence[str]) -> str:
    """Return which hooks call us, and what to do about those that should and do not."""
    told = [f"{', '.join(events)} ({scope})" for scope, events in installed.items() if events]
    if not told:
        return "none; wiki setup adds them"
    is_in_codex = installed["user"] or installed["project"]
    is_behind = bool(missing) and bool(is_in_codex)
    return "; ".join(told) + (f"; wiki setup adds {', '.join(missing)}" if is_behind else "")
