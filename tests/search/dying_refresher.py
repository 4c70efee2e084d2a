"""A process that refreshes the index and is killed in the middle: `dying_refresher.py ROOT MOMENT`.

The moment is the number of files opened, made, linked, renamed or removed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from search.wiki_of_pages import Wiki

EVENTS = {"open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.chmod", "shutil.rmtree", "os.rmdir"}


def main(root: str, moment: int) -> None:
    """Refresh, and die at the moment given; a refresh of fewer moments says that it is done."""
    wiki = Wiki(Path(root), {})
    left = moment

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in EVENTS and not str(arguments[0]).endswith((".pyc", ".py", ".so")):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    wiki.refresh()
    os.write(1, b"done\n")
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
