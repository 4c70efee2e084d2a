"""Keeps the store out of git: one rule at the end of a repository's `.gitignore`."""

from __future__ import annotations

import os
import re
import subprocess

from omx_wiki.errors import RefusedError, UnavailableError

RULE = ".omx/"
_ANSWERS = (0, 1)
_SECONDS = 10.0
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def add_rule(old: bytes | None) -> bytes:
    """Return `old` (None: no file) with the rule as its last line.

    A file without a final newline still has none afterwards; that is how `remove_rule` restores every byte.
    Raises RefusedError for UTF-16, which git cannot read either.
    """
    if old is None:
        return f"{RULE}\n".encode()
    if old.startswith(_UTF16):
        raise RefusedError(
            ".gitignore is UTF-16, which git cannot read", "save it as UTF-8, then run this again"
        )
    rule = RULE.encode()
    newline = b"\r\n" if b"\r\n" in old else b"\n"
    if not old:
        return rule
    return old + rule + newline if old.endswith(b"\n") else old + newline + rule


def remove_rule(current: bytes) -> bytes | None:
    """Return `current` without the last line that is our rule; None when the file held nothing else.

    Only the caller knows whether the rule came from `add_rule`: a person writes the same line.
    """
    found = list(re.finditer(rb"^\.omx/(\r?\n|\Z)", current, re.MULTILINE))
    if not found:
        return current
    start, end = found[-1].span()
    if not found[-1][1]:
        start = re.search(rb"(\r?\n)?\Z", current[:start]).start()  # type: ignore[union-attr]  # matches always
    rest = current[:start] + current[end:]
    return None if not rest and found[-1][1] else rest


def is_ignored(checkout: str) -> bool:
    """Whether git ignores the store of `checkout`, by any rule of this repository or this person.

    Raises UnavailableError when git is missing or cannot answer, as outside a work tree.
    """
    # Before the folder exists git takes `.omx` for a file, which the rule `.omx/` does not cover.
    store = ".omx" if os.path.isdir(os.path.join(checkout, ".omx")) else ".omx/"
    return _git(checkout, "check-ignore", "-q", "--no-index", store).returncode == 0


def is_tracked(checkout: str) -> bool:
    """Whether files of the store are committed, so that an ignore rule would have no effect on them.

    Raises UnavailableError when git is missing or cannot answer.
    """
    return bool(_git(checkout, "ls-files", "-z", "--", ".omx").stdout)


def _git(checkout: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run git without its own variables (hooks of git set them) and without programs the repository names."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(
            command,
            cwd=checkout,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"git gives no answer in {checkout}") from error
    except OSError as error:
        raise UnavailableError(f"git cannot be run: {error.strerror}") from error
    if done.returncode not in _ANSWERS:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise UnavailableError(f"git cannot answer in {checkout}: {said[0]}")
    return done
