"""Puts one entry of ours per event into the arrays under `[hooks]` of a `config.toml` and takes them out.

That is how forks of Codex take hooks. Ours is what runs our launcher, so no record is needed to find it; it
is appended behind what is there. Whatever is returned was read by `tomllib` as the old settings and ours.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError
from omx_wiki.hosts import launcher, toml_edit
from omx_wiki.hosts.toml_scan import TomlTextError, elements, is_array, scan
from omx_wiki.hosts.toml_text import BOM, bom, decode, loads, parse, reads_as, render, table

if TYPE_CHECKING:
    from omx_wiki.hosts.toml_scan import Statement

Entry = str | list[str]
"""A command as a host takes it: one string that it splits at white space, or the words."""

_TABLE = "hooks"
_REMEDY = "repair the file, or add the hooks by hand"
_FORM = "write it as [hooks], then run this again"
_SHARED = "another host uses this name in another form: give each a file of its own"


@dataclass(frozen=True)
class HooksTable:
    """One host's events, and the command that it runs for each of them.

    Attributes:
        events: the keys under `[hooks]`.
        entry_type: `list` when the host takes the words of a command, `str` when it splits a string.
    """

    events: tuple[str, ...]
    entry_type: type[str | list[str]]

    def install(self, old: bytes | None, entry: Entry, name: str = "config.toml") -> bytes:
        """Return `old` (None: no file) with the entry behind the others of each event; twice changes nothing.

        Raises RefusedError, naming the file, when it is not TOML that Python can read, holds something else
        under one of the names, or is written so that ours could not be taken out again.
        """
        text = decode(old or b"", name, _REMEDY)
        expected = self._with_entry(parse(text, name, _REMEDY), entry, name)
        new = bom(old or b"") + self._put(text, entry, name, is_new=old is None).encode()
        restored = None if old is None else self.remove(old, name)
        if not reads_as(new.removeprefix(BOM).decode(), expected) or self.remove(new, name) != restored:
            raise RefusedError(f"{name} is written so that our hooks could not be taken out again", _REMEDY)
        return new

    def remove(self, current: bytes, name: str = "config.toml") -> bytes | None:
        """Return `current` without our entries, and without the arrays and the header that came with them.

        None means that nothing but ours was in the file. Raises RefusedError when it cannot be read.
        """
        before = text = decode(current, name, _REMEDY)
        settings = parse(text, name, _REMEDY)
        for event in table(settings, _TABLE):
            text = self._drop(text, event, name)
        if not _is_shared(parse(text, name, _REMEDY)):
            text = toml_edit.cut_empty_table(text, _TABLE)
        left = parse(text, name, _REMEDY)
        if self._without_ours(left) != self._without_ours(settings) or self._has_ours(left):
            raise RefusedError(f"{name} runs our hook in a form that cannot be cut out", "delete it by hand")
        rest = bom(current) + text.encode()
        return None if not rest and before.endswith("\n") else rest

    def heard(self, content: bytes, name: str = "config.toml") -> tuple[str, ...]:
        """Return the events that run our launcher; raises RefusedError when the file cannot be read."""
        hooks = table(parse(decode(content, name, _REMEDY), name, _REMEDY), _TABLE)
        return tuple(event for event in self.events if any(map(self._is_ours, _entries(hooks, event))))

    def used(self, content: bytes, name: str = "config.toml") -> tuple[str, ...]:
        """Return the events that have commands in this host's form, whoever put them there."""
        hooks = table(parse(decode(content, name, _REMEDY), name, _REMEDY), _TABLE)
        return tuple(event for event in self.events if _entries(hooks, event) and self._fits(hooks[event]))

    def _put(self, text: str, entry: Entry, name: str, *, is_new: bool) -> str:
        lines = []
        for event in self.events:
            array = _array(text, event, name)
            if array is None:
                lines.append(f"{event} = [{render(entry)}]")
            else:
                text = self._put_into(text, array, entry)
                text = self._drop(text, event, name, keep=1)
        new = toml_edit.add_table_lines(text, _TABLE, lines, is_new=is_new) if lines else text
        if new is None:
            raise RefusedError(f"{name} has {_TABLE} in a form that leaves no place for ours", _FORM)
        return new

    def _put_into(self, text: str, array: Statement, entry: Entry) -> str:
        for start, end in elements(text, array.value):
            if self._is_ours(_value(text[start:end])):
                is_same = _value(text[start:end]) == entry
                return text if is_same else text[:start] + render(entry) + text[end:]
        return toml_edit.append_element(text, array, render(entry))

    def _drop(self, text: str, event: str, name: str, keep: int = 0) -> str:
        """Take our entries of one event out but the first `keep`."""
        while array := _array(text, event, name):
            spans = elements(text, array.value)
            ours = [i for i, (start, end) in enumerate(spans) if self._is_ours(_value(text[start:end]))]
            if len(ours) <= keep:
                break
            text = toml_edit.cut_element(text, array, ours[-1])
        return text

    def _with_entry(self, settings: dict[str, Any], entry: Entry, name: str) -> dict[str, Any]:
        """Return the settings as they shall be; raises RefusedError where another form is in the way."""
        new = copy.deepcopy(settings)
        hooks = new.setdefault(_TABLE, {})
        if not isinstance(hooks, dict):
            raise RefusedError(f"{name} has {_TABLE} in a form that leaves no place for ours", _FORM)
        for event in self.events:
            if not self._fits(hooks.get(event, [])):
                wanted = "strings" if self.entry_type is str else "arrays"
                raise RefusedError(f"{name}: {_TABLE}.{event} is not an array of {wanted}", _SHARED)
            entries = [found for found in _entries(hooks, event) if not self._is_ours(found)]
            mine = [i for i, found in enumerate(_entries(hooks, event)) if self._is_ours(found)]
            entries.insert(mine[0] if mine else len(entries), entry)
            hooks[event] = entries
        return new

    def _without_ours(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the settings without our entries, nor arrays and a table that hold nothing."""
        new = copy.deepcopy(settings)
        hooks = table(new, _TABLE)
        for event in list(hooks):
            if isinstance(hooks[event], list):
                hooks[event] = [found for found in hooks[event] if not self._is_ours(found)]
            if hooks[event] == []:
                del hooks[event]
        if new.get(_TABLE) == {}:
            del new[_TABLE]
        return new

    def _has_ours(self, settings: dict[str, Any]) -> bool:
        hooks = table(settings, _TABLE)
        return any(self._is_ours(entry) for event in hooks for entry in _entries(hooks, event))

    def _is_ours(self, entry: object) -> bool:
        words = entry.split() if isinstance(entry, str) else entry
        return isinstance(entry, self.entry_type) and launcher.is_hook_argv(words)

    def _fits(self, entries: object) -> bool:
        return isinstance(entries, list) and all(isinstance(entry, self.entry_type) for entry in entries)


def _is_shared(settings: dict[str, Any]) -> bool:
    """Whether an array still runs our launcher in another host's form: the header serves that one too."""
    return any(launcher.PROGRAM in repr(found) for found in table(settings, _TABLE).values())


def _entries(hooks: dict[str, Any], event: str) -> list[Any]:
    found = hooks.get(event)
    return found if isinstance(found, list) else []


def _array(text: str, event: str, name: str) -> Statement | None:
    """Return where the array of one event is written; raises RefusedError when the text has no outline."""
    try:
        found = [one for one in scan(text) if one.path == (_TABLE, event) and one.key]
    except TomlTextError as error:
        raise RefusedError(f"{name} cannot be changed safely: {error}", _REMEDY) from error
    return found[0] if found and is_array(text, found[0].value) else None


def _value(text: str) -> Any:
    return loads(f"value = {text}")["value"]
