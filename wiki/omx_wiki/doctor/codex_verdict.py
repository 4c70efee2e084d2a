"""What Codex makes of its `config.toml`, asked without leaving anything in a home it has not used."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omx_wiki.doctor.codex_program import has_run, run_codex

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 10.0
_SHOWN = 200
_CONFIG = "config.toml"
_NO_FILE = "os error 2"
_FEATURE = re.compile(r"^(\w+) .* (true|false)$", re.MULTILINE)
_USAGE = 2
_ABOUT = re.compile(r"configuration|config\.toml")
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


def config_verdict(content: bytes, home: str) -> Verdict | None:
    """Return what `codex features list` makes of a configuration; None when Codex cannot be asked.

    It is asked in its own `home` once it has run there, else in a temporary one: each start leaves something.
    Files that the configuration names are not in the temporary one, so their absence is no verdict.
    """
    if has_run(home):
        return _ask(home)
    try:
        with tempfile.TemporaryDirectory(prefix="omx-wiki-doctor-", ignore_cleanup_errors=True) as folder:
            with open(os.path.join(folder, _CONFIG), "wb") as file:
                file.write(content)
            verdict = _ask(folder)
    except OSError:
        return None
    return None if verdict and _NO_FILE in verdict.problem else verdict


def _ask(home: str) -> Verdict | None:
    done = run_codex(["features", "list"], home, _SECONDS)
    if done is None:
        return None
    return read_verdict(
        done.code, done.output, done.errors.replace(f"{os.path.join(home, _CONFIG)}:", "line ")
    )


def read_verdict(code: int, output: str, errors: str) -> Verdict | None:
    """Return the verdict in what `codex features list` said; None when it is about something else.

    Follows Codex 0.169, which names the fault in a configuration after "Caused by:". Versions that do not
    know the command exit with 2.
    """
    if code == 0:
        return Verdict(features={name: value == "true" for name, value in _FEATURE.findall(output)})
    if code == _USAGE or not _ABOUT.search(errors):
        return None
    found = _CAUSE.search(errors)
    cause = found["cause"] if found else errors
    return Verdict(
        " ".join(re.sub(r"^\s*0: ", "", cause.split("\n    1: ")[0]).split())[:_SHOWN] or "an error"
    )
