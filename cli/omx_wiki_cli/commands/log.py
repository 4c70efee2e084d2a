"""`wiki log`: list, show, annotate and tidy the sessions of a project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import journalled_wiki
from omx_wiki_cli.secrets import without_secrets

if TYPE_CHECKING:
    from omx_wiki.pages.store import Store

_MOST_NOTE_BYTES = 64 * 1024
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("log", invoke_without_command=True)
@click.option("--since", default="", metavar="DATE", help="2026-01-31, today, yesterday, 36h, 3d or 2w.")
@click.option("--until", default="", metavar="DATE", help="As --since; a whole day counts to its end.")
@click.option("--branch", default="", metavar="B", help="Only this branch; feature/* is understood.")
@click.option("--file", default="", metavar="PATH", help="Only sessions that changed this file or folder.")
@click.option("--failed", is_flag=True, help="Only sessions with failed commands, and what fails repeatedly.")
@click.option("--grep", default="", metavar="TEXT", help="Only sessions whose page holds this text.")
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(0), help="0 shows all.")
@_json_option
@click.pass_context
def log_command(ctx: click.Context, /, *, as_json: bool, limit: int, failed: bool, **texts: str) -> None:
    """List the sessions of the project, the newest first.

    A session is named by `last`, by its id, or by the beginning or end of its id or page name.
    """
    if ctx.invoked_subcommand is not None:
        if as_json or failed or any(texts.values()):
            raise click.UsageError(f"write the options behind `{ctx.invoked_subcommand}`", ctx)
        return
    from omx_wiki.journal.paths import from_root
    from omx_wiki.journal.recurring import recurring_failures
    from omx_wiki.journal.sessions import Filter, list_sessions
    from omx_wiki.pages.store import Store
    from omx_wiki_cli import session_lines

    project = journalled_wiki()
    if texts["file"]:
        folder = ctx.find_root().obj
        texts["file"] = from_root(texts["file"], folder, project.checkout)
    rows = list_sessions(Store(project), Filter(limit=limit, failed=failed, **texts))
    recurring = recurring_failures(project) if failed else []
    if as_json:
        again = {"recurring": [failure.as_json() for failure in recurring]} if failed else {}
        render.print_json({"sessions": [row.as_json() for row in rows], **again})
    else:
        session_lines.print_sessions(rows)
        session_lines.print_recurring(recurring)
    if not rows and not recurring:
        if not as_json:
            render.say("no sessions" if failed or any(texts.values()) else "no sessions yet")
        raise click.exceptions.Exit(1)


@log_command.command("show")
@click.argument("session")
@click.option("--raw", is_flag=True, help="Print the file as it is.")
@_json_option
def show_command(session: str, *, raw: bool, as_json: bool) -> None:
    """Print the page of a session; with --json all that is known of the session."""
    from omx_wiki.journal.ledger import load_facts
    from omx_wiki.journal.refind import facts_again
    from omx_wiki.journal.session_document import facts_document, page_facts
    from omx_wiki.journal.session_rows import row_of
    from omx_wiki.journal.sessions import resolve_session
    from omx_wiki.pages.store import Store
    from omx_wiki_cli import session_lines

    store = Store(journalled_wiki())
    page = store.read(resolve_session(store, session))
    for problem in page.problems:
        render.say(f"{page.slug}: {problem}")
    row = row_of(page.meta, page.body, str(page.path), page.slug)
    if as_json:
        facts = load_facts(store.project, row.id) or facts_again(store.project, row.id)
        document = facts_document(facts or page_facts(page)) | {"title": page.title}
        source = "page" if facts is None else "transcript"
        render.print_json(document | {"source": source, "page": page.slug, "path": str(page.path)})
    elif raw:
        click.echo(page.path.read_bytes(), nl=False)
    else:
        session_lines.print_session(page, session_lines.facts_line(row, str(page.path)))


@log_command.command("note")
@click.argument("session")
@click.argument("text", nargs=-1)
def note_command(session: str, text: tuple[str, ...]) -> None:
    """Add a dated line to the notes of a session; they survive when its page is written anew.

    Without TEXT, or with -, it is read from standard input, on a terminal from an editor.
    """
    from omx_wiki.journal.session_edits import add_note
    from omx_wiki.journal.sessions import resolve_session
    from omx_wiki.pages.store import Store

    store = Store(journalled_wiki())
    slug = resolve_session(store, session)
    (note,) = without_secrets([_note_text(text)])
    add_note(store, slug, note)
    _after_change(store)
    click.echo(f"noted in {slug}")


def _note_text(words: tuple[str, ...]) -> str:
    if words not in ((), ("-",)):
        return " ".join(words)
    if not words and sys.stdin.isatty():
        return click.edit() or ""
    return sys.stdin.buffer.read(_MOST_NOTE_BYTES).decode("utf-8", "replace")


@log_command.command("rename")
@click.argument("session")
@click.argument("title", nargs=-1, required=True)
def rename_command(session: str, title: tuple[str, ...]) -> None:
    """Give a session a title of your own, which stays when its page is written anew."""
    from omx_wiki.journal.session_edits import rename_session
    from omx_wiki.journal.sessions import resolve_session
    from omx_wiki.pages.store import Store

    store = Store(journalled_wiki())
    slug = resolve_session(store, session)
    rename_session(store, slug, without_secrets([" ".join(title)])[0])
    _after_change(store)
    click.echo(f"renamed {slug}")


@log_command.command("tag")
@click.argument("session")
@click.argument("tags", nargs=-1, required=True, metavar="TAG...")
@click.option("--remove", is_flag=True, help="Take the tags away instead.")
def tag_command(session: str, tags: tuple[str, ...], *, remove: bool) -> None:
    """Tag a session."""
    from omx_wiki.journal.session_edits import tag_session
    from omx_wiki.journal.sessions import resolve_session
    from omx_wiki.pages.store import Store

    store = Store(journalled_wiki())
    slug = resolve_session(store, session)
    tags = tuple(without_secrets(list(tags)))
    changed = tag_session(store, slug, () if remove else tags, tags if remove else ())
    if changed:
        _after_change(store)
    click.echo(f"{'tagged' if changed else 'nothing new for'} {slug}: {', '.join(store.read(slug).tags)}")


@log_command.command("promote")
@click.argument("session")
@click.option("--section", type=click.Choice(["decided", "open"]), default="decided", show_default=True)
@click.option("--to", default="", metavar="PAGE", help="Add a section to this page, or start it.")
@click.option("--line", "numbers", multiple=True, type=int, metavar="N", help="Only this line; repeat it.")
@_json_option
def promote_command(session: str, *, section: str, to: str, numbers: tuple[int, ...], as_json: bool) -> None:
    """Put what a session decided or left open into a page, with links both ways.

    Only lines that a person or the agent said are taken over, never the output of a tool.
    """
    from omx_wiki.journal.promote import promote
    from omx_wiki.journal.sessions import resolve_session
    from omx_wiki.pages.store import Store

    store = Store(journalled_wiki())
    (to,) = without_secrets([to])
    done = promote(store, resolve_session(store, session), section, to=to, numbers=numbers)
    added = done.page
    _after_change(store)
    if as_json:
        row = {"page": added.slug, "path": added.path, "created": added.created, "updated": added.updated}
        render.print_json(row | {"lines": list(done.lines)})
    else:
        word = "created" if added.created else "added a section to" if added.updated else "nothing new for"
        click.echo(f"{word} {added.slug} ({added.path})")
        for line in done.lines:
            click.echo(render.plain(f"  {line}"))
    for note in added.notes:
        render.say(note)


@log_command.command("prune")
@click.option("--before", required=True, metavar="DATE", help="Those that ended before: 2026-01-31, 90d.")
@click.option("--dry-run", is_flag=True, help="List them and remove nothing.")
@_json_option
def prune_command(before: str, *, dry_run: bool, as_json: bool) -> None:
    """Remove the pages of old sessions; `wiki undo PAGE` brings one back."""
    from omx_wiki.journal.prune import prune_sessions, sessions_before
    from omx_wiki.pages.store import Store
    from omx_wiki_cli import session_lines

    store = Store(journalled_wiki())
    rows = (sessions_before if dry_run else prune_sessions)(store, before)
    if as_json:
        render.print_json({"removed": not dry_run, "sessions": [row.as_json() for row in rows]})
    else:
        session_lines.print_sessions(rows)
    if not rows:
        render.say(f"no session ended before {before}")
        raise click.exceptions.Exit(1)
    count = f"{len(rows)} session{'' if len(rows) == 1 else 's'}"
    if dry_run:
        render.say(f"would remove {count}")
        return
    _after_change(store)
    render.say(f"removed {count}; `wiki undo {rows[-1].slug}` brings one back")


def _after_change(store: Store) -> None:
    from omx_wiki.pending import request

    request(store.project)
