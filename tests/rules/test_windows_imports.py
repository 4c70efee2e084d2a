"""Importing anything of ours needs nothing that Windows lacks; what runs there is not shown by this."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCKED = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty")
_MISSING = (
    *("fork", "geteuid", "getuid", "setsid", "fchmod", "fchown", "O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY"),
    *("WNOHANG", "getpgid", "killpg"),
)
_PROGRAM = f"""
import importlib, os, pkgutil, select, signal, subprocess, sys
import click, filelock, jinja2, markdown_it, rich, whoosh.fields, yaml  # other people's business
for name in {_BLOCKED!r}:
    sys.modules[name] = None
for name in {_MISSING!r}:
    delattr(os, name)
for name in ("SIGALRM", "SIGKILL", "SIGHUP", "setitimer", "alarm"):
    delattr(signal, name)
del select.poll
for package in ("omx_wiki", "omx_wiki_cli"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        importlib.import_module(module.name)
        print(module.name)
"""


def test_every_module_is_imported_without_what_windows_lacks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={"PYTHONPATH": f"{ROOT / 'wiki'}:{ROOT / 'cli'}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert "omx_wiki.hook.host" in done.stdout.split()
