"""A Codex folder whose owner has settings, comments and hooks of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from omx_wiki.hosts.hooks_file import Place
from omx_wiki.hosts.trust import trust_records

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.codex_home import CodexHome

EVENTS = ("SessionStart", "Stop", "SessionEnd")

_HOOKS = """\
{ "hooks":
  { "SessionStart": [
\t{"matcher": "startup", "hooks": [ {"type":"command", "command": %s, "timeout": 7} ]}],
    "Stop": [{"hooks": [{"type": "command", "timeout": 7, "command": %s}]}
    ],
    "SessionEnd": [{"hooks": [{"type": "command", "timeout": 2, "command": %s}]}],
    "OfALaterCodex": []
  } }"""
_ABOVE = "# mine \u00e9\n\n"
_BELOW = """
  # the end, indented
[profiles.quiet] # a comment
model_verbosity   =  'low'
"""


def told_to(ground: Path) -> Path:
    """Return the file in which the owner's hooks note their events."""
    return ground / "noted"


def write(codex: CodexHome, newline: str = "\n") -> dict[Path, bytes]:
    """Add the owner's settings and trusted hooks; return the bytes of every file of the folder."""
    note = told_to(codex.ground)
    commands = [f"cat >/dev/null; echo {event} >> {note}" for event in EVENTS]
    hooks = _HOOKS % tuple(map(json.dumps, commands))
    file = codex.path / "hooks.json"
    places = [
        Place(event, 0, 0, group.get("matcher"), group["hooks"][0], is_followed=False)
        for event in EVENTS
        for group in json.loads(hooks)["hooks"][event]
    ]
    records = trust_records(str(file.resolve()), places)
    trust = "".join(f'\n[hooks.state."{key}"]\ntrusted_hash = "{digest}"\n' for key, digest in records)
    config = _ABOVE + codex.config.read_text(encoding="utf-8") + trust + _BELOW
    file.write_bytes(hooks.replace("\n", newline).encode())
    codex.config.write_bytes(config.replace("\n", newline).encode())
    return files(codex)


def files(codex: CodexHome) -> dict[Path, bytes]:
    """Return every file in Codex's folder with its bytes."""
    return {path: path.read_bytes() for path in codex.path.rglob("*") if path.is_file()}
