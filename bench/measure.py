"""Measure whole processes: CPU of the process and all it started, and wall time until its output ends."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_BACKGROUND_SECONDS = 300
_POLL_SECONDS = 0.002
_LEFT = 52
_HEADINGS = ("CPU ms", "CPU /P", "must", "wall ms", "wall /P", "backgr. ms", "bytes")
_PR_SET_CHILD_SUBREAPER = 36  # Linux prctl: orphans of our children become ours, so their CPU can be read


@dataclass(frozen=True)
class Sample:
    """One run, in seconds.

    Attributes:
        cpu: user and system time of the process and the children it waited for.
        wall: until it exited and its standard output reached end of file.
        background: CPU of processes it left behind; 0 where the system cannot tell.
        output: number of bytes on standard output.
    """

    cpu: float
    wall: float
    background: float
    output: int


@dataclass
class Case:
    """One thing to measure.

    Attributes:
        name: row of the table.
        command: returns the argument list for the given round.
        cwd: working folder.
        environ: whole environment.
        stdin: what it reads.
        before: runs untimed before each round.
        speaks: whether silence on standard output means that the run went wrong.
        bar: the most CPU it may take, in multiples of the bare interpreter's; 0 without a bar.
        rounds: in how many rounds it takes part at most, for the slow ones.
        read: makes the sample of what was printed by a program that measures itself.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    cwd: Path
    environ: Mapping[str, str]
    stdin: bytes = b""
    before: Callable[[], None] = lambda: None
    speaks: bool = True
    bar: float = 0
    rounds: int = 1000
    read: Callable[[bytes], Sample] | None = None
    samples: list[Sample] = field(default_factory=list)

    def run(self, number: int) -> None:
        """Take one sample; raise RuntimeError when the program fails, or is silent and should not be."""
        self.before()
        reap_background()
        words = list(self.command(number))
        code, sample, output = _run(words, self)
        if code or (self.speaks and not output):
            raise RuntimeError(f"{self.name}: exit code {code}, {len(output)} bytes, from {words}")
        self.samples.append(self.read(output) if self.read else sample)

    def middle(self, quantity: str) -> float:
        """Return the median of one attribute of the samples."""
        return float(median(getattr(sample, quantity) for sample in self.samples))


def adopt_orphans() -> bool:
    """Make processes that our children leave behind our own children; return whether the system can."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def reap_background() -> float:
    """Wait for everything that was left behind and return its CPU seconds.

    Raises RuntimeError when something runs on for more than five minutes.
    """
    used = 0.0
    end = time.monotonic() + _BACKGROUND_SECONDS
    while time.monotonic() < end:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return used
        used += usage.ru_utime + usage.ru_stime if pid else 0
        time.sleep(0 if pid else _POLL_SECONDS)
    raise RuntimeError("a background process does not end")


def measure(cases: Sequence[Case], rounds: int) -> None:
    """Run every case once per round, so that a slow minute of the machine hits all of them alike."""
    for number in range(-1, rounds):
        progress(f"round {number + 1} of {rounds}" if number >= 0 else "warming up")
        for case in cases:
            if number < case.rounds:
                case.run(number + 1)
            if number < 0 and case.rounds >= rounds:
                case.samples.clear()


def row_of(case: Case, unit: Case) -> dict[str, Any]:
    """Return the medians of a case, as numbers and in multiples of those of `unit`."""
    cpu, wall = case.middle("cpu"), case.middle("wall")
    return {
        "name": case.name,
        "cpu_ms": round(cpu * 1000, 2),
        "cpu_ratio": round(cpu / unit.middle("cpu"), 2),
        "bar": case.bar or None,
        "wall_ms": round(wall * 1000, 2),
        "wall_ratio": round(wall / unit.middle("wall"), 2),
        "background_ms": round(case.middle("background") * 1000, 1),
        "output_bytes": round(case.middle("output")),
        "samples": len(case.samples),
    }


def table_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows of `row_of` for people; a figure above its bar has a > before the bar."""
    lines = [" " * _LEFT + "".join(f"{heading:>11}" for heading in _HEADINGS)]
    for row in rows:
        over = row["bar"] and row["cpu_ratio"] > row["bar"]
        cells = (
            f"{row['cpu_ms']:.1f}",
            f"{row['cpu_ratio']:.2f}",
            f"{'> ' if over else ''}{row['bar']:g}" if row["bar"] else "",
            f"{row['wall_ms']:.1f}",
            f"{row['wall_ratio']:.2f}",
            f"{row['background_ms']:.0f}" if row["background_ms"] else "",
            f"{row['output_bytes']}",
        )
        lines.append(f"{row['name']:<{_LEFT}}" + "".join(f"{cell:>11}" for cell in cells))
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Return what the numbers of a run depend on besides the programs."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def progress(text: str) -> None:
    """Say on standard error how far a run is."""
    print(text, file=sys.stderr, flush=True)


def _run(words: list[str], case: Case) -> tuple[int, Sample, bytes]:
    start = time.perf_counter()
    with subprocess.Popen(
        words,
        cwd=case.cwd,
        env=dict(case.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(case.stdin)
        process.stdin.close()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return process.returncode, Sample(cpu, wall, reap_background(), len(output)), output
