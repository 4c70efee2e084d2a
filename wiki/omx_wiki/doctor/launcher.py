"""The launcher: whether hooks reach this installation, and how long one takes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from omx_wiki.doctor.finding import Finding, Fix
from omx_wiki.doctor.timing import RUNS, median_seconds
from omx_wiki.hosts import launcher
from omx_wiki.hosts.edit import FileEdit, apply, read_file
from omx_wiki.pages.regular import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator

AREA = "program"
SYNTHETIC = "omx-wiki-doctor-"
"""How the ids of sessions begin that never took place; hooks keep nothing of them."""

_MAX_BYTES = 65536
_SHOWN = 200
_REPORT = b" self-test: "
"""What a hook logs of a synthetic event, and does nothing else."""

_SLOW = 5.0


def check_launcher(*, is_needed: bool) -> Iterator[Finding]:
    """Yield whether the launcher runs this installation.

    Args:
        is_needed: whether a host runs it, so that a missing one is an error.
    """
    path = launcher.launcher_path()
    facts = {"launcher": path}
    written = read_regular(path, _MAX_BYTES)
    if written is None:
        if is_needed:
            text = f"hooks run the launcher {path}, which does not exist: they do nothing"
            yield Finding(AREA, "error", text, "wiki setup", _rewrite(), facts)
        return
    problem = _problem(written)
    if problem:
        yield Finding(AREA, "error", f"the launcher {problem}", "wiki setup", _rewrite(), facts)
    elif not os.access(path, os.X_OK):
        yield Finding(AREA, "error", f"the launcher {path} is not executable", "", _rewrite(), facts)
    elif written != launcher.launcher_text():
        yield Finding(AREA, "warning", f"the launcher {_difference(written)}", "", _rewrite(), facts)
    else:
        yield Finding(AREA, "ok", "the launcher runs this installation", facts=facts)


def check_latency() -> Iterator[Finding]:
    """Yield whether a hook runs through and how long it takes, by running the launcher a few times.

    It is compared with the bare interpreter, because the machine decides about milliseconds. What the hook
    writes goes into a temporary folder.
    """
    path = launcher.launcher_path()
    if read_regular(path, _MAX_BYTES) != launcher.launcher_text() or not os.access(path, os.X_OK):
        return
    try:
        with tempfile.TemporaryDirectory(prefix=SYNTHETIC) as folder:
            environment = {**os.environ, "OMX_WIKI_HOME": folder}
            bare = median_seconds([sys.executable, "-I", "-S", "-c", "pass"])
            hook = median_seconds([path, "--dialect", "codex"], _payload(folder), environment)
            logged = read_regular(os.path.join(folder, "hook.log"), _MAX_BYTES) or b""
    except (OSError, subprocess.SubprocessError) as error:
        yield Finding(AREA, "error", f"a hook cannot be tried: {error}")
        return
    if bare is None or hook is None or logged.count(_REPORT) != RUNS:
        last = logged.decode("utf-8", "replace").strip().rpartition("\n")[2][:_SHOWN]
        yield Finding(AREA, "error", f"a hook that was tried did not run as it should: {last or 'no report'}")
        return
    ratio = hook / bare
    yield Finding(
        AREA,
        "warning" if ratio > _SLOW else "ok",
        f"a hook with nothing to do takes {hook * 1e3:.0f} ms, {ratio:.1f} times the bare interpreter",
        facts={
            "hook_ms": round(hook * 1e3, 1),
            "bare_ms": round(bare * 1e3, 1),
            "hook_ratio": round(ratio, 2),
        },
    )


def _payload(folder: str) -> bytes:
    event = {
        "hook_event_name": "SessionStart",
        "session_id": f"{SYNTHETIC}{os.getpid()}",
        "source": "startup",
        "cwd": folder,
        "transcript_path": None,
    }
    return json.dumps(event).encode()


def _problem(written: bytes) -> str:
    """Return what a launcher names that is gone, "" when it names nothing or all is there."""
    python, root = _named(written)
    if python and not os.access(python, os.X_OK):
        return f"needs the interpreter {python}, which is gone: hooks do nothing"
    if root and not os.path.isfile(os.path.join(root, "omx_wiki", "hook", "main.py")):
        return f"needs the package in {root}, which is gone: hooks do nothing"
    return ""


def _difference(written: bytes) -> str:
    mine = _named(launcher.launcher_text())
    python, root = _named(written)
    if (python, root) == mine or not (python and root):
        return "was written by another version"
    return f"runs another installation: {python} with the package in {root}"


def _named(written: bytes) -> tuple[str, str]:
    """Return the interpreter and the package's folder that a launcher tests for, "" where it names none."""
    found = re.search(rb"^if (\[ -x .*); then$", written, re.MULTILINE)
    try:
        words = shlex.split(os.fsdecode(found[1])) if found else []
    except ValueError:
        return "", ""
    named = {flag: words[at + 1] for at, flag in enumerate(words[:-1]) if flag in {"-x", "-f"}}
    return named.get("-x", ""), named.get("-f", "").removesuffix("/omx_wiki/hook/main.py")


def _rewrite() -> Fix:
    return Fix("write the launcher anew", _write)


def _write() -> None:
    apply(
        FileEdit(path, read_file(path), content, "launcher", mode=launcher.MODE, is_private=True)
        for path, content in launcher.launcher_files().items()
    )
