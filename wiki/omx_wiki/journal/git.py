"""Run git so that it only answers: nothing of a repository is executed, nothing is written or fetched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_GIT = ("git", "-c", "core.fsmonitor=false", "--no-pager", "--literal-pathspecs")
_SECONDS = 5.0
_MAX_OUTPUT = 4 * 1024 * 1024


def run_git(folder: str, words: Sequence[str], question: str = "") -> tuple[int, bytes]:
    """Return git's exit code and the first bytes of its output; 128 when it cannot run."""
    import subprocess
    import tempfile

    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        with tempfile.TemporaryFile() as output:  # a file, so that a huge answer never fills the memory
            done = subprocess.run(  # noqa: PLW1510  (the exit code is the answer)
                [*_GIT, *words],
                cwd=folder,
                env=clean,
                input=question.encode(),
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
            )
            output.seek(0)
            return done.returncode, output.read(_MAX_OUTPUT)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 128, b""
