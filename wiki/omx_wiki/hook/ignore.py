"""Make sure that git ignores `.omx`, without touching a tracked file.

Git itself is asked, once: its verdict is kept with the stamps of every file that could change it, so the
usual path starts no process.
"""

from __future__ import annotations

import marshal
import os

from omx_wiki.hook.file_start import read_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

    Stamps = tuple[tuple[str, int, int], ...]

RULE = ".omx"
"""Without a slash at its end: in a linked worktree no such folder exists, and git is to say yes there too."""

_PLAIN_RULES = {b".omx", b".omx/", b"/.omx", b"/.omx/"}
_MAX_IGNORE_FILE = 1024 * 1024
_GIT = ("git", "-c", "core.fsmonitor=false")
_NOT_IGNORED = 1
_GIT_SECONDS = 2.0


def ensure_ignored(project: Project) -> str:
    """Make git ignore `.omx` in the project; return what was done, "" when nothing was needed.

    A rule goes into the common `info/exclude`, or where that is not writable into `.omx/.gitignore`. Nothing
    is written when git ignores `.omx` already, when files below it are tracked (a rule would hide their new
    neighbours), or when the repository's own `.gitignore` speaks of `.omx` in a negated rule.
    """
    if not project.git_dir or _is_plainly_ignored(project):
        return ""
    memory = os.path.join(project.state, "ignore")
    if _is_settled(project, _recall(memory)):
        return ""
    done = _write_rule(project) if _needs_rule(project) else ""
    _remember(memory, _stamps([*_deciding_files(project), _global_excludes(project)]))
    return done


def _rule_files(project: Project) -> Iterator[str]:
    for folder in {project.checkout, project.root}:
        yield os.path.join(folder, ".gitignore")
    yield os.path.join(project.git_dir, "info", "exclude")


def _lines(path: str) -> list[bytes]:
    return [line.strip() for line in (read_start(path, _MAX_IGNORE_FILE) or b"").splitlines()]


def _is_plainly_ignored(project: Project) -> bool:
    """Whether a rule for exactly `.omx` stands in every checkout's reach and nothing negates anything."""
    ignored: dict[str, bool] = {}
    for path in _rule_files(project):
        lines = _lines(path)
        if any(line.startswith(b"!") for line in lines):
            return False
        ignored[path] = not _PLAIN_RULES.isdisjoint(lines)
    *checkouts, exclude = ignored.values()
    return exclude or all(checkouts)


def _needs_rule(project: Project) -> bool:
    rules = _lines(os.path.join(project.root, ".gitignore"))
    if any(rule.replace(b"/", b"").startswith(b"!.omx") for rule in rules):
        return False
    is_exposed = any(
        _git(folder, "check-ignore", "-q", _as_path(folder))[0] == _NOT_IGNORED
        for folder in {project.checkout, project.root}
    )
    return is_exposed and not _git(project.root, "ls-files", "--", ".omx")[1]


def _as_path(folder: str) -> str:
    """Return how git is asked: a missing folder needs its slash to match a rule for folders."""
    return ".omx" if os.path.isdir(os.path.join(folder, ".omx")) else ".omx/"


def _write_rule(project: Project) -> str:
    exclude = os.path.join(project.git_dir, "info", "exclude")
    try:
        os.makedirs(os.path.dirname(exclude), exist_ok=True)
        _append_line(exclude, RULE)
    except OSError:
        nested = os.path.join(project.root, ".omx", ".gitignore")
        _append_line(nested, "*")
        return nested
    return exclude


def _append_line(path: str, line: str) -> None:
    """Append `line` to the file unless it is there by now; sessions that start together add it once."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o644)
    try:
        _lock(descriptor)
        old = read_start(path, _MAX_IGNORE_FILE) or b""
        if line.encode() in (known.strip() for known in old.splitlines()):
            return
        end = "\r\n" if b"\r\n" in old else "\n"
        gap = end if old and not old.endswith(b"\n") else ""
        os.write(descriptor, f"{gap}{line}{end}".encode())
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Keep other sessions out until the descriptor is closed, where the system can."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except (ImportError, OSError):
        return


def _git(folder: str, *words: str) -> tuple[int, bytes]:
    """Return git's exit code and output; 128, as git says "no repository", when git cannot run."""
    import subprocess

    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _is_config(name)
    }
    try:
        done = subprocess.run(  # noqa: PLW1510  (the exit code is the answer)
            [*_GIT, *words],
            cwd=folder,
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return 128, b""
    return done.returncode, done.stdout


def _is_config(name: str) -> bool:
    """Whether the variable says which configuration git reads, rather than which repository."""
    return name.startswith("GIT_CONFIG")


def _is_settled(project: Project, known: Stamps) -> bool:
    """Whether nothing that decides the verdict has changed since git was asked."""
    paths = [path for path, _size, _time in known]
    return set(_deciding_files(project)).issubset(paths) and _stamps(paths) == known


def _deciding_files(project: Project) -> list[str]:
    home = os.path.expanduser("~")
    config = os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git")
    return [
        *sorted(_rule_files(project)),
        os.path.join(project.root, ".omx", ".gitignore"),
        os.path.join(project.git_dir, "config"),
        os.environ.get("GIT_CONFIG_GLOBAL") or os.path.join(home, ".gitconfig"),
        os.path.join(config, "config"),
        os.path.join(config, "ignore"),
    ]


def _global_excludes(project: Project) -> str:
    output = _git(project.root, "config", "--path", "core.excludesFile")[1]
    return os.fsdecode(output).strip()


def _stamps(paths: list[str]) -> Stamps:
    """Return size and time of each file as they are now; a missing file counts as (0, 0)."""
    found = []
    for path in paths:
        try:
            status = os.stat(path)
            found.append((path, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((path, 0, 0))
    return tuple(found)


def _recall(path: str) -> Stamps:
    try:
        with open(path, "rb") as file:
            known = marshal.load(file)  # noqa: S302  (the private state folder is ours alone)
    except (OSError, ValueError, EOFError, TypeError):
        return ()
    return known if isinstance(known, tuple) else ()


def _remember(path: str, stamps: Stamps) -> None:
    from omx_wiki.project import ensure_private

    if not ensure_private(os.path.dirname(path)):
        return
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as file:
        marshal.dump(stamps, file)
    os.replace(temporary, path)
