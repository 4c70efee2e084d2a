"""`wiki setup` and `wiki uninstall`: into Codex and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from omx_wiki.hosts.edit import diff, private_problem
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup, plan_uninstall
from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Plan

_dry_run_option = click.option("--dry-run", is_flag=True, help="Show a diff of every change and make none.")


@click.command("setup")
@click.option(
    "--scope",
    type=click.Choice(["user", "project"]),
    default="user",
    show_default=True,
    help="Add the hook for all your repositories, or in this repository's .codex folder.",
)
@click.option("--trust", is_flag=True, help="Write the record that makes Codex run the hook.")
@click.option("--agents-md", is_flag=True, help="Tell of the wiki in AGENTS.md, for agents without hooks.")
@_dry_run_option
def setup_command(scope: Literal["user", "project"], *, trust: bool, agents_md: bool, dry_run: bool) -> None:
    """Create the wiki here and let Codex start with it.

    A repository without a wiki is left alone by the hook. Run it again at any time: what is right stays.
    """
    project = chosen_project()
    _carry_out(plan_setup(project, SetupOptions(scope, trust, agents_md)), dry_run=dry_run)
    if not dry_run:
        from omx_wiki.pending import request

        request(project)


@click.command("uninstall")
@_dry_run_option
def uninstall_command(*, dry_run: bool) -> None:
    """Take the hook, its trust record, the launcher, the ignore rule and the text in AGENTS.md out again.

    Every file of yours gets back each byte. Pages stay.
    """
    _carry_out(plan_uninstall(chosen_project()), dry_run=dry_run)


def _carry_out(plan: Plan, *, dry_run: bool) -> None:
    if dry_run:
        for edit in plan.edits:
            if edit.is_change and not edit.is_private:
                click.echo(render.plain(diff(edit)), nl=False)
        for folder in plan.new_folders:
            click.echo(f"new folder: {render.plain(folder)}")
        if problem := private_problem():
            render.say(problem)
    else:
        bookkeeping = {edit.path for edit in plan.edits if edit.is_private}
        for path in apply(plan):
            if path not in bookkeeping:
                click.echo(f"changed {render.plain(path)}")
    if not plan.is_change:
        render.say("nothing to change")
    for message in plan.messages:
        render.say(message)
