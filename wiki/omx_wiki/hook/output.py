"""What a hook answers on standard output."""

from __future__ import annotations

import os

from omx_wiki.hook.payload import quote


def write_context(event_name: str, context: str) -> None:
    """Write the one JSON object that Codex and Claude Code accept as context, in one go if it fits."""
    name, text = quote(event_name), quote(context)
    output = f'{{"hookSpecificOutput":{{"hookEventName":{name},"additionalContext":{text}}}}}\n'
    data = output.encode("utf-8")
    while data:
        data = data[os.write(1, data) :]
