"""The Codex programs that the tests of versions run: the current one, and older ones side by side."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path

from e2e.codex_home import CODEX

ABSENT = (
    "no older Codex: set OMX_WIKI_TEST_CODEX_OLD to programs, joined like PATH, such as those of"
    " npm install --prefix DIR codex-0-128@npm:@openai/codex@0.128.0"
)

OLD = [program for program in os.environ.get("OMX_WIKI_TEST_CODEX_OLD", "").split(os.pathsep) if program]
"""The older programs; looked up once, before tests seal the environment."""

PROGRAMS = [*(OLD or [""]), CODEX]
"""All of them; "" stands for what is absent."""

Version = tuple[int, ...]

HOOKS_ARE_ON: Version = (0, 128)
"""The first version that was seen to run hooks without being asked; the flag was `codex_hooks` before."""

ASKS_FOR_TRUST: Version = (0, 142)
"""The first version that was seen to skip hooks which nobody trusted."""

TELLS_THE_END: Version = (0, 147)
"""The first version that was seen to have the event SessionEnd."""


def title(program: str) -> str:
    """Return a name for the tests of one program: the folder that npm installed it into."""
    return Path(program).resolve().parents[1].name if program else "absent"


@cache
def version_of(program: str) -> Version:
    """Return the version that a program says it has."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    assert found, said
    return tuple(map(int, found.groups()))
