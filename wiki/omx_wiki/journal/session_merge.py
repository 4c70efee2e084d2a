"""Put a newly generated session page into the page that people may have edited since."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.hook.plain_text import fence_after
from omx_wiki.journal.safe_text import item
from omx_wiki.journal.session_body import BEGIN, END
from omx_wiki.journal.session_front import front_text
from omx_wiki.journal.session_front_merge import merged_front
from omx_wiki.pages.front_matter import read_meta

if TYPE_CHECKING:
    from omx_wiki.journal.session_page import Generated

_MADE = re.compile(r"<!-- omx-wiki:made ([0-9a-f]{8}) ([0-9a-f]{16}) -->\Z")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MAX_TITLE = 80


class _Part(NamedTuple):
    """The generated part in the lines of a page: first and one past last; digests of what was made then."""

    start: int
    stop: int
    title_digest: str
    body_digest: str


def merge(old: bytes | None, generated: Generated) -> bytes:
    """Return the page with its generated part and our front matter keys as they are now.

    Every other byte of `old` stays: foreign keys, tags, a title that a person changed, all text outside of
    the markers. Without intact markers the generated part is put below the title, and all text stays.
    """
    text = (old or b"").decode("utf-8", "surrogateescape")
    if not text.strip("\ufeff \t\r\n"):
        return _fresh(generated).encode("utf-8", "replace")
    title = generated.front["title"]
    keeps_title = _is_persons_title(text, str(title))
    former = _title(text)
    text = merged_front(text, generated.front, keeps_title=keeps_title)
    text = _merged_body(text, generated, "" if keeps_title else former)
    return text.encode("utf-8", "surrogateescape")


def is_edited(old: bytes) -> bool:
    """Whether the generated part of a page was changed, so that replacing it loses something."""
    lines = _lines(old.decode("utf-8", "surrogateescape"))
    part = _find(lines)
    if part is None:
        return True
    body = [line.rstrip("\r\n") for line in lines[part.start + 1 : part.stop] if not _is_mark(line)]
    return _digest("\n".join(body).strip("\n") + "\n", 8) != part.body_digest


def _fresh(generated: Generated) -> str:
    head = f"# {item(str(generated.front['title']), _MAX_TITLE)}\n"
    return f"{front_text(generated.front)}\n{head}\n{_block(generated)}"


def _block(generated: Generated) -> str:
    made = f"<!-- omx-wiki:made {_digest(str(generated.front['title']), 4)} {_digest(generated.body, 8)} -->"
    return f"{BEGIN}\n\n{generated.body}\n{made}\n{END}\n"


def _digest(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()


def _title(text: str) -> str:
    block = split_front_matter(text)[0]
    value = read_meta(block)[0].get("title", "") if block is not None else ""
    return value if isinstance(value, str) else ""


def _is_persons_title(text: str, title: str) -> bool:
    """Whether the page's title is not the one that was generated for it."""
    block = split_front_matter(text)[0]
    meta = read_meta(block)[0] if block is not None else {}
    if meta.get("title_by") == "person":
        return True
    former = meta.get("title", "")
    if former in ("", title):
        return False
    part = _find(_lines(text))
    return part is None or _digest(str(former), 4) != part.title_digest


def _merged_body(text: str, generated: Generated, former: str) -> str:
    lines = _lines(text)
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n" if "\n" in text else "\r"
    block = [line + end for line in _block(generated).split("\n")[:-1]]
    part = _find(lines)
    if part is None:
        lines = _inserted(lines, block, end)
    else:
        if not lines[part.stop - 1].endswith(("\r", "\n")):
            block[-1] = block[-1].rstrip("\r\n")
        lines[part.start : part.stop] = block
    head = f"# {item(str(generated.front['title']), _MAX_TITLE)}"
    first = _body_start(lines)
    for at in range(first, min(first + 3, len(lines))):
        bare = lines[at].rstrip("\r\n")
        if former and bare == f"# {item(former, _MAX_TITLE)}":
            lines[at] = head + lines[at][len(bare) :]
    return "".join(lines)


def _inserted(lines: list[str], block: list[str], end: str) -> list[str]:
    """Return the lines with the block where the first stray marker stood, else below the title."""
    first = _body_start(lines)
    stray = [at for at, line in _outside_code(lines, first) if _is_mark(line)]
    if stray:
        at = stray[0]
    else:
        at = first
        while at < len(lines) and not lines[at].strip():
            at += 1
        at = at + 1 if at < len(lines) and lines[at].startswith("# ") else first
    kept = [line for place, line in enumerate(lines) if place not in stray]
    if at and kept and not kept[at - 1].endswith(("\r", "\n")):
        kept[at - 1] += end
    above = [end] if at and kept[at - 1].strip() else []
    below = [end] if at < len(kept) and kept[at].strip() else []
    return [*kept[:at], *above, *block, *below, *kept[at:]]


def _find(lines: list[str]) -> _Part | None:
    """Return where the generated part is, None when its markers are not both there in order."""
    starts = [at for at, line in _outside_code(lines, _body_start(lines)) if line.rstrip() == BEGIN]
    if not starts:
        return None
    made = ("", "")
    for at in range(starts[0] + 1, len(lines)):
        bare = lines[at].rstrip()
        found = _MADE.match(bare)
        if bare == END:
            return _Part(starts[0], at + 1, *made)
        if bare == BEGIN or (made[0] and bare):
            break
        made = (found[1], found[2]) if found else made
    if made[0]:  # only the end marker is gone
        last = next(at for at in range(starts[0], len(lines)) if _MADE.match(lines[at].rstrip()))
        return _Part(starts[0], last + 1, *made)
    return None


def _is_mark(line: str) -> bool:
    bare = line.rstrip()
    return bare in (BEGIN, END) or _MADE.match(bare) is not None


def _outside_code(lines: list[str], first: int) -> list[tuple[int, str]]:
    found, fence = [], ""
    for at in range(first, len(lines)):
        fence, in_code = fence_after(lines[at].rstrip("\r\n"), fence)
        if not in_code:
            found.append((at, lines[at]))
    return found


def _body_start(lines: list[str]) -> int:
    """Return the index of the first line below the front matter."""
    return split_front_matter("".join(lines))[2] - 1


def _lines(text: str) -> list[str]:
    return [line for line in _LINE.findall(text) if line]
