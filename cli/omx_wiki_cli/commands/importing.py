"""`wiki import`: bring existing material in."""

from __future__ import annotations

import sys
from collections import Counter

import click

from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project, existing_wiki


@click.group("import")
def import_command() -> None:
    """Bring existing material into the wiki."""


@import_command.command("markdown")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--allow-secret", is_flag=True, help="Keep what looks like a password or a key.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_markdown_command(folder: str, *, allow_secret: bool, as_json: bool) -> None:
    """Import every Markdown file below FOLDER as a page.

    Run it again whenever you like: unchanged files are skipped, and pages edited since are kept.
    """
    from omx_wiki.journal.scrub import scrub_page
    from omx_wiki.pages.import_markdown import import_markdown
    from omx_wiki.pages.store import Store
    from omx_wiki.pending import request

    project = chosen_project()
    found: Counter[str] = Counter()

    def clean(data: bytes) -> bytes:
        cleaned, counts = scrub_page(data)
        found.update(counts)
        return cleaned

    store = Store(project)
    batch = import_markdown(store, folder) if allow_secret else import_markdown(store, folder, clean)
    talk = sys.stderr
    with click.progressbar(batch, len(batch), label="importing", file=talk, hidden=not talk.isatty()) as bar:
        done = list(bar)
    request(project)
    if found:
        render.say(f"redacted: {found.total()} (--allow-secret keeps them)")
    for item in done:
        if item.outcome == "skipped":
            render.say(f"skipped {item.path}: empty, too large, or not readable")
    counts = Counter(item.outcome for item in done)
    if as_json:
        rows = [{"page": item.slug, "source": str(item.path), "outcome": item.outcome} for item in done]
        render.print_json({"imported": rows, "counts": dict(counts)})
        return
    click.echo(
        ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no Markdown files"
    )


_any_cwd_option = click.option("--any-cwd", is_flag=True, help="Take sessions of other folders as well.")
_paths_argument = click.argument("paths", nargs=-1, type=click.Path(exists=True), metavar="[PATH...]")
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@import_command.command("codex")
@_paths_argument
@_any_cwd_option
@_json_option
def import_codex_command(paths: tuple[str, ...], *, any_cwd: bool, as_json: bool) -> None:
    """Fill the journal from existing Codex rollouts of this repository.

    PATH is a rollout or a folder of them; without any, it is the Codex home with its archived sessions. Run
    it again whenever you like: what is known is skipped. A session that went on while the journal was off is
    taken in only when PATH is its own file.
    """
    from omx_wiki.hosts.trust import codex_home
    from omx_wiki.journal.backfill import codex_transcripts

    _backfill(codex_transcripts(paths or (codex_home(),)), paths, any_cwd=any_cwd, as_json=as_json)


@import_command.command("claude")
@_paths_argument
@_any_cwd_option
@_json_option
def import_claude_command(paths: tuple[str, ...], *, any_cwd: bool, as_json: bool) -> None:
    """Fill the journal from existing Claude Code transcripts of this repository.

    PATH is a transcript or a folder of them; without any, it is Claude's folder of projects.
    """
    from omx_wiki.journal.backfill import claude_home, claude_transcripts

    _backfill(claude_transcripts(paths or (claude_home(),)), paths, any_cwd=any_cwd, as_json=as_json)


def _backfill(transcripts: list[str], named: tuple[str, ...], *, any_cwd: bool, as_json: bool) -> None:
    """Record transcripts with a progress bar and say what became of them."""
    from omx_wiki.journal.backfill import Backfill
    from omx_wiki.pages.store import Store
    from omx_wiki.pending import request

    project = existing_wiki()
    hidden = not sys.stderr.isatty()
    with (
        Backfill(Store(project), transcripts, any_cwd=any_cwd, named=named) as batch,
        click.progressbar(batch, len(batch), "importing", file=sys.stderr, hidden=hidden) as bar,
    ):
        done = list(bar)
    request(project)
    for item in done:
        if item.outcome == "skipped":
            render.say(f"skipped {item.path}: {item.reason}")
    counts = Counter(item.outcome for item in done)
    if as_json:
        rows = [{"page": item.slug, "source": item.path, "outcome": item.outcome} for item in done]
        render.print_json({"imported": rows, "counts": dict(counts)})
        return
    click.echo(
        ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no transcripts"
    )
