"""Codex's own files: what is broken in its settings and hooks files, and whether it has our plugin."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

from omx_wiki.doctor.finding import Finding, Fix
from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import hooks_file, json_splice, launcher, plugin
from omx_wiki.hosts.broken_config import find_damage, repair
from omx_wiki.hosts.codex import hooks_path
from omx_wiki.hosts.config_faults import BY_HAND
from omx_wiki.hosts.edit import is_inside, read_file
from omx_wiki.hosts.hooks_schema import check_shape
from omx_wiki.hosts.plan import Plan, apply
from omx_wiki.hosts.toml_text import loads, table
from omx_wiki.hosts.trust import codex_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.doctor.codex_verdict import Verdict
    from omx_wiki.doctor.finding import Level
    from omx_wiki.hosts.config_faults import Damage
    from omx_wiki.hosts.host import HostState
    from omx_wiki.project import Project

AREA = "codex"

_MOST_SAID = 5
_AT_LINE = re.compile(r"\bline (\d+)")


def config_path() -> str:
    """Return the path of Codex's settings."""
    return os.path.join(codex_home(), "config.toml")


def config_content() -> bytes | None:
    """Return Codex's settings; None without any or when they cannot be read, which the host's state tells."""
    try:
        return read_file(config_path())
    except (RefusedError, UnavailableError):
        return None


def check_config(verdict: Verdict | None = None) -> Iterator[Finding]:
    """Yield what is broken in Codex's `config.toml`; `verdict` is what Codex itself makes of it."""
    path, content = config_path(), config_content()
    if content is None:
        return
    found = list({damage.what: damage for damage in reversed(find_damage(content))}.values())[::-1]
    if verdict and not verdict.problem and any(damage.kind == "unreadable" for damage in found):
        text = f"{path} line {_line(content, 1)}: written in TOML 1.1, which Codex reads and we cannot edit"
        yield Finding(AREA, "note", text, "trust the hooks in codex itself")
    if verdict and not verdict.problem:
        found = [damage for damage in found if not damage.is_fatal and damage.kind != "unreadable"]
    yield from _damages(path, content, found[:_MOST_SAID])
    if verdict and verdict.problem and not any(damage.is_fatal for damage in found):
        yield Finding(
            AREA, "error", f"Codex does not start with {path}: {verdict.problem}", "repair it by hand"
        )


def _damages(path: str, content: bytes, found: list[Damage]) -> Iterator[Finding]:
    """Yield each damage; where a repair refuses, why nothing is changed."""
    refusal = _refusal(content, found) if found else ""
    fix = None if refusal else Fix(f"repair {path}, keeping a copy", lambda: mend_config(path))
    for damage in found:
        level: Level = "error" if damage.is_fatal else "warning"
        is_unreadable = damage.kind == "unreadable"
        line = _line(content, damage.line) if is_unreadable else damage.line
        is_left = is_unreadable or BY_HAND in damage.remedy
        hint = f"--fix changes nothing: {refusal}" if refusal and not is_left else damage.remedy
        yield Finding(AREA, level, f"{path} line {line}: {damage.what}", hint, fix)


def _refusal(content: bytes, found: list[Damage]) -> str:
    """Return why a repair changes nothing, "" when it does change something."""
    try:
        return "" if repair(content) != content else "only you can decide"
    except (RefusedError, UnavailableError) as error:
        fatal = [damage for damage in found if damage.is_fatal and BY_HAND in damage.remedy]
        return f"line {fatal[0].line} is yours to decide first" if fatal else str(error)


def _line(content: bytes, otherwise: int) -> int:
    """Return the line that keeps Python from reading the text."""
    try:
        loads(content.decode(errors="replace").removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _AT_LINE.search(str(error))
        return int(found[1]) if found else otherwise
    return otherwise


def mend_config(path: str) -> None:
    """Mend the `config.toml` at `path`; the old one goes to the backups. Raises as `apply` does."""
    plan = Plan()
    old = plan.content(path)
    if old is not None:
        plan.change(path, repair(old, path), "repair")
        apply(plan)


def check_hooks_files(project: Project, state: HostState) -> Iterator[Finding]:
    """Yield the hooks files without a hook of ours that Codex rejects."""
    for path in (hooks_path(project, "user"), hooks_path(project, "project")):
        if path in state.files or not (path.startswith(codex_home()) or is_inside(project.root, path)):
            continue
        try:
            content = read_file(path)
            if content is None:
                continue
            if not content.strip():
                hint = "Codex rejects it; delete it, or run wiki setup after that"
                yield Finding(AREA, "error", f"{path} is empty", hint)
                continue
            hooks_file.find_ours(content, path)
            check_shape(json_splice.load(content.decode()), path)
        except RefusedError as error:
            yield Finding(AREA, "error", str(error), error.hint)
        except (UnavailableError, ValueError, RecursionError):
            continue  # the state of the host tells of it


def check_plugin() -> Iterator[Finding]:
    """Yield whether our hooks run as a plugin of Codex, which its settings tell."""
    entry = table(table(_settings(), "plugins"), plugin.NAME)
    if entry.get("enabled") is not True:
        return
    facts = {"plugin": True}
    text = f"our hooks come with the plugin {plugin.NAME}"
    if not os.access(launcher.launcher_path(), os.X_OK) and shutil.which(launcher.PROGRAM) is None:
        text += f", which finds no launcher and no {launcher.PROGRAM} on the path: it does nothing"
        yield Finding(AREA, "error", text, "install omx-wiki, or run wiki setup", facts=facts)
        return
    yield Finding(AREA, "note", text, "/hooks in codex shows whether they are trusted", facts=facts)


def _settings() -> dict[str, Any]:
    try:
        return loads((config_content() or b"").decode(errors="replace").removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
