"""A process that keeps searching until it is told to stop: `reader.py ROOT`; prints how often it did."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from search.wiki_of_pages import PAGES, Wiki


def main(root: str) -> None:
    """Search for two words whose answers are known until standard input ends."""
    wiki = Wiki(Path(root), {})
    stop = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
    times = 0
    while not stop.is_set() or times < 5:
        assert wiki.found("backoff exponential") == ["retry-policy"]
        results = wiki.search("turbine")
        assert len(results.hits) == results.total <= 5
        times += 1
    assert len(PAGES) + 5 == len(wiki.store.scan())
    print(times)  # noqa: T201 - the test listens


if __name__ == "__main__":
    main(sys.argv[1])
