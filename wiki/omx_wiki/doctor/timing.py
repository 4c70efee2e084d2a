"""How long a program takes to run, as the median of a few runs."""

from __future__ import annotations

import statistics
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUNS = 5
_SECONDS = 5.0


def median_seconds(
    command: Sequence[str], data: bytes = b"", environment: Mapping[str, str] | None = None
) -> float | None:
    """Return the median seconds of RUNS runs with `data` as input; None when one fails or prints anything.

    Raises OSError or subprocess.TimeoutExpired when the program cannot be run.
    """
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        done = subprocess.run(
            command, input=data, capture_output=True, env=environment, timeout=_SECONDS, check=False
        )
        taken.append(time.perf_counter() - start)
        if done.returncode or done.stdout:
            return None
    return statistics.median(taken)
