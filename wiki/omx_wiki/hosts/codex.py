"""Installs into Codex: hooks in a `hooks.json`, on request the trust that makes Codex run them, the skill."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, launcher, skill, trust_config
from omx_wiki.hosts.broken_config import stop_reason
from omx_wiki.hosts.edit import is_inside, read_file, require_inside
from omx_wiki.hosts.host import HostState
from omx_wiki.hosts.installs import Install
from omx_wiki.hosts.skill import SkillPlace
from omx_wiki.hosts.tolerance import tolerating
from omx_wiki.hosts.trust import TrustRecord, codex_home, trust_hash, trust_records

if TYPE_CHECKING:
    from omx_wiki.hosts.hooks_file import Place
    from omx_wiki.hosts.plan import Plan, Scope, SetupOptions
    from omx_wiki.project import Project


class Codex:
    """The Codex CLI since 0.116."""

    name = "codex"
    title = "Codex"

    def is_present(self) -> bool:
        """Whether Codex has a folder here, or its program is on the path."""
        return os.path.isdir(codex_home()) or shutil.which("codex") is not None

    def plan_setup(self, project: Project, options: SetupOptions, plan: Plan) -> None:
        """Plan the hooks and the skill of one scope, and with `options.trust` the trust in the hooks.

        Codex runs the hooks of both scopes, so only one of them gets ours: a project keeps none beside those
        of the user.
        """
        mine = _records(hooks_path(project, "user"), plan)
        if _has_own(project, plan) and (mine or options.scope == "user"):
            _plan_all_hooks_removal(project, "project", plan)
        if options.scope == "project" and mine:
            told = "Codex runs our hooks for all projects already; nothing is added to"
            plan.messages.append(f"{told} {hooks_path(project, 'project')}.")
            _plan_trust(mine, plan, write=options.trust)
            _plan_skill(project, "project", plan)
            return
        records = _plan_hooks(project, options.scope, plan)
        _plan_trust(records, plan, write=options.trust)
        _plan_skill(project, options.scope, plan)
        if options.scope == "project":
            plan.messages.append(
                f"Codex uses hooks of a project only when it trusts the folder {project.root} as well:"
                " say yes when codex asks, or run codex exec --trust there."
            )

    def plan_removal(self, project: Project, scope: Scope | None, plan: Plan) -> None:
        """Plan to take hooks, trust and skill out again."""
        _plan_all_hooks_removal(project, scope, plan)
        for each in _scopes(scope):
            skill.plan_removal(skill_place(project, each), plan)

    def state(self, project: Project) -> HostState:
        """Return which hooks stand in either scope, and whether Codex trusts them."""
        found: dict[str, tuple[Place, ...]] = {}
        problems: list[str] = []
        for path in _hooks_paths(project, None):
            try:
                found[path] = hooks_file.find_ours(read_file(path) or b"{}", path)
            except (RefusedError, UnavailableError) as error:
                problems.append(str(error))
        records = [record for path, places in found.items() for record in trust_records(path, places)]
        events = {place.event for places in found.values() for place in places}
        is_enabled, trusted = True, None
        try:
            config = os.path.join(codex_home(), "config.toml")
            content = read_file(config) or b""
            known = trust_config.trust_state(content, config)
            trusted = bool(records) and all(known.get(r.key) == r.trusted_hash for r in records)
            is_enabled = not trust_config.has_hooks_off(content, config)
        except (RefusedError, UnavailableError) as error:
            problems.append(str(error))
        skills = [skill.state(skill_place(project, scope)) for scope in _scopes(None)]
        problems += [problem for found in skills for problem in found.problems]
        return HostState(
            self.name,
            self.is_present(),
            tuple(path for path, places in found.items() if places),
            tuple(hook.event for hook in hooks_file.EVENTS if hook.event in events),
            tuple(hook.event for hook in hooks_file.EVENTS if hook.event not in events),
            is_enabled,
            trusted,
            tuple(problems),
            tuple(found.path for found in skills if found.path),
        )


def hooks_path(project: Project, scope: Scope) -> str:
    """Return the hooks file of a scope, spelled as Codex spells it in trust keys."""
    folder = codex_home() if scope == "user" else os.path.join(project.root, ".codex")
    return os.path.join(folder, "hooks.json")


def skill_place(project: Project, scope: Scope) -> SkillPlace:
    """Return where the skill of a scope goes, beside every folder that Codex reads skills from."""
    mine = os.path.join(codex_home(), "skills")
    shared = os.path.join(project.root, ".agents", "skills")
    person = os.path.join(os.path.expanduser("~"), ".agents", "skills")
    project_own = os.path.join(project.root, ".codex", "skills")
    if scope == "user":
        return SkillPlace("Codex", "$", mine, others=(shared, person, project_own))
    return SkillPlace("Codex", "$", shared, root=project.root, others=(mine, person, project_own))


def _scopes(scope: Scope | None) -> tuple[Scope, ...]:
    return ("user", "project") if scope is None else (scope,)


def _plan_skill(project: Project, scope: Scope, plan: Plan) -> None:
    """Plan one copy of the skill: Codex serves neither of two."""
    if scope == "user":
        skill.plan_removal(skill_place(project, "project"), plan, with_folders=False)
    elif path := skill.state(skill_place(project, "user")).path:
        plan.messages.append(f"The skill in {path} serves this project too.")
        return
    skill.plan_install(skill_place(project, scope), plan)


def _hooks_paths(project: Project, scope: Scope | None) -> list[str]:
    """Return the hooks files to clean, leaving out one that the repository redirects to another place."""
    paths = {hooks_path(project, "user"): None} if scope != "project" else {}
    if scope != "user" and is_inside(project.root, hooks_path(project, "project")):
        paths[hooks_path(project, "project")] = None
    return list(paths)


def _has_own(project: Project, plan: Plan) -> bool:
    """Whether the project has hooks of ours in another file than the user; a home may be a project."""
    mine, own = (hooks_path(project, scope) for scope in _scopes(None))
    return os.path.realpath(mine) != os.path.realpath(own) and bool(_records(own, plan))


def _records(path: str, plan: Plan) -> tuple[TrustRecord, ...]:
    """Return the records that trust our hooks in one file, none when it runs none or is broken."""
    try:
        return trust_records(path, hooks_file.find_ours(plan.content(path) or b"{}", path))
    except (RefusedError, UnavailableError):
        return ()


def _plan_hooks(project: Project, scope: Scope, plan: Plan) -> tuple[TrustRecord, ...]:
    path = hooks_path(project, scope)
    if scope == "project":
        require_inside(project.root, path)
    elif not os.path.isdir(os.path.dirname(path)):
        plan.messages.append(f"Codex has no folder {os.path.dirname(path)} yet; it will be created.")
    old = plan.content(path)
    groups = hooks_file.groups_for(launcher.hook_command(), launcher.windows_command())
    change = hooks_file.install(old, groups, path)
    plan.edits.append(Install("hooks", path).remember())
    plan.change(path, change.new, "hooks", mode=0o600 if scope == "user" else 0o644)
    if change.new != old:
        plan.messages.append(f"Hooks for {', '.join(groups)} go into {path}.")
    return trust_records(path, change.places)


def _plan_trust(records: tuple[TrustRecord, ...], plan: Plan, *, write: bool) -> None:
    path = os.path.join(codex_home(), "config.toml")
    old = plan.content(path)
    if problem := stop_reason(old or b"", path):
        if write:
            raise problem
        plan.messages.append(f"{problem}; {problem.hint}.")
        return
    off: frozenset[str] = frozenset()
    try:
        state = trust_config.trust_state(old or b"", path)
        off = trust_config.switched_off(old or b"", path)
        if trust_config.has_own_hooks(old or b"", path):
            plan.messages.append(f"{path} defines hooks too; Codex mentions that at every start.")
        if trust_config.has_hooks_off(old or b"", path):
            plan.messages.append(
                f"Hooks are switched off in {path}: remove hooks = false (up to Codex 0.128"
                " codex_hooks = false) under [features]."
            )
    except RefusedError:
        if write:
            raise
        state = {}
    if disabled := [record.key for record in records if record.key in off]:
        events = ", ".join(key.rsplit(":", 3)[1] for key in disabled)
        plan.messages.append(
            f"You switched hooks of ours off in codex ({events}): /hooks there enables them."
        )
    # One without a hash was never trusted: to switch it on is up to the person.
    records = tuple(record for record in records if record.key not in off or state.get(record.key))
    if write:
        plan.change(path, trust_config.config_trust(old, records, path), "trust")
    elif any(state.get(record.key) != record.trusted_hash for record in records):
        plan.messages.append(
            "Codex runs new hooks only once you trust them: start codex here and choose"
            " 'Trust all and continue', or run wiki setup --trust."
        )


def _plan_all_hooks_removal(project: Project, scope: Scope | None, plan: Plan) -> None:
    """Plan to take our hooks and the trust in them out; for the user also trust in files that are gone."""
    places = _hooks_paths(project, scope)
    # Trust goes first: without the hooks nothing tells which records are ours.
    records = [record for path in places for record in _records(path, plan)]
    _plan_trust_removal(records, places, plan, with_gone=scope != "project")
    for path in places:
        with tolerating(path, plan):
            _plan_hooks_removal(path, plan)
        if not _is_home(path):
            plan.spare_folders.append(os.path.dirname(path))


def _plan_hooks_removal(path: str, plan: Plan) -> None:
    old = plan.content(path)
    if old is None or not any(mark in old for mark in (b"wiki-hook", b"omx-wiki-removed")):
        return
    places = hooks_file.find_ours(old, path)
    new = hooks_file.remove(old, path)
    plan.change(path, new, "hooks")
    if places:
        plan.messages.append(f"Hooks leave {path}.")
    if new is not None and b"omx-wiki-removed" in new:
        plan.messages.append("An empty group stays there, so that Codex goes on trusting the hooks after it.")
    if any(place.is_followed for place in places):
        plan.messages.append("A hook shared a group with ours; Codex will ask to review that one again.")


def _is_home(path: str) -> bool:
    return os.path.dirname(path) == codex_home()


def _plan_trust_removal(
    records: list[TrustRecord], places: list[str], plan: Plan, *, with_gone: bool
) -> None:
    """Plan to remove `records`, and equal ones that an interrupted removal left of `places`.

    With `with_gone` those of hooks files that no longer exist go too, as after a project or a home was moved.
    """
    path = os.path.join(codex_home(), "config.toml")
    keys = [record.key for record in records]
    hashes = _trust_hashes() | {record.trusted_hash for record in records}
    with tolerating(path, plan, *map(os.fsencode, keys), *(each.encode() for each in hashes)):
        old = plan.content(path)
        if old is None or not (keys or any(each.encode() in old for each in hashes)):
            return
        state = trust_config.trust_state(old, path)
        left = [key for key, value in state.items() if value in hashes]
        ours = [key for key in left if _hooks_file_of(key) in places or (with_gone and _is_of_gone_file(key))]
        plan.change(path, trust_config.remove_trust(old, dict.fromkeys([*keys, *ours]), path), "trust")


def _trust_hashes() -> set[str]:
    """Return the hashes of the hooks that a setup would write now."""
    try:
        groups = hooks_file.groups_for(launcher.hook_command(), launcher.windows_command())
    except RefusedError:
        return set()
    return {trust_hash(event, group.get("matcher"), group["hooks"][0]) for event, group in groups.items()}


def _is_of_gone_file(key: str) -> bool:
    file = _hooks_file_of(key)
    return os.path.isabs(file) and not os.path.lexists(file)


def _hooks_file_of(key: str) -> str:
    return key.rsplit(":", 3)[0]
