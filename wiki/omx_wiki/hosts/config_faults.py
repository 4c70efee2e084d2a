"""What other installers are known to leave in Codex's `config.toml`: how to see it, and how to mend it.

Each rule looks at the outline of the text, which a file has also when it is not valid TOML. Measured with
Codex 0.169 and the installer of Neotoma's `codex-hooks` 0.1.0.
"""

from __future__ import annotations

import bisect
import itertools
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from omx_wiki.hosts import toml_edit
from omx_wiki.hosts.toml_text import loads, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hosts.toml_scan import Span, Statement

Kind = Literal[
    "dead-setting",
    "notify-form",
    "duplicate-table",
    "misplaced-notify",
    "duplicate-notify",
    "installer-leftover",
    "unreadable",
]

DEAD_SETTINGS = (("history", "session_start_command"), ("history", "session_end_command"))
_MARK = re.compile(r"^# (?P<kind>BEGIN|END) neotoma-codex-hooks[^\n]*(?:\n|\Z)", re.MULTILINE)
BY_HAND = "decide which one shall stay, and delete the other"


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong with a configuration.

    Attributes:
        kind: which of the known faults it is.
        line: where it stands, from 1.
        what: what is wrong and what comes of it, for people.
        remedy: what a repair does, or what is left to the person.
        is_fatal: whether Codex does not start with it.
    """

    kind: Kind
    line: int
    what: str
    remedy: str
    is_fatal: bool = False


@dataclass(frozen=True)
class Fault:
    """A damage and the text without it; None where only the person can decide."""

    damage: Damage
    mended: str | None


def blocks(text: str) -> Iterator[Span]:
    """Yield what stands between the marks of Neotoma's installer, with the marks."""
    start = -1
    for mark in _MARK.finditer(text):
        if mark["kind"] == "BEGIN":
            start = mark.start() if start < 0 else start
        elif start >= 0:
            yield start, mark.end()
            start = -1


def value_of(text: str, statement: Statement) -> Any:
    """Return the value of a setting; its text when Python cannot read it."""
    source = text[slice(*statement.value)]
    try:
        return loads(f"value = {source}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return source


def dead_settings(text: str, statements: list[Statement]) -> Iterator[Fault]:
    """Yield settings of `history` that are meant to run commands."""
    for found in statements:
        if found.path in DEAD_SETTINGS and found.key:
            what = (
                f"No version of Codex runs {'.'.join(found.path)}, and with --strict-config it stops Codex."
            )
            damage = Damage("dead-setting", found.line, what, "It is removed.")
            yield Fault(damage, toml_edit.cut_statement(text, found))


def duplicate_tables(text: str, statements: list[Statement]) -> Iterator[Fault]:
    """Yield the first table that has a second header."""
    first: dict[tuple[str, ...], Statement] = {}
    arrays = {found.table for found in statements if found.is_array}
    for found in statements:
        is_repeated = any(found.table[:depth] in arrays for depth in range(1, len(found.table) + 1))
        if found.key or is_repeated or first.setdefault(found.table, found) is found:
            continue
        name = ".".join(found.table)
        what = f"Codex does not start: the table [{name}] is there a second time."
        mended = _merged(text, statements, first[found.table], found)
        remedy = f"Its settings join those of the first [{name}]."
        if mended is None:
            remedy = f"Both set the same thing to different values: {BY_HAND}."
        yield Fault(Damage("duplicate-table", found.line, what, remedy, is_fatal=True), mended)
        return


def leftovers(text: str, statements: list[Statement]) -> Iterator[Fault]:
    """Yield the first block of Neotoma's installer in which no setting is left."""
    starts = [one.lines[0] for one in statements]
    for block in blocks(text):
        first, last = (bisect.bisect_left(starts, position) for position in block)
        is_text = first > 0 and statements[first - 1].lines[1] > block[0]
        inside = statements[first:last]
        if is_text or any(one.key for one in inside):
            continue
        line = text.count("\n", 0, block[0]) + 1
        what = "An installer of Neotoma left its marks, and nothing that Codex uses is between them."
        mended = _without_block(text, block, inside, statements)
        yield Fault(Damage("installer-leftover", line, what, "They are removed."), mended)
        return


def _merged(text: str, statements: list[Statement], first: Statement, second: Statement) -> str | None:
    """Return the text with the settings of a second table moved to the first; None where both set one key."""
    kept, moved = _section(statements, first), _section(statements, second)
    known = {found.key: value_of(text, found) for found in kept[1:]}
    new = [found for found in moved[1:] if found.key not in known]
    if any(known[one.key] != value_of(text, one) for one in moved[1:] if one.key in known):
        return None
    lines = [text[slice(*found.lines)].rstrip("\r\n") for found in new]
    for found in reversed(moved):
        text = toml_edit.cut_statement(text, found)
    return toml_edit.insert_lines(text, kept[-1].lines[1], lines) if lines else text


def _section(statements: list[Statement], header: Statement) -> list[Statement]:
    """Return a header and the settings under it."""
    rest = statements[statements.index(header) + 1 :]
    return [header, *itertools.takewhile(lambda found: bool(found.key), rest)]


def _without_block(text: str, block: Span, inside: list[Statement], statements: list[Statement]) -> str:
    """Return the text without the marks, what is between them, and the blank line before."""
    used = {one.table for one in statements if one.key}
    kept = "".join(text[slice(*one.lines)] for one in inside if one.table in used)
    before, after = text[: block[0]], text[block[1] :]
    newline = newline_of(text)
    before = before.removesuffix(newline) if before.endswith(newline * 2) or before == newline else before
    return before + kept + after
