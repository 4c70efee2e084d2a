"""Writes trust records into the bytes of a user's `config.toml` and takes them out again.

The file is never written anew: records are appended as text, a hash is replaced where it stands, and a
result is accepted only when `tomllib` reads it as the old settings and ours. A file without a final newline
still has none afterwards, which is also how `remove_trust` knows what to restore.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError
from omx_wiki.hosts.hooks_schema import EVENT_NAMES
from omx_wiki.hosts.toml_text import bom, decode, loads, newline_of, quote, read_settings, reads_as, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from omx_wiki.hosts.trust import TrustRecord

_HEADER = re.compile(
    r"^[ \t]*\[[ \t]*hooks[ \t]*\.[^\n]*\n(?:[ \t]*(?:trusted_hash|enabled)[ \t]*=[^\n]*(?:\n|\Z))*",
    re.MULTILINE,
)
_REMEDY = "trust the hooks in codex itself: start it once and choose 'Trust all and continue'"


def config_trust(old: bytes | None, records: Iterable[TrustRecord], name: str = "config.toml") -> bytes:
    """Return `old` (None: no file) with the records in it; every other byte stays.

    Raises RefusedError, naming the file `name`, when it is not TOML that Python can read (Codex also reads
    TOML 1.1) or when its way of writing `hooks` leaves no place for the records.
    """
    text = decode(old or b"", name, _REMEDY)
    settings = _settings(old or b"", name)
    for record in records:
        state = _hashes(settings)
        if state.get(record.key) == record.trusted_hash:
            continue
        expected = _with_record(settings, record)
        if record.key not in state:
            text = _append(text, record, expected, name, is_new=old is None)
        else:
            text = _replace(text, record, state[record.key], expected, name)
        settings = expected or settings
    return bom(old or b"") + text.encode()


def remove_trust(current: bytes, keys: Iterable[str], name: str = "config.toml") -> bytes | None:
    """Return `current` without the records of `keys`; None when the file held nothing else and was ours.

    Raises RefusedError when the file is not TOML, or holds a record in a form that cannot be cut out.
    """
    text = before = decode(current, name, _REMEDY)
    settings = _settings(current, name)
    for key in keys:
        if key in _hashes(settings):
            text, settings = _cut(text, settings, key, name)
    rest = bom(current) + text.encode()
    return None if not rest and before.endswith("\n") else rest


def trust_state(content: bytes, name: str = "config.toml") -> dict[str, str | None]:
    """Return the trusted hash of every key in `hooks.state`, None where an entry has no hash."""
    return _hashes(_settings(content, name))


def _hashes(settings: Mapping[str, Any]) -> dict[str, str | None]:
    state = table(table(settings, "hooks"), "state")
    return {
        key: entry["trusted_hash"] if isinstance(entry.get("trusted_hash"), str) else None
        for key, entry in state.items()
        if isinstance(entry, dict)
    }


def switched_off(content: bytes, name: str = "config.toml") -> frozenset[str]:
    """Return the keys of hooks that the person switched off in Codex, as with `/hooks`."""
    state = table(table(_settings(content, name), "hooks"), "state")
    return frozenset(
        key for key, entry in state.items() if isinstance(entry, dict) and entry.get("enabled") is False
    )


def has_own_hooks(content: bytes, name: str = "config.toml") -> bool:
    """Whether the file defines hooks of Codex itself; beside a hooks.json it then warns at every start."""
    return not EVENT_NAMES.isdisjoint(table(_settings(content, name), "hooks"))


def has_hooks_off(content: bytes, name: str = "config.toml") -> bool:
    """Whether the file switches Codex's hooks off altogether.

    `codex_hooks` is the flag's name up to 0.128; where both are set, later versions heed `hooks`.
    """
    features = table(_settings(content, name), "features")
    return features.get("hooks", features.get("codex_hooks")) is False


def has_old_flag_on(content: bytes, name: str = "config.toml") -> bool:
    """Whether the file sets the flag that versions before 0.128 want before they run any hook."""
    return table(_settings(content, name), "features").get("codex_hooks") is True


def _append(
    text: str, record: TrustRecord, expected: dict[str, Any] | None, name: str, *, is_new: bool
) -> str:
    """Add a table at the end, after a blank line."""
    newline = newline_of(text)
    lines = [f"[hooks.state.{quote(record.key)}]", f'trusted_hash = "{record.trusted_hash}"']
    block = newline.join(lines)
    if text.endswith("\n"):
        new = f"{text}{newline}{block}{newline}"
    elif not text:
        new = f"{block}{newline if is_new else ''}"
    else:
        new = f"{text}{newline}{newline}{block}"
    if expected is None or not reads_as(new, expected):
        raise RefusedError(f"{name} defines hooks in a way that leaves no place for trust records", _REMEDY)
    return new


def _replace(
    text: str, record: TrustRecord, old_hash: str | None, expected: dict[str, Any] | None, name: str
) -> str:
    """Put the new hash in the place of the old one."""
    for found in re.finditer(re.escape(old_hash), text) if old_hash else ():
        new = text[: found.start()] + record.trusted_hash + text[found.end() :]
        if expected is not None and reads_as(new, expected):
            return new
    raise RefusedError(
        f"{name} holds a setting of ours that cannot be brought up to date: {record.key}", _REMEDY
    )


def _cut(text: str, settings: Mapping[str, Any], key: str, name: str) -> tuple[str, dict[str, Any]]:
    """Remove the table of one key, with the line ends that came with it; return what is left, also read."""
    hooks = settings["hooks"]
    state = {other: entry for other, entry in hooks["state"].items() if other != key}
    expected = list(_without_empty({**settings, "hooks": {**hooks, "state": state}}))
    for start, end in _tables(text, key):
        for begin in _beginnings(text, start, end):
            new = text[:begin] + text[end:]
            with contextlib.suppress(tomllib.TOMLDecodeError, RecursionError):
                if (left := loads(new)) in expected:
                    return new, left
    raise RefusedError(
        f"{name} trusts our hook in a form that cannot be cut out",
        f'delete "{key}" under hooks.state by hand',
    )


def _tables(text: str, key: str) -> Iterator[tuple[int, int]]:
    """Yield where a table of this key seems to stand; a text inside a string may look like one."""
    for found in _HEADER.finditer(text):
        if key not in found[0] and "\\" not in found[0]:
            continue
        try:
            settings = loads(found[0])
        except tomllib.TOMLDecodeError:
            continue
        if key in table(table(settings, "hooks"), "state"):
            yield found.span()


def _beginnings(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where the cut begins: at the blank line before, and before the newline that `_append` added."""
    near = max(start - len("\r\n\r\n"), 0)
    before = text[near:start]
    ends = [near + match.start() for match in re.finditer(r"\r?\n", before)]
    has_blank_line = before in {"\n", "\r\n"} or before.endswith(("\n\n", "\n\r\n"))
    count = has_blank_line + (end == len(text) and not text.endswith("\n"))
    if count:
        yield from ends[-count:][:1]
    if has_blank_line:
        yield ends[-1]
    yield start


def _with_record(config: Mapping[str, Any], record: TrustRecord) -> dict[str, Any] | None:
    """Return the settings as they shall be; None when `hooks` or `state` is not a table."""
    hooks = config.get("hooks", {})
    state = hooks.get("state", {}) if isinstance(hooks, dict) else None
    entry = state.get(record.key, {}) if isinstance(state, dict) else None
    if not isinstance(entry, dict):
        return None
    entry = {**entry, "trusted_hash": record.trusted_hash}
    return {**config, "hooks": {**hooks, "state": {**(state or {}), record.key: entry}}}


def _without_empty(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the settings, then also without a `state` and `hooks` that only our tables brought about."""
    yield config
    if not config["hooks"]["state"]:
        hooks = {name: found for name, found in config["hooks"].items() if name != "state"}
        yield {**config, "hooks": hooks}
        if not hooks:
            yield {name: found for name, found in config.items() if name != "hooks"}


def _settings(content: bytes, name: str) -> Mapping[str, Any]:
    return read_settings(content, name, _REMEDY)
