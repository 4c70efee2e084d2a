"""Installs into Claude Code: hooks in a `settings.json`, beside the settings a person keeps there."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, json_splice, launcher, skill
from omx_wiki.hosts.edit import is_inside, read_file, require_inside
from omx_wiki.hosts.hooks_schema import Shape
from omx_wiki.hosts.host import HostState
from omx_wiki.hosts.installs import Install
from omx_wiki.hosts.skill import SkillPlace
from omx_wiki.hosts.tolerance import tolerating

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Plan, Scope, SetupOptions
    from omx_wiki.project import Project

SHAPE = Shape("Claude Code", frozenset(hook.event for hook in hooks_file.EVENTS))
"""A `settings.json`: any other key is welcome in it, and no trust hangs on a hook's place."""


class Claude:
    """Claude Code."""

    name = "claude"
    title = "Claude Code"

    def is_present(self) -> bool:
        """Whether Claude Code has a folder here, or its program is on the path."""
        return os.path.isdir(claude_home()) or shutil.which("claude") is not None

    def plan_setup(self, project: Project, options: SetupOptions, plan: Plan) -> None:
        """Plan the hooks and the skill of one scope."""
        path = settings_path(project, options.scope)
        if options.scope == "project":
            require_inside(project.root, path)
        old = plan.content(path)
        groups = hooks_file.groups_for(launcher.hook_command(self.name))
        change = hooks_file.install(old, groups, path, SHAPE)
        plan.edits.append(Install("hooks", path).remember())
        plan.change(path, change.new, "hooks", mode=0o600 if options.scope == "user" else 0o644)
        if change.new != old:
            plan.messages.append(f"Hooks for {', '.join(groups)} go into {path}.")
        if _has_hooks_off(change.new):
            plan.messages.append(f"Hooks are switched off in {path}: remove disableAllHooks there.")
        skill.plan_install(_skill_place(project, options.scope), plan)

    def plan_removal(self, project: Project, scope: Scope | None, plan: Plan) -> None:
        """Plan to take hooks and skill out again."""
        for each in _scopes(project, scope):
            path = settings_path(project, each)
            skill.plan_removal(_skill_place(project, each), plan)
            with tolerating(path, plan):
                _plan_hooks_removal(path, plan)
            if each == "project":
                plan.spare_folders.append(os.path.dirname(path))

    def state(self, project: Project) -> HostState:
        """Return which hooks stand in either scope; Claude Code asks for no trust in them."""
        files, events, problems, is_enabled = [], set(), [], True
        for scope in _scopes(project, None):
            path = settings_path(project, scope)
            try:
                content = read_file(path) or b"{}"
                places = hooks_file.find_ours(content, path)
            except (RefusedError, UnavailableError) as error:
                problems.append(str(error))
                continue
            files += [path] if places else []
            events |= {place.event for place in places}
            if _has_hooks_off(content):
                is_enabled = False
                problems.append(f"disableAllHooks is set in {path}")
        skills = [skill.state(_skill_place(project, scope)) for scope in _scopes(project, None)]
        return HostState(
            self.name,
            self.is_present(),
            tuple(files),
            tuple(hook.event for hook in hooks_file.EVENTS if hook.event in events),
            tuple(hook.event for hook in hooks_file.EVENTS if hook.event not in events),
            is_enabled,
            problems=(*problems, *(problem for found in skills for problem in found.problems)),
            skills=tuple(found.path for found in skills if found.path),
        )


def claude_home() -> str:
    """Return the folder of a person's Claude Code."""
    return os.path.abspath(os.environ.get("CLAUDE_CONFIG_DIR") or os.path.expanduser("~/.claude"))


def settings_path(project: Project, scope: Scope) -> str:
    """Return the settings file of a scope."""
    return os.path.join(_folder(project, scope), "settings.json")


def _folder(project: Project, scope: Scope) -> str:
    return claude_home() if scope == "user" else os.path.join(project.root, ".claude")


def _scopes(project: Project, scope: Scope | None) -> list[Scope]:
    """Return the scopes to look at, leaving out a project's that leads elsewhere or is the user's."""
    chosen: list[Scope] = ["user"] if scope != "project" else []
    path = settings_path(project, "project")
    if scope != "user" and is_inside(project.root, path) and (path != settings_path(project, "user")):
        chosen.append("project")
    return chosen


def _skill_place(project: Project, scope: Scope) -> SkillPlace:
    """Return where the skill goes; the name of its folder is what people type after a slash."""
    folder = os.path.join(_folder(project, scope), "skills")
    root = project.root if scope == "project" else None
    return SkillPlace("Claude Code", "/", folder, named_by_folder=True, root=root)


def _plan_hooks_removal(path: str, plan: Plan) -> None:
    old = plan.content(path)
    if old is None or launcher.MARK not in old:
        return
    places = hooks_file.find_ours(old, path)
    plan.change(path, hooks_file.remove(old, path, SHAPE), "hooks")
    if places:
        plan.messages.append(f"Hooks leave {path}.")


def _has_hooks_off(content: bytes) -> bool:
    try:
        root = json_splice.load(content.decode())
    except ValueError:
        return False
    return isinstance(root, dict) and root.get("disableAllHooks") is True
