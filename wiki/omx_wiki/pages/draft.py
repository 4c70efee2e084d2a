"""What somebody wants to put into the wiki, and the page text it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from omx_wiki.errors import InvalidInputError, RefusedError
from omx_wiki.hook.page_head import plain_line, split_front_matter
from omx_wiki.hook.plain_text import heading, plain_text
from omx_wiki.pages.front_matter import meta_list, read_meta
from omx_wiki.pages.links import link_targets
from omx_wiki.pages.slug import same_title
from omx_wiki.pages.splice import splice_meta
from omx_wiki.pages.yaml_text import flow_sequence, quoted_scalar, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TITLE = 200
MAX_TEXT_BYTES = 1024 * 1024
CONFIDENCES = ("low", "medium", "high")
_SECTION = re.compile(r"^---\n+## Update \([^)\n]*\)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Draft:
    """A title with text, to become a new page or a new section of the page of that title.

    Attributes:
        category: "" keeps a page's own; a new page gets "reference".
        confidence: "low", "medium", "high", or "" to keep a page's own; a new page gets "medium".
        when: the time to write down; without a time zone it is taken as UTC.
    """

    title: str
    text: str
    tags: tuple[str, ...] = ()
    category: str = ""
    confidence: str = ""
    sources: tuple[str, ...] = ()
    when: datetime = field(default_factory=lambda: datetime.now(UTC))

    def cleaned(self) -> Draft:
        """Return the draft with one-line values, LF line ends and no repeats.

        Raises:
            InvalidInputError: a value is blank, too long or unknown.
        """
        title = _one_line(self.title)
        text = _text_lines(self.text)
        if not title:
            raise InvalidInputError("the title is empty")
        if len(title) > MAX_TITLE:
            raise InvalidInputError(f"the title has {len(title)} characters; {MAX_TITLE} are allowed")
        if not text:
            raise InvalidInputError(f"there is no text for {title!r}")
        if len(text.encode()) > MAX_TEXT_BYTES:
            raise InvalidInputError(f"the text is larger than {MAX_TEXT_BYTES} bytes")
        if self.confidence not in {"", *CONFIDENCES}:
            raise InvalidInputError(f"confidence is one of {', '.join(CONFIDENCES)}")
        return Draft(
            title=title,
            text=_without_title(text, title),
            tags=_values(tag.strip().lstrip("#") for tag in self.tags),
            category=_one_line(self.category),
            confidence=self.confidence,
            sources=_values(self.sources),
            when=self.when.replace(tzinfo=UTC) if self.when.tzinfo is None else self.when.astimezone(UTC),
        )

    @property
    def timestamp(self) -> str:
        """The time as OMX writes it: ISO 8601 in UTC with milliseconds."""
        return self.when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.when.microsecond // 1000:03d}Z"


def new_page(draft: Draft) -> str:
    """Return the text of a new page for a cleaned draft, in the shape that OMX reads too."""
    time = draft.timestamp
    links = flow_sequence(link_targets(draft.text))
    category = scalar(draft.category or "reference")
    return (
        f"---\ntitle: {quoted_scalar(draft.title)}\ntags: {flow_sequence(draft.tags)}\n"
        f"created: {time}\nupdated: {time}\nsources: {flow_sequence(draft.sources)}\n"
        f"links: {links}\ncategory: {category}\nconfidence: {draft.confidence or 'medium'}\n"
        f"schemaVersion: 1\n---\n\n# {draft.title}\n\n{draft.text}\n"
    )


def merged_page(old: str, draft: Draft) -> tuple[str, list[str]]:
    """Return the page text `old` with a cleaned draft as a new section, and what could not be written.

    Nothing of the old text goes: metadata is spliced, the section is appended in the file's own line ends.
    Text that already stands in the page as a section is not appended again; then nothing changes unless the
    draft brings new metadata.
    """
    block, body, _ = split_front_matter(old)
    notes: list[str] = []
    text = old if _holds_section(body, draft) else old + _section(old, draft)
    if block is None:
        if draft.tags or draft.sources or draft.category or draft.confidence:
            notes.append("the page has no front matter; tags, category, confidence and sources are not kept")
        return text, notes
    try:
        changed = splice_meta(text, _changes(block, draft))
        if changed != old:
            changed = splice_meta(changed, {"updated": draft.timestamp})
    except RefusedError as error:
        return text, [f"only the text was added: {error}"]
    return changed, notes


def _changes(block: str, draft: Draft) -> dict[str, str | list[str]]:
    meta = read_meta(block)[0]
    changes: dict[str, str | list[str]] = {}
    lists = {"tags": draft.tags, "sources": draft.sources, "links": link_targets(draft.text)}
    for key, values in lists.items():
        if any(value not in meta_list(meta, key) for value in values):
            changes[key] = list(values)
    if draft.category:
        changes["category"] = draft.category
    kept = meta.get("confidence", "")
    if draft.confidence and (
        kept not in CONFIDENCES or CONFIDENCES.index(draft.confidence) > CONFIDENCES.index(str(kept))
    ):
        changes["confidence"] = draft.confidence
    return changes


def _section(old: str, draft: Draft) -> str:
    crlf, lf = old.count("\r\n"), old.count("\n")
    end = "\r\n" if crlf * 2 > lf else "\n" if lf or "\r" not in old else "\r"
    gap = "" if old.endswith(("\n", "\r")) else "\n"
    return f"{gap}\n---\n\n## Update ({draft.timestamp})\n\n{draft.text}\n".replace("\n", end)


def _holds_section(body: str, draft: Draft) -> bool:
    first, *updates = _SECTION.split(body)
    first = first.strip()
    sections = [first, first.partition("\n")[2], *updates]
    return any(section.strip() == draft.text.strip() for section in sections)


def _without_title(text: str, title: str) -> str:
    """Return the text without a first heading that only says the title again."""
    first, _, rest = text.partition("\n")
    level, words = heading(first)
    is_title = level == 1 and same_title(plain_text(words), title)
    return rest.strip("\n") if is_title and rest.strip() else text


def _one_line(text: str) -> str:
    return " ".join(plain_line(text).encode("utf-8", "replace").decode().split())


def _text_lines(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    lines = text.removeprefix("\ufeff").rstrip().split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    return "\n".join(lines).replace("\0", "\ufffd")


def _values(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_one_line, values))))
