"""What Codex makes of a `config.toml`, asked with a copy of it in a temporary home: it writes there."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omx_wiki.doctor.codex_program import run_codex

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 10.0
_SHOWN = 200
_FEATURE = re.compile(r"^(\w+) .* (true|false)$", re.MULTILINE)
_CAUSE = re.compile(r"Caused by:\n(?P<cause>.*?)(?:\n\s*\n|\nStack backtrace|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Verdict:
    """Whether Codex starts with a configuration.

    Attributes:
        problem: what Codex says against it, "" when it starts.
        features: the switches that are on or off in effect.
    """

    problem: str = ""
    features: Mapping[str, bool] = field(default_factory=dict)


def config_verdict(content: bytes) -> Verdict | None:
    """Return what `codex features list` makes of a configuration; None when Codex cannot be asked.

    Follows Codex 0.169, which names the fault in a configuration after "Caused by:".
    """
    try:
        with tempfile.TemporaryDirectory(prefix="omx-wiki-doctor-", ignore_cleanup_errors=True) as folder:
            path = os.path.join(folder, "config.toml")
            with open(path, "wb") as file:
                file.write(content)
            done = run_codex(["features", "list"], folder, _SECONDS)
            said = (
                None if done is None else (done.code, done.output, done.errors.replace(f"{path}:", "line "))
            )
    except (OSError, subprocess.SubprocessError):
        return None
    return None if said is None else read_verdict(*said)


def read_verdict(code: int, output: str, errors: str) -> Verdict | None:
    """Return the verdict in what `codex features list` said; None when it is about something else."""
    if code == 0:
        return Verdict(features={name: value == "true" for name, value in _FEATURE.findall(output)})
    if "config" not in errors:
        return None
    found = _CAUSE.search(errors)
    cause = found["cause"] if found else errors
    return Verdict(
        " ".join(re.sub(r"^\s*0: ", "", cause.split("\n    1: ")[0]).split())[:_SHOWN] or "an error"
    )
