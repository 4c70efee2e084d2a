"""Installs into xcodex: the one-shot commands under `[hooks]` of its `config.toml`.

They are the older of its two ways, and the one that runs a command at the end of a session for sure: commands
under `hooks.command` are only scheduled then, and may be lost with the process.
"""

from __future__ import annotations

import os
import shutil

from omx_wiki.hosts import launcher
from omx_wiki.hosts.config_host import CONFIG, TableHost
from omx_wiki.hosts.hooks_table import HooksTable
from omx_wiki.hosts.trust import codex_home

_TABLE = HooksTable(
    (
        "session_start",
        "session_end",
        "agent_turn_complete",
        "user_prompt_submit",
        "pre_compact",
        "tool_call_finished",
    ),
    list,
)


class Xcodex(TableHost):
    """The fork xcodex, all versions with hooks."""

    name = "xcodex"
    title = "xcodex"
    events = _TABLE.events
    table = _TABLE

    def is_present(self) -> bool:
        """Whether xcodex has its own folder here, or its program is on the path."""
        return os.path.isdir(_own_home()) or shutil.which("xcodex") is not None

    def config_path(self) -> str:
        """Return the configuration in `CODEX_HOME`, else in xcodex's own folder."""
        return os.path.join(codex_home() if os.environ.get("CODEX_HOME") else _own_home(), CONFIG)

    def install(self, old: bytes | None, path: str) -> bytes:
        """Return the content with one command per event behind the others."""
        return _TABLE.install(old, launcher.hook_argv("xcodex"), path)

    def places(self) -> list[str]:
        """Return the configuration in use, and the one in xcodex's own folder."""
        return [self.config_path(), os.path.join(_own_home(), CONFIG)]


def _own_home() -> str:
    """Return xcodex's folder, spelled as Codex's when both are one: a plan knows a file by its path."""
    folder = os.path.abspath(os.path.expanduser("~/.xcodex"))
    return codex_home() if os.path.realpath(folder) == os.path.realpath(codex_home()) else folder
