"""Installs as Codex's `notify` program, with the person's own program behind it."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from omx_wiki.errors import RefusedError, UnavailableError
from omx_wiki.hosts import launcher, notify_chain
from omx_wiki.hosts.config_host import CONFIG, ConfigHost
from omx_wiki.hosts.edit import read_file
from omx_wiki.hosts.notify_dispatch import files_with_launcher, is_wrapped
from omx_wiki.hosts.trust import codex_home

if TYPE_CHECKING:
    from omx_wiki.hosts.plan import Plan


class Notify(ConfigHost):
    """The `notify` setting of Codex: one program, told when a turn is complete; of use before 0.145."""

    name = "notify"
    title = "Codex's notify"
    events = ("agent-turn-complete",)

    def is_present(self) -> bool:
        """Whether it runs our launcher already: wherever Codex is, its hooks are to be preferred."""
        path = self.config_path()
        try:
            return bool(self.heard(read_file(path) or b"", path))
        except (RefusedError, UnavailableError):
            return False

    def config_path(self) -> str:
        """Return Codex's configuration."""
        return os.path.join(codex_home(), CONFIG)

    def install(self, old: bytes | None, path: str) -> bytes:
        """Return the content with our program in front of one that is there; not on Windows."""
        present = notify_chain.program(old or b"", path)
        if present and sys.platform == "win32" and not notify_chain.is_ours(present):
            raise RefusedError(
                f"{path} runs {present[0]} as notify, and on Windows nothing can run ours before it",
                "leave out --host notify; the hooks of codex tell the same",
            )
        return notify_chain.install(old, launcher.hook_argv("notify"), path)

    def remove(self, content: bytes, path: str) -> bytes | None:
        """Return the content with the person's program alone."""
        return notify_chain.remove(content, path)

    def heard(self, content: bytes, path: str) -> tuple[str, ...]:
        """Return the event when `notify` runs our launcher, first or behind another program."""
        present = notify_chain.program(content, path)
        is_heard = present and (notify_chain.is_ours(present) or is_wrapped(present, path))
        return self.events if is_heard else ()

    def advice(self, new: bytes, *, is_change: bool) -> list[str]:
        """Tell which program stays in use, and who needs none of this."""
        present = notify_chain.program(new) or []
        if not notify_chain.is_ours(present):
            return [f"{present[0]} runs our launcher as notify already, so nothing is added."]
        if not is_change:
            return []
        theirs = present[present.index(notify_chain.THEN) + 1 :] if notify_chain.THEN in present else []
        kept = [f"Your notify program {theirs[0]} goes on running, after ours."] if theirs else []
        return [*kept, "Since Codex 0.145 the hooks Stop and SessionEnd make notify unnecessary."]


def wrapper(plan: Plan) -> str:
    """Return who runs our launcher as Codex's `notify` once a plan is carried out, "" when nobody does."""
    path = os.path.join(codex_home(), CONFIG)
    try:
        present = notify_chain.program(plan.content(path) or b"", path) or []
    except (RefusedError, UnavailableError):
        return next(iter(files_with_launcher(path)), "")
    is_foreign = not notify_chain.is_ours(present) and is_wrapped(present, path)
    return shlex.join(present[:2]) if is_foreign else ""
