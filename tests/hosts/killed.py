"""Kills a setup or an uninstallation at every step that touches the disk; run as a program of its own.

It forks, which a process with threads must not do. The arguments are an empty folder and which of the two is
killed; each line that is printed names a step after which another uninstallation did not restore every file.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from omx_wiki.hosts.plan import SetupOptions, apply
from omx_wiki.hosts.setup import plan_setup, plan_uninstall
from omx_wiki.project import Project, find_project

_STEPS = ("open", "fsync", "replace", "unlink", "mkdir", "rmdir")
_HOSTS = ("codex", "claude", "event-hooks", "notify")
_FILES = {
    "codex/config.toml": b'model = "x"\nnotify = ["mine"]',
    "codex/hooks.json": b'{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "true"}]}]}}',
    ".claude/settings.json": b'{ "a": 1 }',
    "lantern/.gitignore": b"x",
}


def set_up(project: Project) -> None:
    """Set up all hosts that can share a configuration, with trust."""
    apply(plan_setup(project, SetupOptions(trust=True, agents_md=True, hosts=_HOSTS)))


def uninstall(project: Project) -> None:
    """Take everything out."""
    apply(plan_uninstall(project))


def _fresh(root: Path) -> Project:
    shutil.rmtree(root, ignore_errors=True)
    for name, content in _FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    subprocess.run(["git", "init", "-q", str(root / "lantern")], check=True)
    return find_project(str(root / "lantern"))


def _left(root: Path) -> dict[str, bytes | None]:
    """Return every file and folder but our copies of foreign files, our own folders, and git's."""
    found = {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
        if not {"backups", ".git"} & set(path.relative_to(root).parts)
    }
    return {name: content for name, content in found.items() if content is not None or "state" not in name}


def _dies_at(step: int, work: Callable[[], None]) -> bool:
    """Do the work in a process that is killed before it takes a step; return whether it got that far."""
    child = os.fork()
    if child == 0:
        left = step

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(real)
            def call(*words: Any, **named: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*words, **named)

            return call

        for name in _STEPS:
            setattr(os, name, counted(getattr(os, name)))
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"step {step} failed")
    return os.WIFSIGNALED(status)


def _main(root: Path, killed: str) -> None:
    os.environ.update(HOME=str(root), CODEX_HOME=str(root / "codex"), OMX_WIKI_HOME=str(root / "state"))
    os.fsync = lambda fd: None  # noqa: ARG005  # named as the real one is; a process that is killed loses nothing that it wrote
    step = 0
    while True:
        project = _fresh(root)
        before = _left(root)
        if killed == "uninstall":
            set_up(project)
        work = set_up if killed == "setup" else uninstall
        is_killed = _dies_at(step, lambda project=project, work=work: work(project))  # type: ignore[misc]  # a lambda that binds its values
        uninstall(project)
        left = _left(root)
        wrong = [name for name in {**left, **before} if (name, left.get(name, b"")) not in before.items()]
        if wrong:
            sys.stdout.write(f"{killed} killed before step {step}: {wrong}\n")
            sys.stdout.flush()
        if not is_killed:
            sys.stdout.write(f"{step} steps\n")
            return
        step += 1


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
