"""One page: what its bytes say, read tolerantly; imports little, because queries read changed pages."""

from __future__ import annotations

from omx_wiki.hook.dates import last_change
from omx_wiki.hook.page_head import page_category, page_summary, page_tags, page_title, split_front_matter
from omx_wiki.pages.front_matter import Meta, meta_list, read_meta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_PAGE_BYTES = 2 * 1024 * 1024
_LAST_YEAR = 9999


class Page:
    """A page as read from its file.

    Attributes:
        slug: the name everywhere: `retry-policy`, `sessions/2026-01-01-fix`, `omx_wiki/retry-policy`.
        file: where it is.
        kind: "page", "session" or "shared".
        title: from front matter, else the first heading, else the file name.
        meta: every front matter key with its value as text or a list of texts.
        body: the text below the front matter, line ends as LF.
        body_line: the 1-based line of the file on which `body` starts.
        summary: one real sentence of the body, never the title again; "" if there is none.
        updated: ISO date or time of the last change known: front matter, else the file's own time.
        problems: what a person should know: undecodable bytes, broken front matter, cut because too large.
    """

    __slots__ = (
        *("slug", "file", "kind", "title", "meta", "body", "body_line", "summary", "tags", "category"),
        *("confidence", "sources", "created", "updated", "problems"),
    )

    def __init__(  # noqa: PLR0913 - what there is to say of a page; by name only
        self,
        *,
        slug: str,
        file: str,
        kind: str,
        title: str,
        meta: Mapping[str, str | list[str]],
        body: str,
        body_line: int,
        summary: str,
        tags: tuple[str, ...],
        category: str,
        confidence: str,
        sources: tuple[str, ...],
        created: str,
        updated: str,
        problems: tuple[str, ...] = (),
    ) -> None:
        self.slug = slug
        self.file = file
        self.kind = kind
        self.title = title
        self.meta = meta
        self.body = body
        self.body_line = body_line
        self.summary = summary
        self.tags = tags
        self.category = category
        self.confidence = confidence
        self.sources = sources
        self.created = created
        self.updated = updated
        self.problems = problems

    @property
    def path(self) -> Path:
        """The file as a path."""
        from pathlib import Path

        return Path(self.file)


def parse_page(raw: bytes, path: str, slug: str, kind: str, mtime: float) -> Page:
    """Return the page that the bytes of a file are; never raises.

    Args:
        raw: the whole file; what lies beyond `MAX_PAGE_BYTES` is not read and named as a problem.
        path: the file.
        slug: its name in the store.
        kind: "page", "session" or "shared".
        mtime: the file's own time of change in seconds since 1970.
    """
    text, problems = _decoded(raw)
    block, body, body_line = split_front_matter(text)
    meta: Meta = {}
    if block is not None:
        meta, found = read_meta(block)
        problems += found
        if found and not meta:  # what cannot be read stays visible and searchable as text
            body, body_line = split_front_matter("\n" + text)[1][1:], 1
    title = page_title(meta, body, slug.rpartition("/")[2])
    return Page(
        slug=slug,
        file=path,
        kind=kind,
        title=title,
        meta=meta,
        body=body,
        body_line=body_line,
        summary=page_summary(meta, body, title),
        tags=page_tags(meta),
        category=page_category(meta),
        confidence=_scalar(meta, "confidence") or "medium",
        sources=tuple(meta_list(meta, "sources")),
        created=_scalar(meta, "created"),
        updated=_last_change(_scalar(meta, "updated"), kind, mtime),
        problems=tuple(problems),
    )


def _decoded(raw: bytes) -> tuple[str, list[str]]:
    problems = []
    is_cut = len(raw) > MAX_PAGE_BYTES
    if is_cut:
        problems.append(f"only the first {MAX_PAGE_BYTES} bytes are read")
        raw = raw[:MAX_PAGE_BYTES]
    try:
        return raw.decode("utf-8"), problems
    except UnicodeDecodeError as error:
        if is_cut and error.reason == "unexpected end of data":  # the cut went through a character
            return raw[: error.start].decode("utf-8"), problems
        problems.append(f"not UTF-8 at byte {error.start}")
        return raw.decode("utf-8", "replace"), problems


def _scalar(meta: Meta, key: str) -> str:
    value = meta.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _last_change(written: str, kind: str, mtime: float) -> str:
    """Return when a page changed last, as ISO time in UTC with milliseconds."""
    return _timestamp(last_change(written, mtime, is_shared=kind == "shared"))


def _timestamp(seconds: float) -> str:
    from time import gmtime

    try:
        whole, milliseconds = divmod(round(seconds * 1000), 1000)
        year, month, day, hour, minute, second = gmtime(whole)[:6]
    except (ValueError, OverflowError, OSError):
        year = 0
    if not 0 < year <= _LAST_YEAR:
        return "1970-01-01T00:00:00Z"
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z"
