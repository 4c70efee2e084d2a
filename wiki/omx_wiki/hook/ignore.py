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
    from omx_wiki.project import Project

    Stamps = tuple[tuple[str, int, int], ...]

RULE = ".omx"
"""Without a slash at its end: in a linked worktree no such folder exists, and git is to say yes there too."""

_RULES = {b".omx", b"/.omx"}
_FOLDER_RULES = {b".omx/", b"/.omx/"}
_MAX_IGNORE_FILE = 1024 * 1024
_GIT = ("git", "-c", "core.fsmonitor=false")
_NOT_IGNORED = 1
NO_GIT = 127
_FILE_TYPE, _FOLDER, _REGULAR, _LINK = 0o170000, 0o040000, 0o100000, 0o120000
_GIT_SECONDS = 2.0


def ensure_ignored(project: Project) -> str:
    """Make git ignore `.omx` in the project; return what was written, "" when nothing was.

    A rule goes into the common `info/exclude`, or where that is not writable into `.omx/.gitignore`. Nothing
    is written when git ignores `.omx` already, when files below it are tracked (a rule would hide their new
    neighbours), or when the repository's own `.gitignore` re-includes something of `.omx`.
    """
    if not project.git_dir or _is_plainly_ignored(project):
        return ""
    memory = os.path.join(project.state, "ignore")
    if _is_settled(project, _recall(memory)):
        return ""
    done = _write_rule(project) if _needs_rule(project) else ""
    _remember(memory, _stamps([*_deciding_files(project), _global_excludes(project)]))
    return done


def _checkouts(project: Project) -> list[str]:
    return sorted({project.checkout, project.root})


def _exclude_file(project: Project) -> str:
    return os.path.join(project.git_dir, "info", "exclude")


def _is_plainly_ignored(project: Project) -> bool:
    """Whether a rule for exactly `.omx` covers every checkout and no file negates anything.

    Anything less plain is left to git.
    """
    exclude = _rules(_exclude_file(project))
    if exclude is None:
        return False
    for checkout in _checkouts(project):
        own = _rules(os.path.join(checkout, ".gitignore"))
        if own is None or any(rule.startswith(b"!") for rule in own + exclude):
            return False
        status = _type_of(os.path.join(checkout, ".omx"))
        plain = _RULES | _FOLDER_RULES if status == _FOLDER else _RULES
        if plain.isdisjoint(own + exclude):
            return False
    return True


def _rules(path: str) -> list[bytes] | None:
    """Return the lines of an ignore file as git reads them; None for what is no regular file.

    Git drops a carriage return before the line end and blanks at the end, and nothing else.
    """
    kind = _type_of(path)
    if kind != _REGULAR:
        return [] if kind == 0 else None
    lines = (read_start(path, _MAX_IGNORE_FILE) or b"").split(b"\n")
    return [line.removesuffix(b"\r").rstrip(b" ") for line in lines]


def _type_of(path: str) -> int:
    """Return the file type bits of a path, 0 when there is nothing."""
    try:
        return os.lstat(path).st_mode & _FILE_TYPE
    except OSError:
        return 0


def _needs_rule(project: Project) -> bool:
    """Ask git whether `.omx` is exposed somewhere, and whether that is meant."""
    if _type_of(_exclude_file(project)) not in (0, _REGULAR, _LINK):  # git would hang on a FIFO
        return False
    if any(_re_includes(rule) for rule in _rules(os.path.join(project.root, ".gitignore")) or []):
        return False
    answers = [_git(folder, "check-ignore", "-q", ".omx")[0] for folder in _checkouts(project)]
    if NO_GIT in answers:
        return True
    return _NOT_IGNORED in answers and not _git(project.root, "ls-files", "--", ".omx")[1]


def _re_includes(rule: bytes) -> bool:
    target = rule.removeprefix(b"!").removeprefix(b"/")
    return rule.startswith(b"!") and (target == b".omx" or target.startswith(b".omx/"))


def _write_rule(project: Project) -> str:
    exclude = _exclude_file(project)
    try:
        os.makedirs(os.path.dirname(exclude), exist_ok=True)
        _append_line(exclude, RULE)
    except OSError:
        nested = os.path.join(project.root, ".omx", ".gitignore")
        _append_line(nested, "*")
        return nested
    return exclude


def _append_line(path: str, line: str) -> None:
    """Make `line` the file's last; sessions that start together add it once."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags, 0o644)
    try:
        _lock(descriptor)
        old = read_start(path, _MAX_IGNORE_FILE) or b""
        if old.splitlines()[-1:] == [line.encode()]:
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
    """Return git's exit code and output; NO_GIT when there is no git, 128 when it fails."""
    import subprocess

    kept = {name: value for name, value in os.environ.items() if not _names_repository(name)}
    try:
        done = subprocess.run(  # noqa: PLW1510  (the exit code is the answer)
            [*_GIT, *words],
            cwd=folder,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
        )
    except FileNotFoundError:
        return NO_GIT, b""
    except (OSError, subprocess.SubprocessError):
        return 128, b""
    return done.returncode, done.stdout


def _names_repository(name: str) -> bool:
    """Whether the variable tells git which repository to use, as it does inside of git's own hooks."""
    return name.startswith("GIT_") and not name.startswith("GIT_CONFIG")


def _is_settled(project: Project, known: Stamps) -> bool:
    """Whether nothing that decides the verdict has changed since git was asked."""
    paths = [path for path, _size, _time in known]
    return set(_deciding_files(project)).issubset(paths) and _stamps(paths) == known


def _deciding_files(project: Project) -> list[str]:
    home = os.path.expanduser("~")
    config = os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git")
    return [
        *(os.path.join(folder, ".gitignore") for folder in _checkouts(project)),
        _exclude_file(project),
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
    from omx_wiki.project import is_private

    if not is_private(os.path.dirname(path)):
        return ()
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
