"""Codex's trust in a hook: its key, its hash, and the record of it in the user's `config.toml`.

Codex runs a hook only when `hooks.state."<key>".trusted_hash` in the user's configuration equals the hash
of the hook's definition. Key and hash follow Codex 0.169 and equal what its app-server lists (`hooks/list`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omx_wiki.hosts.hooks_file import Place

_DEFAULT_TIMEOUT = 600
_SHORT_EVENTS = frozenset({"SessionEnd", "Interrupt"})
_SHORT_DEFAULT, _SHORT_MAX = 1, 3
_WITHOUT_MATCHER = frozenset({"UserPromptSubmit", "Stop", "Interrupt", "PreModelRequest", "PostModelRequest"})


class TrustRecord(NamedTuple):
    """One entry of `hooks.state`: the key of a hook and the hash of the definition that is trusted."""

    key: str
    trusted_hash: str


def codex_home() -> str:
    """Return Codex's folder as Codex itself writes it in trust keys.

    A CODEX_HOME that is set is resolved through symlinks; the default `~/.codex` is not.
    """
    chosen = os.environ.get("CODEX_HOME", "")
    return os.path.realpath(chosen) if chosen else os.path.abspath(os.path.expanduser("~/.codex"))


def trust_records(hooks_path: str, places: Iterable[Place]) -> tuple[TrustRecord, ...]:
    """Return the records that trust our handlers at `places` of the file `hooks_path` (an absolute path)."""
    return tuple(
        TrustRecord(
            f"{hooks_path}:{event_label(place.event)}:{place.group}:{place.handler}",
            trust_hash(place.event, place.matcher, place.entry),
        )
        for place in places
    )


def event_label(event: str) -> str:
    """Return the event name as trust keys spell it, such as `session_start`."""
    return re.sub("(?<!^)(?=[A-Z])", "_", event).lower()


def trust_hash(event: str, matcher: str | None, handler: Mapping[str, Any]) -> str:
    """Return Codex's hash of one command handler, as `sha256:` and 64 hex digits."""
    definition: dict[str, Any] = {"event_name": event_label(event), "hooks": [_normal_form(event, handler)]}
    if matcher is not None and event not in _WITHOUT_MATCHER:
        definition["matcher"] = matcher
    text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _normal_form(event: str, handler: Mapping[str, Any]) -> dict[str, Any]:
    """Return the handler with its effective values, without what Codex does not hash."""
    is_short = event in _SHORT_EVENTS
    given = handler.get("timeout")
    timeout = max(1, given if given is not None else _SHORT_DEFAULT if is_short else _DEFAULT_TIMEOUT)
    form: dict[str, Any] = {
        "type": "command",
        "command": handler["command"],
        "timeout": min(timeout, _SHORT_MAX) if is_short else timeout,
        "async": bool(handler.get("async", False)),
    }
    optional = ("statusMessage",) if is_short else ("statusMessage", "additionalContextLimit")
    form.update({name: handler[name] for name in optional if handler.get(name) is not None})
    return form
