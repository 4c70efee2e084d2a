"""Puts one entry of ours per event into the arrays under `[hooks]` of a `config.toml` and takes them out.

That is how forks of Codex take hooks. Ours is what runs our launcher, so no record is needed to find it; it
is appended behind what is there. Whatever is returned was read by `tomllib` as the old settings and ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError
from omx_wiki.hosts import launcher, toml_edit
from omx_wiki.hosts.toml_scan import TomlTextError, elements, is_array, scan
from omx_wiki.hosts.toml_text import bom, decode, loads, parse, read_settings, reads_as, render, table

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
        settings = parse(text, name, _REMEDY)
        expected = self._with_entry(settings, entry, name)
        new = self._put(text, entry, name, is_new=old is None)
        if not reads_as(new, expected) or not self._is_undone(text, settings, new, expected, name):
            raise RefusedError(f"{name} is written so that our hooks could not be taken out again", _REMEDY)
        return bom(old or b"") + new.encode()

    def remove(self, current: bytes, name: str = "config.toml") -> bytes | None:
        """Return `current` without our entries, and without the arrays and the header that came with them.

        None means that nothing but ours was in the file. Raises RefusedError when it cannot be read.
        """
        text = decode(current, name, _REMEDY)
        rest = bom(current) + self._cut(text, parse(text, name, _REMEDY), name).encode()
        return None if not rest and text.endswith("\n") else rest

    def heard(self, content: bytes, name: str = "config.toml") -> tuple[str, ...]:
        """Return the events that run our launcher; raises RefusedError when the file cannot be read."""
        hooks = table(read_settings(content, name, _REMEDY), _TABLE)
        return tuple(event for event in self.events if any(map(self._is_ours, _entries(hooks, event))))

    def used(self, content: bytes, name: str = "config.toml") -> tuple[str, ...]:
        """Return the events that have commands in this host's form, whoever put them there."""
        hooks = table(read_settings(content, name, _REMEDY), _TABLE)
        return tuple(event for event in self.events if _entries(hooks, event) and self._fits(hooks[event]))

    def _is_undone(
        self, old: str, settings: dict[str, Any], new: str, expected: dict[str, Any], name: str
    ) -> bool:
        """Whether `new` without ours is `old` without ours."""
        return self._cut(new, expected, name) == self._cut(old, settings, name)

    def _cut(self, text: str, settings: dict[str, Any], name: str) -> str:
        """Return the text, which says `settings`, without our entries and what came with them."""
        if not self._has_ours(settings) and toml_edit.MARK not in text:
            return text
        new = text
        for array in reversed(_arrays(text, name)):
            new = self._drop(new, array)
        left = parse(new, name, _REMEDY)
        if not _is_shared(left):
            bare = toml_edit.cut_empty_table(new, _TABLE)
            new, left = bare, left if bare == new else parse(bare, name, _REMEDY)
        if self._without_ours(left) != self._without_ours(settings) or self._has_ours(left):
            raise RefusedError(f"{name} runs our hook in a form that cannot be cut out", "delete it by hand")
        return new

    def _put(self, text: str, entry: Entry, name: str, *, is_new: bool) -> str:
        present = {array.path[-1]: array for array in _arrays(text, name) if array.path[-1] in self.events}
        for array in reversed(present.values()):
            text = self._put_into(text, array, entry)
            text = self._drop(text, array, keep=1)
        lines = [f"{event} = [{render(entry)}]" for event in self.events if event not in present]
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

    def _drop(self, text: str, array: Statement, keep: int = 0) -> str:
        """Take our entries out of one array but the first `keep`; nothing in front of it moves."""
        spans = elements(text, array.value)
        ours = [i for i, (start, end) in enumerate(spans) if self._is_ours(_value(text[start:end]))]
        for index in reversed(ours[keep:]):
            shorter = toml_edit.cut_element(text, array, index)
            text, array = shorter, array.shortened(len(text) - len(shorter))
        return text

    def _with_entry(self, settings: dict[str, Any], entry: Entry, name: str) -> dict[str, Any]:
        """Return the settings as they shall be; raises RefusedError where another form is in the way."""
        if not isinstance(settings.get(_TABLE, {}), dict):
            raise RefusedError(f"{name} has {_TABLE} in a form that leaves no place for ours", _FORM)
        hooks = {**table(settings, _TABLE)}
        for event in self.events:
            if not self._fits(hooks.get(event, [])):
                wanted = "strings" if self.entry_type is str else "arrays"
                raise RefusedError(f"{name}: {_TABLE}.{event} is not an array of {wanted}", _SHARED)
            entries = [found for found in _entries(hooks, event) if not self._is_ours(found)]
            mine = [i for i, found in enumerate(_entries(hooks, event)) if self._is_ours(found)]
            entries.insert(mine[0] if mine else len(entries), entry)
            hooks[event] = entries
        return {**settings, _TABLE: hooks}

    def _without_ours(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the settings without our entries, nor arrays and a table that hold nothing."""
        new = {**settings}
        if isinstance(settings.get(_TABLE), dict):
            hooks = {event: self._others(found) for event, found in settings[_TABLE].items()}
            new[_TABLE] = {event: found for event, found in hooks.items() if found != []}
        if new.get(_TABLE) == {}:
            del new[_TABLE]
        return new

    def _others(self, found: Any) -> Any:
        """Return the entries of an array that are not ours; anything else as it is."""
        return [one for one in found if not self._is_ours(one)] if isinstance(found, list) else found

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
    arrays = (found for found in table(settings, _TABLE).values() if isinstance(found, list))
    return any(launcher.PROGRAM in repr(found) for found in arrays)


def _entries(hooks: dict[str, Any], event: str) -> list[Any]:
    found = hooks.get(event)
    return found if isinstance(found, list) else []


def _arrays(text: str, name: str) -> list[Statement]:
    """Return where the arrays of events are written; raises RefusedError when the text has no outline."""
    try:
        found = [one for one in scan(text) if one.key and one.path[:-1] == (_TABLE,)]
    except TomlTextError as error:
        raise RefusedError(f"{name} cannot be changed safely: {error}", _REMEDY) from error
    return [one for one in found if is_array(text, one.value)]


def _value(text: str) -> Any:
    return loads(f"value = {text}")["value"]
