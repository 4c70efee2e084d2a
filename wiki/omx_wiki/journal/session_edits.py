"""What people change on a session page: notes, title, tags; never the generated part."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from omx_wiki.errors import InvalidInputError, NotFoundError, RefusedError
from omx_wiki.hook.page_head import plain_line, split_front_matter
from omx_wiki.hook.plain_text import fence_after, heading
from omx_wiki.journal.session_body import BEGIN, END
from omx_wiki.pages.changes import read_current, replace_file, writing
from omx_wiki.pages.draft import MAX_TITLE
from omx_wiki.pages.front_matter import meta_list, read_meta
from omx_wiki.pages.scan import find_page
from omx_wiki.pages.splice import splice_meta
from omx_wiki.pages.yaml_text import flow_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from omx_wiki.pages.store import Store
    from omx_wiki.project import Project

SESSION_TAG = "session"
_NOTES = "Notes"
_NOTES_LEVEL = 2
_MAX_NOTE = 20_000
_TAGS_LINE = re.compile(r"^tags:[ \t]*(?:\[[^\n]*\][ \t]*)?(?=\r?\n)", re.MULTILINE)


def add_note(store: Store, slug: str, text: str, when: datetime | None = None) -> None:
    """Append a dated line to the section Notes of a session page, below the generated part.

    Raises:
        InvalidInputError: the text is blank or too long.
        NotFoundError: there is no such page.
        RefusedError: the page is not UTF-8 or leads outside the store.
    """
    lines = [" ".join(plain_line(line).split()) for line in text.strip().splitlines()]
    if not any(lines):
        raise InvalidInputError("the note is empty")
    if len(text) > _MAX_NOTE:
        raise InvalidInputError(f"the note has {len(text)} characters; {_MAX_NOTE} are allowed")
    day = (when or datetime.now(UTC)).astimezone(UTC).date().isoformat()
    first, *more = [defused(line) for line in lines]
    note = "\n".join([f"- {day}: {first}", *(f"  {line}".rstrip() for line in more)])
    _edit(store.project, slug, lambda page: with_note(page, note), "note")


def rename_session(store: Store, slug: str, title: str) -> None:
    """Give a session a title that later runs keep, in the front matter and as the first heading.

    Raises:
        InvalidInputError: the title is blank or too long.
        NotFoundError: there is no such page.
        RefusedError: the front matter cannot be edited safely.
    """
    clean = defused(" ".join(plain_line(title).split()))
    if not clean or len(clean) > MAX_TITLE:
        raise InvalidInputError(f"a title has 1 to {MAX_TITLE} characters")
    _edit(store.project, slug, lambda page: _retitled(page, clean), "rename")


def tag_session(store: Store, slug: str, add: Iterable[str], remove: Iterable[str] = ()) -> bool:
    """Add and remove tags; return whether that changed anything.

    Raises:
        InvalidInputError: a tag is blank.
        NotFoundError: there is no such page.
        RefusedError: the tag `session` is to go, or the front matter cannot be edited safely.
    """
    added, gone = _tags(add), _tags(remove)
    if SESSION_TAG in gone:
        raise RefusedError(f"the tag {SESSION_TAG!r} is what makes the page a session")

    def change(page: str) -> str:
        tagged = splice_meta(page, {"tags": added}) if added else page
        return without_tags(tagged, gone) if gone else tagged

    return _edit(store.project, slug, change, "tag")


def with_note(page: str, note: str) -> str:
    """Return the page with a list item at the end of its section Notes, which is made when missing."""
    end = "\r\n" if page.count("\r\n") * 2 > page.count("\n") else "\n"
    lines = page.split("\n")
    outside = _first_outside(lines)
    span = _notes_span(lines, outside)
    item = note.replace("\n", end).split("\n")
    if end == "\r\n":
        item[-1] += "\r"
    if span is None:
        rest = page.rstrip("\r\n")
        return f"{rest}{end * 2}## {_NOTES}{end * 2}{note.replace(chr(10), end)}{end}"
    first, last = span
    while last > first + 1 and not lines[last - 1].strip():
        last -= 1
    before = lines[last - 1].strip()
    gap = [] if before.startswith(("-", "*", "+")) or lines[last - 1][:1] == " " else [end[:-1]]
    after = [] if last < len(lines) else [""]
    return "\n".join([*lines[:last], *gap, *item, *lines[last:], *after])


def without_tags(page: str, gone: Iterable[str]) -> str:
    """Return the page without some tags.

    Raises:
        RefusedError: the tags are not written on one line.
    """
    block = split_front_matter(page)[0]
    meta = {} if block is None else read_meta(block)[0]
    leaving = set(gone)
    known = meta_list(meta, "tags")
    if leaving.isdisjoint(known):
        return page
    kept = [tag for tag in known if tag not in leaving]
    changed = _TAGS_LINE.sub(lambda _: f"tags: {flow_sequence(kept)}", page, count=1)
    new_block = split_front_matter(changed)[0]
    if new_block is None or read_meta(new_block)[0] != {**meta, "tags": kept}:
        raise RefusedError(
            "the tags are written in a way that cannot be edited safely", "edit the page by hand"
        )
    return changed


def defused(text: str) -> str:
    """Return a text that cannot be taken for one of our marks."""
    return text.replace("<!--", "&lt;!--")


def _edit(project: Project, slug: str, change: Callable[[str], str], operation: str) -> bool:
    """Change the text of a page under the lock of the store; return whether anything changed."""
    with writing(project):
        found = find_page(project, slug)
        if found is None:
            raise NotFoundError(f"there is no page {slug!r}")
        raw = read_current(found.path)
        try:
            data = change(raw.decode("utf-8")).encode()
        except UnicodeDecodeError as error:
            raise RefusedError(f"{slug} is not UTF-8 (byte {error.start}); it is left as it is") from error
        if data != raw:
            replace_file(project, slug, found.path, data, operation)
        return data != raw


def _first_outside(lines: list[str]) -> int:
    """Return the number of the first line below the generated part, 0 when there is none."""
    bare = [line.strip() for line in lines]
    if BEGIN in bare and END in bare[bare.index(BEGIN) :]:
        return bare.index(END, bare.index(BEGIN)) + 1
    return 0


def _headings(lines: list[str], start: int, end: int) -> list[tuple[int, int, str]]:
    """Return (line, level, text) of the headings between two lines, outside of code."""
    found, fence = [], ""
    for at in range(start, end):
        line = lines[at].rstrip("\r")
        fence, in_code = fence_after(line, fence)
        level, text = (0, "") if in_code else heading(line)
        if level:
            found.append((at, level, text))
    return found


def _notes_span(lines: list[str], start: int) -> tuple[int, int] | None:
    """Return the line of the heading Notes and the line where its section ends."""
    found = _headings(lines, start, len(lines))
    for number, (at, level, text) in enumerate(found):
        if level == _NOTES_LEVEL and text.casefold() == _NOTES.casefold():
            ends = (line for line, deep, _ in found[number + 1 :] if deep <= level)
            return at, next(ends, len(lines))
    return None


def _retitled(page: str, title: str) -> str:
    changed = splice_meta(page, {"title": title, "title_by": "person"})
    lines = changed.split("\n")
    first = split_front_matter(changed)[2] - 1
    bare = [line.strip() for line in lines]
    last = bare.index(BEGIN) if BEGIN in bare else len(lines)
    end = "\r" if lines[0].endswith("\r") else ""
    for at, level, _ in _headings(lines, first, last):
        if level == 1:
            lines[at] = f"# {title}{end}"
            return "\n".join(lines)
    return "\n".join([*lines[:first], end, f"# {title}{end}", *lines[first:]])


def _tags(tags: Iterable[str]) -> list[str]:
    clean = [" ".join(plain_line(tag).split()).lstrip("#") for tag in tags]
    if not all(clean):
        raise InvalidInputError("a tag is empty")
    return list(dict.fromkeys(clean))
