"""The installation itself: version, interpreter, and what slows its start down."""

from __future__ import annotations

import compileall
import importlib.util
import os
import platform
import shutil
import site
import sys
from typing import TYPE_CHECKING

import omx_wiki
from omx_wiki.doctor.finding import Finding, Fix, count_of, some_of
from omx_wiki.doctor.timing import median_seconds
from omx_wiki.errors import UnavailableError
from omx_wiki.hosts.launcher import wiki_command
from omx_wiki.pages.regular import read_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AREA = "program"

_SLOW_SCRIPT = b"import re\n"
_SCRIPT_BYTES = 4096
_MOST_PTH_BYTES = 65536
_USUAL_START = 2.0
"""With its libraries found, an interpreter takes about 1.4 times as long to start as without."""

_HOT = ("project.py", "hook")
"""What every hook imports, below the package."""


def check_program() -> Iterator[Finding]:
    """Yield what is to be said of the version, the interpreter and the `wiki` program."""
    version = platform.python_version()
    yield Finding(
        AREA,
        "ok",
        f"omx-wiki {omx_wiki.__version__} on Python {version}",
        facts={
            "version": omx_wiki.__version__,
            "python": version,
            "executable": sys.executable,
            "package": _package(),
            "wiki": wiki_command(),
        },
    )
    yield from _check_shims()
    yield from _check_script()
    yield from check_start_cost(_site_folders())
    yield from check_compiled(_package())


def _check_shims() -> Iterator[Finding]:
    """Look for shell scripts that choose an interpreter anew at each start, as pyenv puts on the path."""
    if (read_regular(os.path.realpath(sys.executable), 2) or b"") == b"#!":
        yield Finding(
            AREA,
            "warning",
            f"the interpreter {sys.executable} is a script, which costs every hook many times its own time",
            "install omx-wiki with the interpreter itself, such as with pipx or uv",
        )
    found = shutil.which("wiki")
    if found and os.path.basename(os.path.dirname(found)) == "shims":
        yield Finding(
            AREA, "note", f"typed wiki runs through the shim {found}; agents are told the program itself"
        )


def _check_script() -> Iterator[Finding]:
    script = read_regular(os.path.realpath(wiki_command()), _SCRIPT_BYTES) or b""
    if script.startswith(b"#!") and _SLOW_SCRIPT in script:
        yield Finding(
            AREA,
            "note",
            f"{wiki_command()} was made by an old pip and imports re at each start",
            "upgrade pip, then install omx-wiki again",
        )


def check_start_cost(folders: Sequence[str]) -> Iterator[Finding]:
    """Name the `.pth` files of some folders that run code, when they slow each start of `wiki` down."""
    found = sorted(
        name
        for folder in folders
        for name in _names(folder)
        if name.endswith(".pth") and _runs_code(os.path.join(folder, name))
    )
    if not found:
        return
    bare = median_seconds([sys.executable, "-I", "-S", "-c", "pass"])
    usual = median_seconds([sys.executable, "-I", "-c", "pass"])
    if bare is None or usual is None or usual / bare <= _USUAL_START:
        return
    yield Finding(
        AREA,
        "note",
        f"{count_of(len(found), '.pth file')} make each start of wiki {(usual - bare) * 1e3:.0f} ms slower:"
        f" {some_of(found)}; hooks start without them",
        "an environment of its own has none",
        facts={"pth": found},
    )


def _site_folders() -> list[str]:
    return [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _runs_code(path: str) -> bool:
    content = read_regular(path, _MOST_PTH_BYTES) or b""
    return any(line.startswith((b"import ", b"import\t")) for line in content.splitlines())


def check_compiled(package: str) -> Iterator[Finding]:
    """Yield a finding when modules that hooks import are not compiled: each hook compiles them again."""
    missing = [path for path in _hot_modules(package) if not _is_compiled(path)]
    if not missing:
        return
    text = f"{count_of(len(missing), 'module')} of the hook not compiled"
    if os.access(package, os.W_OK):
        fix = Fix("compile the package", lambda: _compile(package))
        yield Finding(AREA, "note", f"{text}; the next hook is slower once", fix=fix)
    else:
        yield Finding(
            AREA,
            "warning",
            f"{text} and {package} is not writable, so every hook is slower",
            f"as its owner: {sys.executable} -m compileall -q {package}",
        )


def _package() -> str:
    return os.path.dirname(os.path.abspath(omx_wiki.__file__))


def _hot_modules(package: str) -> list[str]:
    found = []
    for name in _HOT:
        path = os.path.join(package, name)
        inside = [os.path.join(path, inner) for inner in _names(path)] if os.path.isdir(path) else [path]
        found += [module for module in inside if module.endswith(".py")]
    return found


def _is_compiled(path: str) -> bool:
    """Whether there is a compiled file as new as the module."""
    try:
        compiled = os.stat(importlib.util.cache_from_source(path))
        return compiled.st_mtime_ns >= os.stat(path).st_mtime_ns
    except (OSError, NotImplementedError):
        return False


def _compile(package: str) -> None:
    """Compile every module; raises UnavailableError when that fails."""
    if not compileall.compile_dir(package, quiet=2):
        raise UnavailableError(f"{package} cannot be compiled")
