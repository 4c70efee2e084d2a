"""Gives a project its store and its hosts our hooks, and takes everything out again: a plan for either."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import agents_md, gitignore, launcher
from omx_wiki.hosts.edit import FileEdit, is_inside, read_file, require_inside
from omx_wiki.hosts.homes import require_homes
from omx_wiki.hosts.installs import Install, recorded
from omx_wiki.hosts.plan import Plan
from omx_wiki.hosts.registry import HOSTS
from omx_wiki.hosts.removal import plan_launcher_removal, plan_record_removal
from omx_wiki.hosts.tolerance import tolerating
from omx_wiki.pages.index_page import index_text
from omx_wiki.pages.lock import LOCK_NAME
from omx_wiki.project import state_home

if TYPE_CHECKING:
    from collections.abc import Collection

    from omx_wiki.hosts.host import Host
    from omx_wiki.hosts.plan import Scope, SetupOptions
    from omx_wiki.project import Project


def plan_setup(project: Project, options: SetupOptions) -> Plan:
    """Return the plan that gives the project a store and hosts our hooks; a second time it changes nothing.

    Raises RefusedError when a file cannot be changed without losing or breaking something in it, and
    UnavailableError when a variable names no usable home.
    """
    require_homes()
    plan = Plan()
    _plan_store(project, plan)
    plan_ignore_rule(project, plan)
    for path, content in launcher.launcher_files().items():
        plan.edits.append(
            FileEdit(path, read_file(path), content, "launcher", mode=launcher.MODE, is_private=True)
        )
    for name in options.hosts:
        _plan_host(HOSTS[name], project, options, plan)
    if options.agents_md:
        _plan_agents_block(project, plan)
    plan.find_leftovers(*_own_folders())
    return plan


def plan_uninstall(
    project: Project,
    scope: Scope | None = None,
    *,
    hosts: Collection[str] = tuple(HOSTS),
    keeps_pages: bool = True,
) -> Plan:
    """Return the plan that takes our hooks, trust records, launcher and texts in the project out again.

    Hooks of the user serve all projects, so they are gone for all of them. `scope` limits the removal of
    hooks to one place; None means everywhere. While one of the other `hosts` is left, so is what all share.
    The plan never touches pages: `keeps_pages` is what to tell of them. A file of ours that cannot be
    understood or written is left as it is and named in `Plan.problems`.
    """
    require_homes()
    plan = Plan()
    for name in hosts:
        HOSTS[name].plan_removal(project, scope, plan)
    left = [host.title for name, host in HOSTS.items() if name not in hosts and host.state(project).files]
    if left:
        plan.messages.append(f"What hosts share stays for {' and '.join(left)}.")
    else:
        _plan_rule_removal(project, plan)
        _plan_agents_block_removal(project, plan)
        _plan_empty_store(project, plan)
        plan_launcher_removal(plan)
    plan_record_removal(plan)
    plan.find_leftovers(project.root, *_own_folders())
    if keeps_pages:
        plan.messages += [f"Kept: {place}" for place in _kept(project)]
    return plan


def _plan_host(host: Host, project: Project, options: SetupOptions, plan: Plan) -> None:
    """Plan one host; with `options.skip_refused` one that cannot be set up leaves the plan as it was."""
    edits, messages = list(plan.edits), list(plan.messages)
    try:
        host.plan_setup(project, options, plan)
    except RefusedError as error:
        if not options.skip_refused:
            raise
        plan.edits, plan.messages = edits, [*messages, f"{host.title} is left out: {error}."]


def _kept(project: Project) -> list[str]:
    """Return what an uninstallation leaves behind, one line each."""
    kept = []
    if any(not name.startswith(".") and name != "index.md" for name in _names(project.store)):
        kept.append(f"the pages in {project.store} (wiki uninstall --purge deletes them)")
    if os.path.isdir(project.state):
        kept.append(f"what was derived from them, in {project.state}")
    if os.path.isdir(backups := os.path.join(state_home(), "backups")):
        kept.append(f"copies of the files that were changed, in {backups}")
    return kept


def _own_folders() -> list[str]:
    return [os.path.join(state_home(), name) for name in ("bin", "installs")]


def _names(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def _plan_store(project: Project, plan: Plan) -> None:
    if project.is_set_up():
        return
    require_inside(project.root, project.store)
    plan.new_folders.append(project.store)
    plan.messages.append(f"Pages will lie in {project.store}.")


def plan_ignore_rule(project: Project, plan: Plan) -> None:
    """Plan the rule that makes git ignore the store, unless one does or files of it are committed."""
    if not project.git_dir:
        return
    try:
        if gitignore.is_tracked(project.root):
            plan.messages.append("Files under .omx are committed here, so no ignore rule is added.")
            return
        if gitignore.is_ignored(project.root):
            return
    except UnavailableError as error:
        plan.messages.append(f"No ignore rule is added: {error}.")
        return
    path = os.path.join(project.root, ".gitignore")
    require_inside(project.root, path)
    old = read_file(path)
    plan.edits.append(Install("gitignore", path).remember())
    plan.edits.append(FileEdit(path, old, gitignore.add_rule(old), "ignore rule", mode=0o644))
    plan.messages.append(f"Git will ignore {gitignore.RULE} by a rule in {path}.")


def _plan_rule_removal(project: Project, plan: Plan) -> None:
    mine = Install("gitignore", os.path.join(project.root, ".gitignore"))
    if mine.is_recorded():
        with tolerating(mine.file, plan, gitignore.RULE.encode()):
            old = read_file(mine.file)
            if old is not None:
                plan.edits.append(FileEdit(mine.file, old, gitignore.remove_rule(old), "ignore rule"))
        if mine.file not in plan.problems:
            plan.edits.append(mine.forget())
    others = [other for other in recorded("gitignore") if other != mine]
    gone = [other for other in others if not os.path.lexists(other.file)]
    plan.edits += [other.forget() for other in gone]
    for other in others:
        if other not in gone:
            plan.messages.append(f"The ignore rule in {other.file} stays; wiki uninstall there removes it.")
    if gone and not mine.is_recorded() and _has_rule(mine.file):
        # A project that was moved looks like this, and so does one whose person wrote the rule.
        plan.messages.append(
            f"The line {gitignore.RULE} in {mine.file} stays; delete it by hand if you do not want it."
        )


def _has_rule(path: str) -> bool:
    try:
        content = read_file(path) or b""
    except (RefusedError, UnavailableError):
        return False
    return gitignore.remove_rule(content) != content


def _plan_agents_block(project: Project, plan: Plan) -> None:
    change = agents_md.install_edit(project.root)
    plan.edits.append(change)
    if change.is_change:
        plan.messages.append(f"How to use the wiki will stand in {change.path}, for agents without hooks.")


def _plan_agents_block_removal(project: Project, plan: Plan) -> None:
    path = os.path.join(project.root, agents_md.FILE)
    if not is_inside(project.root, path):
        plan.messages.append(f"{agents_md.FILE} is left as it is: it leads outside the project.")
        return
    with tolerating(path, plan, agents_md.BEGIN):
        plan.edits.append(agents_md.removal_edit(project.root))


def _plan_empty_store(project: Project, plan: Plan) -> None:
    """Remove a store that holds nothing but what we write ourselves; without any page it is of no use."""
    own = {LOCK_NAME: b"", "index.md": index_text(()).encode()}
    paths = {name: os.path.join(project.store, name) for name in _names(project.store)}
    is_empty = is_inside(project.root, project.store) and all(
        name in own and _has_content(path, own[name]) for name, path in paths.items()
    )
    for path in paths.values() if is_empty else ():
        plan.edits.append(FileEdit(path, read_file(path), None, "generated", is_private=True))
    plan.spare_folders += [project.store, os.path.dirname(project.store)]


def _has_content(path: str, content: bytes) -> bool:
    try:
        return read_file(path) == content
    except (RefusedError, UnavailableError):
        return False
