"""A process that keeps changing pages and refreshing the index: `refresher.py ROOT ROUNDS`."""

from __future__ import annotations

import sys
from pathlib import Path

from search.wiki_of_pages import Wiki


def main(root: str, rounds: int) -> None:
    """Give every page `churn-N` one number more per round, and refresh after each."""
    wiki = Wiki(Path(root), {})
    for number in range(1, rounds + 1):
        for page in range(5):
            wiki.write(f"churn-{page}", f"# Churn {page}\n\nturbine round{number}\n", age=10_000 - number)
        wiki.refresh()
        print(number, flush=True)  # noqa: T201 - the test listens


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
