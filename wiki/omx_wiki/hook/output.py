"""What a hook answers on standard output."""

from __future__ import annotations

import os

from omx_wiki.hook.payload import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.hook.events import HookEvent


_CURSOR_NAME = "additional_context"
_NAMES = {"session-start": "SessionStart", "user-prompt": "UserPromptSubmit"}
_LISTENING = {
    "codex-native": ("session-start", "user-prompt"),
    "claude": ("session-start", "user-prompt"),
    "gemini": ("session-start",),
    "cursor": ("session-start",),
}
"""The events whose answer reaches the model; elsewhere output ends in a log, or in the person's terminal."""


def is_heard(event: HookEvent) -> bool:
    """Whether the host passes on to the model what a hook answers to an event."""
    return event.transport in ("stdin", "file") and event.event in _LISTENING.get(event.dialect, ())


def write_context(context: str, event: str, dialect: str = "codex-native") -> None:
    """Write the one JSON object that the host accepts as context, in one go if it fits.

    Claude Code and Gemini accept what Codex accepts; for a prompt there is no other shape.
    """
    text = quote(context)
    if dialect == "cursor":
        output = f'{{"{_CURSOR_NAME}":{text}}}\n'
    else:
        name = quote(_NAMES[event])
        output = f'{{"hookSpecificOutput":{{"hookEventName":{name},"additionalContext":{text}}}}}\n'
    data = output.encode("utf-8")
    while data:
        data = data[os.write(1, data) :]
