"""Start the background worker so that nothing of the host waits for it."""

from __future__ import annotations

import os
import sys

_WORKER = "import sys; sys.path.insert(0, sys.argv.pop(1)); from omx_wiki.worker import main; main()"


def start_worker(root: str) -> bool:
    """Start the worker of the project at `root` detached; return whether it was started.

    It gets no stream of ours (Codex waits for the end of a hook's standard output) and a process session of
    its own. OMX_WIKI_BACKGROUND=0 turns background work off.
    """
    if os.environ.get("OMX_WIKI_BACKGROUND") == "0" or not sys.executable:
        return False
    package_root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-I", "-c", _WORKER, package_root, root]
    if sys.platform == "win32":
        return _start_on_windows(command)
    # Forking is safe here: hooks and one-shot commands have a single thread and hold no lock.
    if os.fork() == 0:
        _become(command)
    return True


def _become(command: list[str]) -> None:
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.chdir("/")
        os.execv(command[0], command)  # noqa: S606  (no shell is wanted)
    finally:
        os._exit(127)


def _start_on_windows(command: list[str]) -> bool:
    import subprocess

    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    null = subprocess.DEVNULL
    subprocess.Popen(command, stdin=null, stdout=null, stderr=null, creationflags=flags, close_fds=True)
    return True
