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
    """A `notify` that is not an array of strings: a table, dotted keys, a string, anything else."""
    values = [found for found in statements if found.path == _KEY and found.key]
    arrays = [found for found in values if _is_strings(value_of(text, found))]
    for found in values:
        if found not in arrays:
            command = _command(value_of(text, found))
            start, end = found.value
            mended = text[:start] + render(command) + text[end:] if command else None
            yield _form_fault(found.line, command, mended)
    if table := _table(statements):
        command = _command_of_table(text, table)
        theirs = next((found for found in arrays if not _is_installers(text, found)), None)
        if theirs is not None:
            yield _second_form(text, theirs, table, command)
        else:
            yield _form_fault(table[0].line, command, _without_table(text, command) if command else None)


def _form_fault(line: int, command: list[str] | None, mended: str | None) -> Fault:
    what = "Codex does not start: notify must be an array of strings, a program and its arguments."
    remedy = 'Write it as notify = ["program", "argument"].'
    if command:
        remedy = f"It becomes notify = {render(command)}."
    return Fault(Damage("notify-form", line, what, remedy, is_fatal=True), mended)


def _second_form(text: str, array: Statement, table: list[Statement], command: list[str] | None) -> Fault:
    """A table `notify` beside the person's array; it goes when it is an installer's, or says the same."""
    line = table[0].line
    what = f"Codex does not start: line {array.line} sets notify as an array, and line {line} as a table."
    is_spare = command == value_of(text, array) or (
        command is not None and any(one.key and _is_installers(text, one) for one in table)
    )
    if is_spare:
        remedy, mended = f"The array in line {array.line} stays; the table is removed.", _cut_table(text)
    else:
        remedy, mended = f"Keep the array in line {array.line}, and delete the table by hand.", None
    return Fault(Damage("notify-form", line, what, remedy, is_fatal=True), mended)


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


def _table(statements: list[Statement]) -> list[Statement]:
    """Return what makes `notify` a table: headers, the settings under them, and dotted keys."""
    return [one for one in statements if one.path[:1] == _KEY and (one.path != _KEY or not one.key)]


def _command_of_table(text: str, table: list[Statement]) -> list[str] | None:
    """Return the command that the table `notify` holds; None when it, or a table below it, holds more."""
    headers = [found for found in table if not found.key]
    if len(headers) > 1 or any(found.path != _KEY or found.is_array for found in headers):
        return None
    pairs = {".".join(found.path[1:]): value_of(text, found) for found in table if found.key}
    return _command(pairs) if len(pairs) + len(headers) == len(table) else None


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
    return _cut_table(toml_edit.add_root_line(text, f"notify = {render(command)}"))


def _cut_table(text: str) -> str:
    """Return the text without the table `notify`."""
    for found in reversed(_table(scan(text))):
        text = toml_edit.cut_statement(text, found, with_blank_line=not found.key)
    return text
