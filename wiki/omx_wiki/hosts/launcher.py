"""The launcher: the one stable program path that is written into other programs' configuration."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import sysconfig
from typing import TYPE_CHECKING

import omx_wiki
from omx_wiki.errors import RefusedError
from omx_wiki.project import state_home
from omx_wiki.templates import template

if TYPE_CHECKING:
    from collections.abc import Callable

MODE = 0o700
MARK = b"/bin/wiki-hook"
"""What every command of ours holds, wherever the private folder was when it was written."""

PROGRAM = "wiki-hook"
"""The name of the launcher."""

_PROGRAM = re.compile(r"[/\\]bin[/\\]wiki-hook(\.cmd)?\Z")
_COMMAND_WORDS = 3


def launcher_path() -> str:
    """Return where the launcher lies: a path that no upgrade of the package changes."""
    return os.path.join(state_home(), "bin", PROGRAM)


def hook_command(dialect: str = "codex") -> str:
    """Return the shell command for a hook.

    Codex trusts a hook by the text of its command, so this text stays the same across upgrades. Raises
    RefusedError when the path cannot be written in JSON and TOML.
    """
    return f"{shlex.quote(_printable_path())} --dialect {dialect}"


def hook_argv(dialect: str) -> list[str]:
    """Return the command as words, for hosts that take an array; raises RefusedError likewise."""
    suffix = ".cmd" if sys.platform == "win32" else ""
    return [f"{_printable_path()}{suffix}", "--dialect", dialect]


def is_hook_argv(words: object) -> bool:
    """Whether an array runs a launcher of this program, wherever the private folder was at that time."""
    if not isinstance(words, list) or len(words) < _COMMAND_WORDS:
        return False
    is_text = all(isinstance(word, str) for word in words)
    return is_text and words[1] == "--dialect" and bool(_PROGRAM.search(words[0]))


def windows_command() -> str | None:
    """Return the command for `commandWindows`, None elsewhere than on Windows. Not verified there."""
    return f'& "{launcher_path()}.cmd" --dialect codex' if sys.platform == "win32" else None


def launcher_files() -> dict[str, bytes]:
    """Return the path and content of every launcher this platform needs."""
    files = {launcher_path(): launcher_text()}
    if sys.platform == "win32":
        files[f"{launcher_path()}.cmd"] = windows_launcher_text()
    return files


def launcher_text() -> bytes:
    """Return the POSIX launcher for this interpreter and this copy of the package."""
    return _render("wiki-hook.sh", shlex.quote)


def windows_launcher_text() -> bytes:
    """Return the Windows launcher for this interpreter and this copy of the package. Not verified there."""
    return _render("wiki-hook.cmd", lambda path: path.replace("%", "%%")).replace(b"\n", b"\r\n")


def wiki_command() -> str:
    """Return the absolute path of the `wiki` program of this installation.

    It is sought beside the interpreter, then in the interpreter's folder for scripts, then as the running
    program. "wiki" alone is the answer when none of them exists.
    """
    name = "wiki.exe" if sys.platform == "win32" else "wiki"
    places = [os.path.join(os.path.dirname(sys.executable), name)]
    places.append(os.path.join(sysconfig.get_path("scripts"), name))
    running = os.path.abspath(sys.argv[0]) if sys.argv and os.path.basename(sys.argv[0]) == name else ""
    places.extend(filter(None, (running, shutil.which(name))))
    return next((place for place in places if os.access(place, os.X_OK)), name)


def _printable_path() -> str:
    path = launcher_path()
    if not path.isprintable():
        raise RefusedError(
            f"the private folder has a name that configuration files cannot hold: {path!r}",
            "set OMX_WIKI_HOME to another folder, then run this again",
        )
    return path


def _render(name: str, quote: Callable[[str], str]) -> bytes:
    values = {
        "@PYTHON@": sys.executable,
        "@ROOT@": os.path.dirname(os.path.dirname(os.path.abspath(omx_wiki.__file__))),
        "@WIKI@": wiki_command(),
    }
    return os.fsencode(re.sub("@[A-Z]+@", lambda found: quote(values[found[0]]), template(name)))
