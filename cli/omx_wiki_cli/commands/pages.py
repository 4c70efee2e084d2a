"""`wiki add`, `show`, `list`, `rm`, `history`, `undo`: the life of a page."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from omx_wiki.errors import InvalidInputError, NotFoundError
from omx_wiki.pages.draft import MAX_TEXT_BYTES, Draft
from omx_wiki.pages.store import Store
from omx_wiki.search.index_state import page_titled
from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project, existing_wiki, journalled_wiki

if TYPE_CHECKING:
    from omx_wiki.pages.changes import AddResult
    from omx_wiki.pages.page import Page
    from omx_wiki.project import Project

_CATEGORIES = "architecture, decision, pattern, debugging, environment, reference, convention"
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.command("add")
@click.argument("title")
@click.argument("text", required=False)
@click.option("--file", "-f", "file", metavar="F", help="Take the text from this file; - is standard input.")
@click.option("--tag", "-t", "tags", multiple=True, metavar="T", help="Tag the page; repeat for more.")
@click.option("--category", "-c", metavar="C", default="", help=f"One of {_CATEGORIES}, or your own.")
@click.option("--confidence", type=click.Choice(["high", "medium", "low"]), help="How sure you are.")
@click.option(
    "--source", "-s", "sources", multiple=True, metavar="S", help="Where it comes from; repeat for more."
)
@click.option("--new", "must_be_new", is_flag=True, help="Refuse when the page exists.")
@click.option("--allow-secret", is_flag=True, help="Keep what looks like a password or a key.")
@_json_option
def add_command(  # noqa: PLR0913  (one parameter per option)
    title: str,
    text: str | None,
    file: str | None,
    *,
    tags: tuple[str, ...],
    category: str,
    confidence: str | None,
    sources: tuple[str, ...],
    must_be_new: bool,
    allow_secret: bool,
    as_json: bool,
) -> None:
    """Write a page, or add a dated section to the page of that title.

    The text is the argument TEXT, a file, or standard input. Nothing is ever overwritten.
    """
    project = chosen_project()
    draft = Draft(
        title=title,
        text=_text(text, file),
        tags=tags,
        category=category,
        confidence=confidence or "",
        sources=sources,
        when=datetime.now(UTC),
    )
    if not allow_secret:
        draft = _without_secrets(draft)
    is_first = not project.is_set_up()
    known = page_titled(project, draft.title)
    added = Store(project).add(draft, new=must_be_new, known=known)
    if is_first:
        _welcome(project)
    _after_change(project)
    _print_added(added, as_json=as_json)


def _print_added(added: AddResult, *, as_json: bool) -> None:
    if as_json:
        row = {
            "page": added.slug,
            "path": str(added.path),
            "created": added.created,
            "updated": added.updated,
        }
        render.print_json(row)
    else:
        done = "created" if added.created else "added to" if added.updated else "nothing new for"
        click.echo(f"{done} {added.slug} ({added.path})")
    for note in added.notes:
        render.say(note)


def _text(text: str | None, file: str | None) -> str:
    """Return the text from the one place it was given in."""
    if text is not None and file is not None:
        raise click.UsageError("give the text as an argument or with --file, not both")
    if text is not None:
        return text
    if file is None and sys.stdin is not None and sys.stdin.isatty():
        raise click.UsageError("no text: give it as an argument, with --file F, or on standard input")
    try:
        with click.open_file(file or "-", "rb") as stream:
            raw: bytes = stream.read(MAX_TEXT_BYTES + 1)
    except OSError as problem:
        raise InvalidInputError(f"cannot read {file}: {problem.strerror}") from problem
    return raw.decode("utf-8-sig", "replace")


def _without_secrets(draft: Draft) -> Draft:
    from omx_wiki_cli.secrets import without_secrets

    title, text, *lists = without_secrets(
        [draft.title, draft.text, *draft.tags, *draft.sources], hint=" (--allow-secret keeps them)"
    )
    tags, sources = lists[: len(draft.tags)], lists[len(draft.tags) :]
    return replace(draft, title=title, text=text, tags=tuple(tags), sources=tuple(sources))


def _welcome(project: Project) -> None:
    """Tell of a new store and keep it out of `git status`."""
    from omx_wiki.hook.ignore import ensure_ignored

    render.say(f"started a wiki in {project.store}; `wiki setup` lets Codex start with it")
    ensure_ignored(project)


def _after_change(project: Project) -> None:
    from omx_wiki.pending import request

    request(project)


@click.command("show")
@click.argument("page")
@click.option("--raw", is_flag=True, help="Print the file as it is.")
@_json_option
def show_command(page: str, *, raw: bool, as_json: bool) -> None:
    """Print a page; the beginning of its name is enough when only one page starts so."""
    store = Store(existing_wiki())
    found = store.read(store.resolve(page))
    for problem in found.problems:
        render.say(f"{found.slug}: {problem}")
    if as_json:
        render.print_json(
            {
                "page": found.slug,
                "title": found.title,
                "meta": dict(found.meta),
                "body": found.body,
                "path": str(found.path),
            }
        )
    elif raw:
        click.echo(found.path.read_bytes(), nl=False)
    else:
        _print_page(found)


def _print_page(page: Page) -> None:
    """Print a page for people: typeset on a terminal, else its text."""
    facts = [page.category, ", ".join(page.tags), f"updated {page.updated[:10]}", str(page.path)]
    if render.is_coloured():
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console()
        console.print(render.plain(" · ".join(fact for fact in facts if fact)), style="dim", markup=False)
        console.print(Markdown(render.plain(page.body)))
    else:
        click.echo(render.plain(page.body.strip("\n")))
        render.say(" · ".join(fact for fact in facts if fact))


@click.command("list")
@click.option("--tag", "tags", multiple=True, metavar="T", help="Only pages with this tag; repeat for more.")
@click.option("--category", default="", metavar="C", help="Only pages of this category.")
@click.option("--sessions", is_flag=True, help="List session pages too.")
@_json_option
def list_command(tags: tuple[str, ...], category: str, *, sessions: bool, as_json: bool) -> None:
    """List the pages, the last updated first."""
    store = Store(journalled_wiki() if sessions else existing_wiki())
    pages = [
        page
        for page in store.pages()
        if (sessions or page.kind != "session")
        and set(tags) <= set(page.tags)
        and (not category or page.category == category)
    ]
    pages.sort(key=lambda page: page.slug)
    pages.sort(key=lambda page: page.updated, reverse=True)
    if as_json:
        render.print_json({"pages": [render.page_row(page) for page in pages]})
    else:
        render.print_pages(pages)
    for problem in store.scan_problems():
        render.say(problem)


@click.command("rm")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...")
def rm_command(pages: tuple[str, ...]) -> None:
    """Remove pages; `wiki undo PAGE` brings one back."""
    project = existing_wiki()
    store = Store(project)
    for slug in [store.resolve(page) for page in pages]:
        store.remove(slug)
        click.echo(f"removed {slug}")
    _after_change(project)


@click.command("history")
@click.argument("page")
def history_command(page: str) -> None:
    """List the kept versions of a page, the newest first."""
    versions = Store(existing_wiki()).history(page)
    for version in versions:
        click.echo(f"{version.when}  before {version.operation}  {version.path}")
    if not versions:
        raise NotFoundError(f"no earlier version of {page!r} is kept")


@click.command("undo")
@click.argument("page")
def undo_command(page: str) -> None:
    """Put back the version of a page from before its last change."""
    project = existing_wiki()
    click.echo(f"restored {Store(project).undo(page).slug}")
    _after_change(project)
