"""Recognises a `config.toml` that another installer broke, explains it, and repairs it with the fewest bytes.

Nothing is guessed: a repair either keeps every setting of the person, which is proven, or is refused.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections import Counter
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError
from omx_wiki.hosts.config_faults import (
    DEAD_SETTINGS,
    Damage,
    Fault,
    dead_settings,
    duplicate_tables,
    leftovers,
    value_of,
)
from omx_wiki.hosts.notify_faults import notify_faults
from omx_wiki.hosts.toml_scan import TomlTextError, scan
from omx_wiki.hosts.toml_text import bom, decode, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Damage", "find_damage", "repair", "stop_reason"]

_MAX_STEPS = 100
_REMEDY = "repair it by hand; wiki doctor says what is wrong"


def find_damage(content: bytes) -> tuple[Damage, ...]:
    """Return what is wrong with a configuration, by line; empty when nothing is. Never raises.

    Where something else keeps `repair` from changing the file, the remedy of each damage says what.
    """
    try:
        text = decode(content, "config.toml", _REMEDY)
        faults = list(_find_faults(text))
        found = _as_repaired(faults, content) if faults else []
    except (RefusedError, TomlTextError, RecursionError) as error:
        return (Damage("unreadable", 1, f"It cannot be read: {error}.", "Repair it by hand.", is_fatal=True),)
    problem = _problem(text)
    if problem and not any(damage.is_fatal for damage in found):
        what = f"It is not TOML that Python can read: {problem}."
        found.append(Damage("unreadable", 1, what, "Repair it by hand, unless Codex starts with it."))
    return tuple(sorted(found, key=lambda damage: damage.line))


def repair(content: bytes, name: str = "config.toml") -> bytes:
    """Return the content without the damage that can be mended surely; the same when there is none.

    A harmless fault that only the person can decide is left; one that keeps Codex from starting raises
    RefusedError, as does a content that is not TOML for another reason.
    """
    text = before = decode(content, name, _REMEDY)
    try:
        for _ in range(_MAX_STEPS):
            faults = list(_find_faults(text))
            mended = next((fault.mended for fault in faults if fault.mended is not None), None)
            if mended is None:
                break
            text = mended
        left = next((fault.damage for fault in faults if fault.damage.is_fatal), None)
    except TomlTextError as error:
        raise RefusedError(f"{name} cannot be repaired: {error}", _REMEDY) from error
    if left is not None:
        left = _as_written(before, left)
        raise RefusedError(f"{name}, line {left.line}: {left.what}", left.remedy)
    if problem := _problem(text):
        raise RefusedError(f"{name} cannot be repaired: {problem}", _REMEDY)
    if text != before and not _keeps_settings(before, text):
        raise RefusedError(f"{name} cannot be repaired without losing a setting", _REMEDY)
    return bom(content) + text.encode()


def _as_written(text: str, left: Damage) -> Damage:
    """Return the damage as it stands in the person's file: mending others may have moved its line."""
    faults = (fault for fault in _find_faults(text) if fault.mended is None)
    return next((fault.damage for fault in faults if fault.damage.kind == left.kind), left)


def stop_reason(content: bytes, name: str) -> RefusedError | None:
    """Return why Codex does not start with a configuration, with what to do; None when nothing shows it."""
    fatal = next((damage for damage in find_damage(content) if damage.is_fatal), None)
    if fatal is None:
        return None
    hint = "wiki doctor explains it, wiki doctor --fix repairs it"
    try:
        repair(content)
    except RefusedError:
        hint = "wiki doctor explains it; repair it by hand"
    what = fatal.what.removeprefix("Codex does not start: ").removesuffix(".")
    return RefusedError(f"Codex does not start with {name} as it is: line {fatal.line}: {what}", hint)


def _as_repaired(faults: list[Fault], content: bytes) -> list[Damage]:
    """Return the damages, with a remedy that does not promise what `repair` refuses to do."""
    try:
        repair(content)
    except RefusedError as error:
        refused = f"Nothing is changed as long as this is so: {error}"
        return [
            fault.damage if fault.mended is None else dataclasses.replace(fault.damage, remedy=refused)
            for fault in faults
        ]
    return [fault.damage for fault in faults]


def _find_faults(text: str) -> Iterator[Fault]:
    """Yield every fault in the order of mending; raises TomlTextError without an outline."""
    statements = scan(text)
    yield from dead_settings(text, statements)
    yield from duplicate_tables(text, statements)
    yield from notify_faults(text, statements)
    yield from leftovers(text, statements)


def _problem(text: str) -> str:
    """Return why Python cannot read the text, "" when it can."""
    try:
        loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return str(error)
    return ""


def _keeps_settings(before: str, after: str) -> bool:
    """Whether every setting is still there, but for `notify` and those that Codex never reads."""
    old, new = _settings(before), _settings(after)
    is_known = all(
        path[-1] == "notify" or path[0] == "notify" or path in DEAD_SETTINGS or (path, value) in new
        for path, value in old - new
    )
    return is_known and all(path == ("notify",) for path, _ in new - old)


def _settings(text: str) -> Counter[tuple[tuple[str, ...], str]]:
    return Counter((found.path, repr(value_of(text, found))) for found in scan(text) if found.key)
