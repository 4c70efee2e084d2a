"""Installs into Codex and takes everything out again: first a proven plan, then its application.

A plan reads files and computes every edit; it writes nothing. Pages are never part of a plan.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import agents_md, edit, gitignore, hooks_file, launcher, trust_config
from omx_wiki.hosts.edit import FileEdit, is_inside, read_file, require_inside
from omx_wiki.hosts.installs import Install, recorded
from omx_wiki.hosts.trust import TrustRecord, codex_home, trust_records

if TYPE_CHECKING:
    from omx_wiki.project import Project

Scope = Literal["user", "project"]


@dataclass(frozen=True)
class SetupOptions:
    """What a person asked `wiki setup` for.

    Attributes:
        scope: where the hooks go.
        trust: whether to write trust records.
        agents_md: whether to tell of the wiki in the project's AGENTS.md.
    """

    scope: Scope = "user"
    trust: bool = False
    agents_md: bool = False


@dataclass
class Plan:
    """What will be done.

    Attributes:
        edits: files to write or delete, in order; the private ones are our own.
        messages: short lines for the person, about what happens and what is left to do.
        new_folders: folders to create.
        spare_folders: folders to remove when they are empty afterwards, in order.
    """

    edits: list[FileEdit] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    new_folders: list[str] = field(default_factory=list)
    spare_folders: list[str] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        """Whether applying the plan would change a file or create a folder."""
        return bool(self.new_folders) or any(item.is_change for item in self.edits)


def plan_setup(project: Project, options: SetupOptions) -> Plan:
    """Return the plan that gives the project a store and Codex our hooks; on a second run it changes nothing.

    Raises RefusedError when a file cannot be changed without losing or breaking something in it.
    """
    plan = Plan()
    _plan_store(project, plan)
    _plan_ignore_rule(project, plan)
    for path, content in launcher.launcher_files().items():
        plan.edits.append(
            FileEdit(path, read_file(path), content, "launcher", mode=launcher.MODE, is_private=True)
        )
    records = _plan_hooks(project, options.scope, plan)
    _plan_trust(records, plan, write=options.trust)
    if options.agents_md:
        _plan_agents_block(project, plan)
    if options.scope == "project":
        plan.messages.append(
            f"Codex uses hooks of a project only when it trusts the folder {project.root} as well:"
            " say yes when codex asks, or run codex exec --trust there."
        )
    return plan


def plan_uninstall(project: Project, scope: Scope | None = None) -> Plan:
    """Return the plan that takes our hooks, trust records, launcher and texts in the project out again.

    Hooks of the user serve all projects, so they are gone for all of them. `scope` limits the removal of
    hooks to one place; None means both. Raises RefusedError when a hooks file of ours can no longer be
    understood.
    """
    plan = Plan()
    places = _hooks_paths(project, scope)
    keys = [key for path in places for key in _plan_hooks_removal(path, plan)]
    _plan_trust_removal(keys, plan)
    _plan_rule_removal(project, plan)
    _plan_agents_block_removal(project, plan)
    _plan_launcher_removal(places, plan)
    for path in places:
        if Install("hooks", path).is_recorded():
            plan.edits.append(Install("hooks", path).forget())
    plan.spare_folders += [project.store, os.path.dirname(project.store)]
    plan.messages.append(f"Pages in {project.store} stay.")
    return plan


def apply(plan: Plan) -> tuple[str, ...]:
    """Carry a plan out; return the paths of the files that changed.

    Raises RefusedError, before anything is written, when a file has changed since the plan was made.
    """
    paths = edit.apply(plan.edits)
    for folder in plan.new_folders:
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"{folder} cannot be created: {error.strerror}") from error
    for folder in plan.spare_folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    return paths


def hooks_path(project: Project, scope: Scope) -> str:
    """Return the hooks file of a scope, spelled as Codex spells it in trust keys."""
    folder = codex_home() if scope == "user" else os.path.join(project.root, ".codex")
    return os.path.join(folder, "hooks.json")


def _hooks_paths(project: Project, scope: Scope | None) -> list[str]:
    """Return the hooks files to clean, leaving out one that the repository redirects to another place."""
    paths = {hooks_path(project, "user"): None} if scope != "project" else {}
    if scope != "user" and is_inside(project.root, hooks_path(project, "project")):
        paths[hooks_path(project, "project")] = None
    return list(paths)


def _plan_store(project: Project, plan: Plan) -> None:
    if project.is_set_up():
        return
    require_inside(project.root, project.store)
    plan.new_folders.append(project.store)
    plan.messages.append(f"Pages will lie in {project.store}.")


def _plan_ignore_rule(project: Project, plan: Plan) -> None:
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


def _plan_hooks(project: Project, scope: Scope, plan: Plan) -> tuple[TrustRecord, ...]:
    path = hooks_path(project, scope)
    if scope == "project":
        require_inside(project.root, path)
    elif not os.path.isdir(os.path.dirname(path)):
        plan.messages.append(f"Codex has no folder {os.path.dirname(path)} yet; it will be created.")
    old = read_file(path)
    groups = hooks_file.groups_for(launcher.hook_command(), launcher.windows_command())
    change = hooks_file.install(old, groups, path)
    plan.edits.append(Install("hooks", path).remember())
    mode = 0o600 if scope == "user" else 0o644
    plan.edits.append(FileEdit(path, old, change.new, "hooks", mode=mode))
    if change.new != old:
        plan.messages.append(f"Hooks for {', '.join(groups)} go into {path}.")
    return trust_records(path, change.places)


def _plan_trust(records: tuple[TrustRecord, ...], plan: Plan, *, write: bool) -> None:
    path = os.path.join(codex_home(), "config.toml")
    old = read_file(path)
    try:
        state = trust_config.trust_state(old or b"", path)
        if trust_config.has_own_hooks(old or b"", path):
            plan.messages.append(f"{path} defines hooks too; Codex mentions that at every start.")
        if trust_config.has_hooks_off(old or b"", path):
            plan.messages.append(f"Hooks are switched off in {path}: remove hooks = false under [features].")
    except RefusedError:
        if write:
            raise
        state = {}
    if write:
        plan.edits.append(FileEdit(path, old, trust_config.config_trust(old, records, path), "trust"))
    elif any(state.get(record.key) != record.trusted_hash for record in records):
        plan.messages.append(
            "Codex runs new hooks only once you trust them: start codex here and choose"
            " 'Trust all and continue', or run wiki setup --trust."
        )


def _plan_hooks_removal(path: str, plan: Plan) -> list[str]:
    """Plan the removal from one hooks file; return the trust keys that end with it."""
    old = read_file(path)
    if old is None or not any(mark in old for mark in (b"wiki-hook", b"omx-wiki-removed")):
        return []
    places = hooks_file.find_ours(old, path)
    new = hooks_file.remove(old, path)
    plan.edits.append(FileEdit(path, old, new, "hooks"))
    if new is None and os.path.basename(os.path.dirname(path)) == ".codex" and not _is_home(path):
        plan.spare_folders.append(os.path.dirname(path))
    if places:
        plan.messages.append(f"Hooks leave {path}.")
    if new is not None and b"omx-wiki-removed" in new:
        plan.messages.append("An empty group stays there, so that Codex goes on trusting the hooks after it.")
    if any(place.is_followed for place in places):
        plan.messages.append("A hook shared a group with ours; Codex will ask to review that one again.")
    return [record.key for record in trust_records(path, places)]


def _is_home(path: str) -> bool:
    return os.path.dirname(path) == codex_home()


def _plan_trust_removal(keys: list[str], plan: Plan) -> None:
    path = os.path.join(codex_home(), "config.toml")
    old = read_file(path)
    if old is None or not keys:
        return
    try:
        plan.edits.append(FileEdit(path, old, trust_config.remove_trust(old, keys, path), "trust"))
    except RefusedError as error:
        plan.messages.append(f"The trust in our hooks stays: {error}; it does no harm without them.")


def _plan_rule_removal(project: Project, plan: Plan) -> None:
    mine = Install("gitignore", os.path.join(project.root, ".gitignore"))
    if mine.is_recorded():
        old = read_file(mine.file)
        if old is not None:
            plan.edits.append(FileEdit(mine.file, old, gitignore.remove_rule(old), "ignore rule"))
        plan.edits.append(mine.forget())
    for other in recorded("gitignore"):
        if other != mine:
            plan.messages.append(f"The ignore rule in {other.file} stays; wiki uninstall there removes it.")


def _plan_agents_block(project: Project, plan: Plan) -> None:
    change = agents_md.install_edit(project.root)
    plan.edits.append(change)
    if change.is_change:
        plan.messages.append(f"How to use the wiki will stand in {change.path}, for agents without hooks.")


def _plan_agents_block_removal(project: Project, plan: Plan) -> None:
    try:
        plan.edits.append(agents_md.removal_edit(project.root))
    except (RefusedError, UnavailableError) as error:
        plan.messages.append(f"{agents_md.FILE} is left as it is: {error}.")


def _plan_launcher_removal(places: list[str], plan: Plan) -> None:
    """Delete the launcher unless a hooks file that is left runs it."""
    for other in recorded("hooks"):
        if other.file not in places and _runs_launcher(other.file):
            plan.messages.append(f"The launcher stays: {other.file} runs it.")
            return
    for path in launcher.launcher_files():
        old = read_file(path)
        plan.edits.append(FileEdit(path, old, None, "launcher", is_private=True))


def _runs_launcher(path: str) -> bool:
    try:
        return bool(hooks_file.find_ours(read_file(path) or b"{}", path))
    except (RefusedError, UnavailableError):
        return True
