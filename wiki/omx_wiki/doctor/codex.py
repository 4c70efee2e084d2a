"""Codex: its version, its trust in our hooks, and what is broken in its configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from omx_wiki.doctor.codex_config import check_config, check_hooks_files, check_plugin, config_content
from omx_wiki.doctor.codex_program import codex_version, has_run, listed_hooks
from omx_wiki.doctor.codex_verdict import config_verdict
from omx_wiki.doctor.codex_versions import OLDEST, support_of
from omx_wiki.doctor.finding import Finding, count_of, some_of
from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, trust_config
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.trust import codex_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from omx_wiki.doctor.codex_program import Listed, Version
    from omx_wiki.doctor.codex_verdict import Verdict
    from omx_wiki.doctor.codex_versions import Support
    from omx_wiki.hosts.host import HostState
    from omx_wiki.project import Project

AREA = "codex"

_TRUST_HINT = "start codex and choose 'Trust all and continue', or run wiki setup --trust"
_SWITCH_HINT = "remove hooks = false (up to 0.128 codex_hooks = false) under [features] in its config.toml"
_SHOWN = 200
_MOST_SAID = 5


def check_codex(project: Project, state: HostState) -> Iterator[Finding]:
    """Yield what only Codex has: versions, trust, its own view of the hooks, damage in its settings."""
    version = codex_version()
    support = support_of(version)
    yield from _check_version(version, state)
    verdict = _verdict() if version else None
    config = list(check_config(verdict))
    yield from config
    yield from check_hooks_files(project, state)
    if not state.files:
        yield from check_plugin()
        return
    if verdict and verdict.features.get("hooks") is False and state.is_enabled:
        yield Finding(AREA, "error", "Codex has hooks switched off, so it runs none of ours", _SWITCH_HINT)
        return
    if any(found.level == "error" for found in config):
        return  # Codex does not start, so there is nothing to ask
    yield from _check_answer(project, state, support)


def _verdict() -> Verdict | None:
    content = config_content()
    return None if content is None else config_verdict(content, codex_home())


def _check_answer(project: Project, state: HostState, support: Support) -> Iterator[Finding]:
    """Ask Codex about a session in the folder that the person is in, unless that would create its state."""
    listed = None
    if has_run(codex_home()):
        listed = listed_hooks(project.checkout)
    elif support.needs_trust:
        yield Finding(AREA, "note", "Codex has not run here yet, so it was not asked about our hooks")
    yield from check_trust(
        state, support, listed, "" if project.checkout == project.root else project.checkout
    )
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


def check_trust(
    state: HostState, support: Support, listed: Listed | None, worktree: str = ""
) -> Iterator[Finding]:
    """Yield whether Codex runs our hooks: as it says itself, else as its settings let expect.

    `worktree` is the linked worktree that Codex was asked about.
    """
    if not support.needs_trust or not state.is_enabled:
        return
    ours = [hook for hook in listed.hooks if hooks_file.is_ours(hook)] if listed else []
    if not ours:
        if worktree and listed and not listed.errors:
            text = f"Codex lists none of our hooks in the worktree {worktree}"
            hint = "codex must trust this folder, or wiki setup, whose hooks of the user serve all worktrees"
            yield Finding(AREA, "error", text, hint)
        elif state.trusted is False and not any("config.toml" in problem for problem in state.problems):
            text = "Codex does not trust our hooks, and skips them without a word"
            yield Finding(AREA, "error", text, _TRUST_HINT)
        elif listed and not listed.errors:
            text = f"Codex does not list our hooks, although they stand in {' and '.join(state.files)}"
            yield Finding(AREA, "error", text, "codex must trust this folder for hooks of a project")
        elif state.trusted:
            yield Finding(AREA, "ok", "trusted, as its settings say")
        return
    refused = sorted({_event(hook) for hook in ours if not _is_trusted(hook.get("trustStatus"))})
    disabled = sorted({_event(hook) for hook in ours if hook.get("enabled") is False})
    if refused:
        text = f"Codex does not trust our hooks ({', '.join(refused)}), and skips them without a word"
        yield Finding(AREA, "error", text, _TRUST_HINT, facts={"trusted": False})
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
