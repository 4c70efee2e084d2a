"""Installs into the fork of Codex with event hooks: command strings under `[hooks]` of `config.toml`.

The fork splits each string at white space and appends the event as JSON, so nothing can be quoted.
"""

from __future__ import annotations

import os

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import launcher
from omx_wiki.hosts.config_host import CONFIG, TableHost
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.hooks_table import HooksTable
from omx_wiki.hosts.trust import codex_home

_TABLE = HooksTable(
    (
        "session_started",
        "session_ended",
        "agent_turn_complete",
        "user_input_required",
        "tool_execution_started",
        "tool_execution_completed",
    ),
    str,
)


class EventHooks(TableHost):
    """The fork with event hooks, which shares its folder and its program's name with Codex."""

    name = "event-hooks"
    title = "the event-hooks fork of Codex"
    events = _TABLE.events
    table = _TABLE

    def is_present(self) -> bool:
        """Whether the configuration has hooks in its form; nothing else tells it from Codex."""
        path = self.config_path()
        try:
            return bool(_TABLE.used(read_file(path) or b"", path))
        except (RefusedError, UnavailableError):
            return False

    def config_path(self) -> str:
        """Return Codex's configuration."""
        return os.path.join(codex_home(), CONFIG)

    def install(self, old: bytes | None, path: str) -> bytes:
        """Return the content with one command per event; refuses a launcher with white space in its path."""
        words = launcher.hook_argv("event-hooks")
        command = " ".join(words)
        if command.split() != words:
            raise RefusedError(
                f"{self.title} splits commands at white space, and there is some in {words[0]}",
                "set OMX_WIKI_HOME to a folder without white space, then run this again",
            )
        return _TABLE.install(old, command, path)
