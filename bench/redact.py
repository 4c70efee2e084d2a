"""Print what redaction costs per kilobyte: `python bench/redact.py [FILE…]` (default: Python's asyncio)."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "wiki"), str(ROOT / "tests")]

from journal.redaction_corpus import look_alikes, secret_cases  # noqa: E402 - after the path is set
from omx_wiki.journal.redact import redact  # noqa: E402 - as above


def microseconds_per_kilobyte(text: str, rounds: int = 5) -> float:
    """Return the least processor time of some rounds, per thousand characters."""
    redact(text)
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        redact(text)
        best = min(best, time.process_time() - start)
    return best * 1e9 / max(len(text), 1)


def main(names: list[str]) -> None:
    """Measure the files named (or some source code), look-alikes and a text dense with secrets."""
    sources = [Path(name) for name in names] or sorted(Path(asyncio.__file__).parent.glob("*.py"))
    texts = {
        "files": "\n".join(path.read_text(encoding="utf-8", errors="surrogateescape") for path in sources),
        "look-alikes": "\n".join(look_alikes()),
        "dense secrets": "\n".join(case.text for case in secret_cases()),
    }
    for name, text in texts.items():
        print(f"{name:14} {len(text) / 1000:8.1f} kB {microseconds_per_kilobyte(text):8.1f} µs/kB")


if __name__ == "__main__":
    main(sys.argv[1:])
