"""The text of a page below its front matter, for pages whose shape the index remembers."""

from __future__ import annotations

from omx_wiki.pages.regular import read_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from omx_wiki.search.entry import Entry


class Text:
    """What ranking and snippets need of a page: its title, its text and the line on which the text begins."""

    __slots__ = ("body", "body_line", "title")

    def __init__(self, title: str, body: str, body_line: int) -> None:
        self.title = title
        self.body = body
        self.body_line = body_line


def read_text(path: str, size: int, entry: Entry) -> Text | None:
    """Read the text of a file that is as `entry` says, without parsing it; None if it must be parsed.

    The result is what parsing would give, at a twentieth of the price.
    """
    raw = read_regular(path, size + 1) if entry.body_line else None
    if raw is None or len(raw) != size:
        return None
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = 0
    for _ in range(entry.body_line - 1):
        start = text.find("\n", start) + 1
    return Text(entry.title, text[start:], entry.body_line)
