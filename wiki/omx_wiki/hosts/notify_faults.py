"""The ways in which installers get the one `notify` of Codex's `config.toml` wrong, and how to mend them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from omx_wiki.hosts import toml_edit
from omx_wiki.hosts.config_faults import BY_HAND, Damage, Fault, blocks, value_of
from omx_wiki.hosts.toml_scan import scan
from omx_wiki.hosts.toml_text import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.hosts.toml_scan import Statement

_KEY = ("notify",)
_WORD = re.compile(r"[^\s\"'\\$`|&;<>(){}*?#~]+")


def notify_faults(text: str, statements: list[Statement]) -> Iterator[Fault]:
    """Yield what is wrong with `notify`, in the order in which it is to be mended."""
    yield from _forms(text, statements)
    yield from _duplicates(text, statements)
    yield from _misplaced(text, statements)


def _forms(text: str, statements: list[Statement]) -> Iterator[Fault]:
    """A `notify` that is not an array of strings: a table, a string, anything else."""
    for found in statements:
        if found.path != _KEY or (found.key and _is_strings(value_of(text, found))):
            continue
        command = _command(value_of(text, found)) if found.key else _command_of_table(text, statements)
        what = "Codex does not start: notify must be an array of strings, a program and its arguments."
        remedy, mended = 'Write it as notify = ["program", "argument"].', None
        if command:
            remedy = f"It becomes notify = {render(command)}."
            start, end = found.value
            mended = (
                text[:start] + render(command) + text[end:] if found.key else _without_table(text, command)
            )
        yield Fault(Damage("notify-form", found.line, what, remedy, is_fatal=True), mended)


def _duplicates(text: str, statements: list[Statement]) -> Iterator[Fault]:
    found = [one for one in statements if one.path == _KEY and one.key and not one.table]
    if len(found) <= 1:
        return
    kept = _to_keep(text, found)
    spare = found[0] if kept is found[1] else found[1]
    what = "Codex does not start: notify is there more than once."
    remedy = f"Two programs are yours: {BY_HAND}."
    if kept is not None:
        program = " ".join(map(str, value_of(text, kept)))
        remedy = f"The one in line {kept.line} stays ({program}); that in line {spare.line} is removed."
    mended = toml_edit.cut_statement(text, spare) if kept else None
    yield Fault(Damage("duplicate-notify", spare.line, what, remedy, is_fatal=True), mended)


def _misplaced(text: str, statements: list[Statement]) -> Iterator[Fault]:
    """A `notify` behind the header of another table, where Codex does not look for it."""
    root = [one for one in statements if one.path == _KEY and one.key]
    lost = [one for one in statements if one.key == _KEY and one.table and _is_command(value_of(text, one))]
    kept = _to_keep(text, lost)
    for found in lost:
        what = f"notify stands in the table [{'.'.join(found.table)}], so Codex never runs it."
        without = toml_edit.cut_statement(text, found)
        is_spare = any(value_of(text, one) == value_of(text, found) for one in root)
        if is_spare or (root and _is_installers(text, found)) or (not root and kept not in {found, None}):
            remedy = "It is removed; another notify stays."
        elif not root and kept is found:
            line = text[found.lines[0] : found.lines[1]].strip()
            remedy = "It moves in front of the first table."
            without = toml_edit.add_root_line(without, line)
        else:
            yield Fault(Damage("misplaced-notify", found.line, what, f"There is another: {BY_HAND}."), None)
            continue
        yield Fault(Damage("misplaced-notify", found.line, what, remedy), without)


def _command_of_table(text: str, statements: list[Statement]) -> list[str] | None:
    """Return the command that the table `notify` holds; None when it, or a table below it, holds more."""
    if [found.path for found in statements if found.table[:1] == _KEY and not found.key] != [_KEY]:
        return None
    pairs = [found for found in statements if found.table == _KEY and found.key]
    return _command({".".join(found.key): value_of(text, found) for found in pairs})


def _command(value: Any) -> list[str] | None:
    """Return the words of a command in another form; None when only a shell could take it apart."""
    if isinstance(value, str):
        return [value] if _WORD.fullmatch(value) else None
    if not isinstance(value, dict) or value.keys() - {"command", "args"}:
        return None
    command = value.get("command")
    words = [*(_command(command) or [])] if isinstance(command, str) else command
    if isinstance(words, list) and isinstance(value.get("args", []), list):
        words = [*words, *value.get("args", [])]
    return words if _is_command(words) else None


def _is_command(value: Any) -> bool:
    return _is_strings(value) and bool(value)


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _to_keep(text: str, found: list[Statement]) -> Statement | None:
    """Return the one program that is to stay: the person's, before an installer's; None of two of theirs."""
    theirs = [one for one in found if not _is_installers(text, one)] or found[-1:]
    values = [value_of(text, one) for one in theirs]
    return theirs[0] if theirs and all(value == values[0] for value in values) else None


def _is_installers(text: str, statement: Statement) -> bool:
    is_inside = any(start <= statement.lines[0] < end for start, end in blocks(text))
    return is_inside or "neotoma" in text[slice(*statement.value)].lower()


def _without_table(text: str, command: list[str]) -> str:
    """Return the text with `notify` at the root in the place of the table of that name."""
    text = toml_edit.add_root_line(text, f"notify = {render(command)}")
    while section := [found for found in scan(text) if found.table == _KEY]:
        text = toml_edit.cut_statement(text, section[-1], with_blank_line=not section[-1].key)
    return text
