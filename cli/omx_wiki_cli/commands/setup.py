"""`wiki setup` and `wiki uninstall`: into the programs that run our hook, and out again."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Literal

import click

from omx_wiki.errors import RefusedError
from omx_wiki.hosts.edit import diff, private_problem
from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.registry import HOSTS
from omx_wiki.hosts.setup import plan_setup, plan_uninstall
from omx_wiki_cli import render
from omx_wiki_cli.location import chosen_project

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Plan
    from omx_wiki.project import Project

_ALL = "all"
_dry_run_option = click.option("--dry-run", is_flag=True, help="Show a diff of every change and make none.")


@click.command("setup")
@click.option(
    "--host",
    "asked",
    type=click.Choice([*HOSTS, _ALL]),
    multiple=True,
    help="Which program to set up, instead of those found here; may be given several times.",
)
@click.option(
    "--scope",
    type=click.Choice(["user", "project"]),
    default="user",
    show_default=True,
    help="Add the hook for all your repositories, or in this repository alone.",
)
@click.option("--trust", is_flag=True, help="Write the record that makes Codex run the hook.")
@click.option("--agents-md", is_flag=True, help="Tell of the wiki in AGENTS.md, for agents without hooks.")
@_dry_run_option
def setup_command(
    asked: tuple[str, ...],
    scope: Literal["user", "project"],
    *,
    trust: bool,
    agents_md: bool,
    dry_run: bool,
) -> None:
    """Create the wiki here and let your coding agent start with it.

    A repository without a wiki is left alone by the hook. Run it again at any time: what is right stays.
    """
    project = chosen_project()
    hosts = tuple(HOSTS) if _ALL in asked else asked or _found_hosts(is_asking=not dry_run)
    options = SetupOptions(scope, trust, agents_md, hosts, skip_refused=_ALL in asked)
    _carry_out(plan_setup(project, options), dry_run=dry_run)
    if not dry_run:
        from omx_wiki.pending import request

        request(project)


@click.command("uninstall")
@click.option(
    "--host",
    "asked",
    type=click.Choice([*HOSTS]),
    multiple=True,
    help="Take the hooks out of this program alone; may be given several times.",
)
@click.option("--purge", is_flag=True, help="Delete the pages too, and what this machine derived from them.")
@_dry_run_option
def uninstall_command(asked: tuple[str, ...], *, purge: bool, dry_run: bool) -> None:
    """Take everything out again that `wiki setup` put into your files.

    Every file of yours gets back each byte. Pages stay, unless you ask with --purge to delete them. A file
    that cannot be understood is left as it is and named; the exit code is 3 then.
    """
    from omx_wiki.purge import without_worker

    project = chosen_project()
    if purge and not dry_run and sys.stdin.isatty() and sys.stdout.isatty():
        from omx_wiki.purge import count_pages

        click.confirm(f"Delete {project.store} ({count_pages(project)} pages)?", abort=True)
    with without_worker(project):
        plan = plan_uninstall(project, hosts=asked or tuple(HOSTS), keeps_pages=not purge)
        _carry_out(plan, dry_run=dry_run)
    if purge:
        _purge(project, dry_run=dry_run)
    if plan.problems:
        raise RefusedError(f"something of ours is left in {' and '.join(plan.problems)}")


@click.command("plugin")
@click.argument("folder", type=click.Path(file_okay=False))
def plugin_command(folder: str) -> None:
    """Write a Codex plugin with our hooks and skill into an empty folder, for `codex plugin`."""
    from omx_wiki.hosts.plugin import NAME, write_plugin

    for path in write_plugin(folder):
        click.echo(f"wrote {render.plain(path)}")
    render.say(f"next: codex plugin marketplace add {shlex.quote(folder)} && codex plugin add {NAME}")


def _purge(project: Project, *, dry_run: bool) -> None:
    from omx_wiki.purge import count_pages, purge

    if dry_run:
        click.echo(f"would delete {render.plain(project.store)} ({count_pages(project)} pages)")
        return
    for path in purge(project):
        click.echo(f"deleted {render.plain(path)}")


def _found_hosts(*, is_asking: bool) -> tuple[str, ...]:
    """Return the hosts to set up when none is named: Codex, and after a question what else is here.

    Where nobody can be asked the others are told of, and set up only if there is no Codex.
    """
    present = [host for host in HOSTS.values() if host.is_present()]
    if all(host.name != "codex" for host in present):
        return tuple(host.name for host in present) or ("codex",)
    chosen = ["codex"]
    for host in present:
        if host.name == "codex":
            continue
        if not (is_asking and sys.stdin.isatty() and sys.stdout.isatty()):
            render.say(f"{host.title} is here too; wiki setup --host {host.name} adds the wiki to it.")
        elif click.confirm(f"{host.title} is here too. Add the wiki to it?", default=True):
            chosen.append(host.name)
    return tuple(chosen)


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
    for message in (*plan.messages, *plan.problems.values()):
        render.say(message)
