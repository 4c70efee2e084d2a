"""Codex: its version, its trust in our hooks, and what is broken in its configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from omx_wiki.doctor.codex_program import codex_version, listed_hooks
from omx_wiki.doctor.codex_versions import OLDEST, support_of
from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, trust_config
from omx_wiki.hosts.broken_config import find_damage, repair
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.plan import Plan, apply
from omx_wiki.hosts.trust import codex_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from omx_wiki.doctor.codex_program import Listed, Version
    from omx_wiki.doctor.codex_versions import Support
    from omx_wiki.doctor.finding import Level
    from omx_wiki.hosts.host import HostState
    from omx_wiki.project import Project

AREA = "codex"

_TRUST_HINT = "start codex and choose 'Trust all and continue', or run wiki setup --trust"
_SHOWN = 200
_MOST_SAID = 5


def check_codex(project: Project, state: HostState) -> Iterator[Finding]:
    """Yield what only Codex has: versions, trust, its own view of the hooks, damage in its settings."""
    version = codex_version()
    support = support_of(version)
    yield from _check_version(version, state)
    yield from check_config()
    if not state.files:
        return
    listed = listed_hooks(project.root)
    yield from check_trust(state, support, listed)
    if listed:
        yield from check_listed(listed)


def _check_version(version: Version | None, state: HostState) -> Iterator[Finding]:
    if version is None:
        if state.files:
            yield Finding(AREA, "note", "codex is not on the path here, or does not say its version")
        return
    name = ".".join(map(str, version))
    support = support_of(version)
    facts = {"version": name}
    if version < OLDEST:
        text = f"Codex {name} is older than any that was tried with hooks"
        yield Finding(AREA, "warning", text, "upgrade codex", facts=facts)
    elif not support.on_by_default and not _has_old_flag_on():
        text = f"Codex {name} runs hooks only with codex_hooks = true under [features]"
        yield Finding(AREA, "warning", text, "set it, or upgrade codex", facts=facts)
    elif not support.has_session_end:
        text = f"Codex {name} does not tell of the end of a session; the next start finishes its page"
        yield Finding(AREA, "note", text, "0.145 and later do", facts=facts)
    else:
        yield Finding(AREA, "ok", f"Codex {name}", facts=facts)


def _has_old_flag_on() -> bool:
    path = os.path.join(codex_home(), "config.toml")
    try:
        return trust_config.has_old_flag_on(read_file(path) or b"", path)
    except (RefusedError, UnavailableError):
        return False


def check_trust(state: HostState, support: Support, listed: Listed | None) -> Iterator[Finding]:
    """Yield whether Codex runs our hooks: as it says itself, else as its settings let expect."""
    if not support.needs_trust:
        return
    ours = [hook for hook in listed.hooks if hooks_file.is_ours(hook)] if listed else []
    if not ours:
        if state.trusted is False and not any("config.toml" in problem for problem in state.problems):
            text = "Codex does not trust our hooks, and skips them without a word"
            yield Finding(AREA, "error", text, _TRUST_HINT)
        elif listed and not listed.errors and state.is_enabled:
            text = f"Codex does not list our hooks, although they stand in {' and '.join(state.files)}"
            yield Finding(AREA, "error", text, "codex must trust this folder for hooks of a project")
        elif state.trusted:
            yield Finding(AREA, "ok", "trusted, as its settings say")
        return
    refused = sorted({_event(hook) for hook in ours if not _is_trusted(hook.get("trustStatus"))})
    disabled = sorted({_event(hook) for hook in ours if hook.get("enabled") is False})
    if refused:
        text = f"Codex does not trust our hooks ({', '.join(refused)}), and skips them without a word"
        yield Finding(AREA, "error", text, _TRUST_HINT)
    if disabled:
        text = f"hooks of ours are switched off in Codex: {', '.join(disabled)}"
        yield Finding(AREA, "error", text, "switch them on with /hooks in codex")
    if not refused and not disabled:
        yield Finding(AREA, "ok", "trusted, as Codex itself says", facts={"trusted": True})


def check_listed(listed: Listed) -> Iterator[Finding]:
    """Yield what Codex complains of, and whose hooks run beside ours."""
    for text in listed.errors[:_MOST_SAID]:
        yield Finding(AREA, "error", f"Codex says: {text[:_SHOWN]}")
    for text in listed.warnings[:_MOST_SAID]:
        yield Finding(AREA, "note", f"Codex says: {text[:_SHOWN]}")
    others = [hook for hook in listed.hooks if not hooks_file.is_ours(hook)]
    if others:
        sources = sorted({str(hook.get("sourcePath") or hook.get("source")) for hook in others})
        text = f"{count_of(len(others), 'hook')} of other programs beside ours, from {some_of(sources)}"
        yield Finding(AREA, "ok", text, facts={"foreign_hooks": len(others)})


def _event(hook: Mapping[str, Any]) -> str:
    """Return the event of a listed hook as hooks files spell it."""
    name = str(hook.get("eventName"))
    return name[:1].upper() + name[1:]


def _is_trusted(status: object) -> bool:
    return status in {"trusted", "managed"}


def check_config() -> Iterator[Finding]:
    """Yield what is broken in Codex's `config.toml`."""
    path = os.path.join(codex_home(), "config.toml")
    try:
        content = read_file(path)
    except (RefusedError, UnavailableError):
        return  # the state of the host tells of it
    if content is None:
        return
    found = find_damage(content)[:_MOST_SAID]
    can_mend = bool(found) and _can_mend(content)
    fix = Fix(f"repair {path}, keeping a copy", lambda: mend_config(path)) if can_mend else None
    for damage in found:
        level: Level = "error" if damage.is_fatal else "warning"
        yield Finding(AREA, level, f"{path} line {damage.line}: {damage.what}", damage.remedy, fix)


def _can_mend(content: bytes) -> bool:
    try:
        return repair(content) != content
    except (RefusedError, UnavailableError):
        return False


def mend_config(path: str) -> None:
    """Mend the `config.toml` at `path`; the old one goes to the backups. Raises as `apply` does."""
    plan = Plan()
    old = plan.content(path)
    if old is not None:
        plan.change(path, repair(old, path), "repair")
        apply(plan)
