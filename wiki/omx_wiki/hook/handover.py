"""Become the process that searches: a hook itself has neither the search nor its libraries at hand."""

from __future__ import annotations

import os
import sys

_SEARCH = "import sys; sys.path.insert(0, sys.argv.pop(1)); from omx_wiki.prompt import main; main()"
_WINDOWS_SECONDS = 2.0


def hand_over(query: str, cwd: str, wiki: str) -> None:
    """Replace this process by one that answers `query` on our standard output; does not return on POSIX.

    The query goes by standard input: the command line of a process is for everyone on the machine to read.
    Raises OSError when the interpreter cannot be started.
    """
    package_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-I", "-c", _SEARCH, package_root, wiki, cwd]
    data = query.encode("utf-8", "replace")
    if sys.platform == "win32":
        import subprocess

        subprocess.run(command, input=data, timeout=_WINDOWS_SECONDS, check=False)
        return
    reading, writing = os.pipe()
    os.write(writing, data)  # a pipe holds far more than the longest query
    os.close(writing)
    os.dup2(reading, 0)
    os.execv(command[0], command)  # noqa: S606  (no shell is wanted)
