"""How an event arrives: as the last word of a command, on standard input, or in a file it names."""

from __future__ import annotations

import os

from omx_wiki.hook import payload
from omx_wiki.hook.dialects import Told, parse_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from omx_wiki.hook.events import HookEvent

_HOST, _THEN = "host", "--then"
_FLAGS = ("--plugin",)
_PAYLOADS = os.path.join("tmp", "hooks", "payloads")
_FILE_TYPE, _REGULAR = 0o170000, 0o100000


class Words:
    """The words of a hook's command.

    Attributes:
        dialect, event: what the command says of its events, "" when it does not.
        wiki: the `wiki` program to tell agents of, "" when it is to be found.
        parent: the process that ran the hook, 0 when the command does not say.
        is_plugin: whether a plugin runs us, which gives way to an installation of the person.
        is_host: whether events come on standard input, one a line, as long as the host lives.
        text: the event itself when the last word is JSON, "" otherwise.
    """

    __slots__ = ("dialect", "event", "is_host", "is_plugin", "parent", "text", "wiki")

    def __init__(self, words: Sequence[str]) -> None:
        last = words[-1] if words else ""
        own = list(words[: words.index(_THEN)] if _THEN in words else words)
        pairs = zip(own, own[1:], strict=False)  # noqa: RUF007  (a hook imports next to nothing)
        options = {name: value for name, value in pairs if name.startswith("--")}
        self.dialect = options.get("--dialect", "")
        self.event = options.get("--event", "")
        self.wiki = options.get("--wiki", "")
        parent = options.get("--parent", "")
        self.parent = int(parent) if parent.isascii() and parent.isdigit() and len(parent) < 12 else 0  # noqa: PLR2004  (no process id is longer)
        self.is_plugin = "--plugin" in own
        self.text = last if last.lstrip().startswith("{") else ""
        self.is_host = not self.text and _first_plain(own) == _HOST


def _first_plain(words: Sequence[str]) -> str:
    """Return the first word that is neither an option nor the value of one."""
    before = ""
    for word in words:
        is_value = before.startswith("--") and before not in _FLAGS
        if not is_value and not word.startswith("--"):
            return word
        before = "" if is_value else word
    return ""


def arrived(words: Words) -> HookEvent | None:
    """Return the event that this process was started for, None when there is none.

    With JSON as the last word standard input is not touched: hosts of that kind leave their terminal there.
    """
    if words.text:
        return event_in(words.text, Told(words.dialect, words.event, "argv"))
    return event_in(payload.decode(payload.read_stdin()), Told(words.dialect, words.event))


def event_in(text: str, told: Told) -> HookEvent | None:
    """Return the event in a text of a host; an envelope gives way to the file it names, if that is there."""
    if len(text) > payload.MAX_BYTES:
        return None
    event = parse_event(payload.parse_object(text), told)
    if event is None or not event.needs_payload_file:
        return event
    path = event.payload.get("payload_path") or event.payload.get("payload-path")
    whole = _payload_in(path) if isinstance(path, str) else None
    inner = parse_event(whole, Told(told.dialect, told.event, "file", event.seq)) if whole else None
    return event if inner is None or inner.needs_payload_file else inner


def _payload_in(path: str) -> dict[str, Any] | None:
    """Return the payload in a file of xcodex, None when it is gone or not where xcodex puts them.

    The path comes from whoever wrote the envelope: it has to be a regular file of a bounded size right in the
    folder for payloads of a home of Codex.
    """
    folder, name = os.path.split(path)
    homes = (
        os.environ.get("CODEX_HOME", ""),
        *(os.path.expanduser(f"~/.{each}") for each in ("xcodex", "codex")),
    )
    places = {os.path.realpath(os.path.join(home, _PAYLOADS)) for home in homes if home}
    if not name or "\0" in path or not os.path.isabs(path) or os.path.realpath(folder) not in places:
        return None
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if status.st_mode & _FILE_TYPE != _REGULAR or status.st_size > payload.MAX_BYTES:
            return None
        chunks = []
        while chunk := os.read(descriptor, 1 << 20):
            chunks.append(chunk)
            if len(chunks) > payload.MAX_BYTES >> 20:
                return None
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return payload.parse_object(payload.decode(b"".join(chunks)))
