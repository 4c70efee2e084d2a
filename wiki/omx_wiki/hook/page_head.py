"""The head of a page: what a hook tells about it without reading the rest or importing a library."""

from __future__ import annotations

from omx_wiki.hook.front_matter_scan import flat_front_matter, salvage_front_matter
from omx_wiki.hook.plain_text import first_heading, first_sentence, plain_text
from omx_wiki.hook.terminal_codes import has_codes, without_codes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "HEAD_BYTES",
    "PageHead",
    "first_sentence",
    "flat_front_matter",
    "is_pinned",
    "page_category",
    "page_summary",
    "page_tags",
    "page_title",
    "read_head",
    "split_front_matter",
    "written_date",
]

HEAD_BYTES = 8192
_MAX_TITLE = 200
_TRUE = frozenset({"true", "yes", "on", "1"})


class PageHead:
    """What a list shows of a page.

    Attributes:
        title: from front matter, else the first heading, else the name given.
        summary: one sentence of prose, "" if there is none.
        tags: as written, without repeats.
        category: "reference" when the page names none.
        updated: the front matter's date or time as written, "" without one.
        pinned: whether the front matter says so.
    """

    __slots__ = ("category", "pinned", "summary", "tags", "title", "updated")

    def __init__(self, title: str, summary: str, tags: tuple[str, ...], category: str, updated: str) -> None:
        self.pinned = False
        self.title = title
        self.summary = summary
        self.tags = tags
        self.category = category
        self.updated = updated


def read_head(raw: bytes, name: str) -> PageHead:
    """Read the head of a page from its first bytes (`HEAD_BYTES` are enough); never raises.

    Args:
        raw: the page or its beginning; what is not UTF-8 is replaced.
        name: the file name without its ending, the title of last resort.
    """
    block, body, _ = split_front_matter(raw.decode("utf-8", "replace"))
    meta: Mapping[str, str | list[str]] = {}
    if block is not None:
        flat = flat_front_matter(block)
        meta = salvage_front_matter(block) if flat is None else flat
    title = page_title(meta, body, name)
    summary, category = page_summary(meta, body, title), page_category(meta)
    head = PageHead(title, summary, page_tags(meta), category, _text(meta, "updated"))
    head.pinned = is_pinned(meta)
    return head


def written_date(raw: bytes) -> str:
    """Return the `updated` line of the front matter that the bytes begin with, "" without one."""
    if not raw.removeprefix(b"\xef\xbb\xbf").startswith(b"---"):
        return ""
    end = raw.find(b"\n---", 3)
    start = raw.find(b"\nupdated:", 0, end if end > 0 else len(raw))
    if start < 0:
        return ""
    line = raw[start + len(b"\nupdated:") :].split(b"\n", 1)[0]
    return line.decode("utf-8", "replace").split(" #", 1)[0].strip().strip("\"'")


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Split a page into front matter block, body and the 1-based line of the file on which the body starts.

    Line ends become LF and a byte order mark goes. The block is None when there is no front matter, or when
    it is never closed: then everything is body.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("---"):
        return None, text, 1
    first_end = text.find("\n")
    if first_end < 0 or text[:first_end].rstrip(" \t") != "---":
        return None, text, 1
    start = first_end
    while (start := text.find("\n---", start)) >= 0:
        end = text.find("\n", start + 4)
        end = len(text) if end < 0 else end
        if not text[start + 4 : end].strip(" \t"):
            block = text[first_end + 1 : start + 1]
            return block, text[end + 1 :], block.count("\n") + 3
        start = end - 1 if end < len(text) else end
    return None, text, 1


def page_title(meta: Mapping[str, str | list[str]], body: str, name: str) -> str:
    """Return the title on one line: from front matter, else the first heading, else `name`."""
    written = " ".join(plain_line(_text(meta, "title")).split())
    return (written or first_heading(body) or name)[:_MAX_TITLE]


def page_summary(meta: Mapping[str, str | list[str]], body: str, title: str) -> str:
    """Return the summary that the front matter gives, else the first sentence of the body."""
    written = _text(meta, "summary") or _text(meta, "description")
    return first_sentence((written and plain_text(written)) or body, title)


def page_tags(meta: Mapping[str, str | list[str]]) -> tuple[str, ...]:
    """Return the tags of a list, or of one text split at commas, else at blanks; without repeats."""
    value = meta.get("tags", "")
    if isinstance(value, str):
        value = value.split("," if "," in value else None)
    tags = (plain_line(tag).strip().lstrip("#") for tag in value)
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def page_category(meta: Mapping[str, str | list[str]]) -> str:
    """Return the category, "reference" when the page names none."""
    return " ".join(plain_line(_text(meta, "category")).split()) or "reference"


def is_pinned(meta: Mapping[str, str | list[str]]) -> bool:
    """Whether the front matter pins the page: `pinned` is true, yes, on or 1, in any case, quoted or not."""
    value = meta.get("pinned", "")
    return isinstance(value, str) and value.strip().lower() in _TRUE


def plain_line(text: str) -> str:
    """Return the text with control characters and escape sequences of terminals as blanks."""
    if text.isprintable():
        return text
    if has_codes(text):
        text = without_codes(text)
    return "".join(" " if c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" else c for c in text)


def _text(meta: Mapping[str, str | list[str]], key: str) -> str:
    value = meta.get(key, "")
    return value.strip() if isinstance(value, str) else ", ".join(value)
