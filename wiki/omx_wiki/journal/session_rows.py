"""What a list shows of a session, read from the head of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from omx_wiki.hook.front_matter_scan import salvage_front_matter
from omx_wiki.hook.page_head import flat_front_matter, page_tags, page_title, split_front_matter
from omx_wiki.journal.moments import read_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    Meta = Mapping[str, str | list[str]]

HEAD_BYTES = 16 * 1024
_STEM_TIME = len("2026-01-31-1405")
_MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in a list.

    Attributes:
        slug: its page.
        path: the file of the page.
        id: the agent's name for the session, "" when the page does not tell.
        started: ISO time in UTC; from the name of the page where the page does not tell.
        ended: ISO time in UTC, "" when the page does not tell.
        active: seconds worked, without long pauses.
        failures: commands that failed.
        files: files changed.
        parent: the session that started this one as its sub-agent, "" for a session of a person.
    """

    slug: str
    path: str
    id: str
    title: str
    started: str
    ended: str
    active: int
    agent: str
    branch: str
    outcome: str
    prompts: int
    commands: int
    failures: int
    files: int
    added: int
    removed: int
    commits: int
    parent: str
    tags: tuple[str, ...]

    @property
    def short_id(self) -> str:
        """The last part of the page's name, by which people call the session."""
        return self.slug.rpartition("/")[2].rpartition("-")[2]

    @property
    def begin(self) -> datetime | None:
        """When it started."""
        return read_stamp(self.started)

    @property
    def end(self) -> datetime | None:
        """The last moment known of it."""
        return read_stamp(self.ended) or self.begin

    @property
    def seconds(self) -> int:
        """How long it was worked on; the time from start to end where the page does not tell."""
        if self.active or self.begin is None or self.end is None:
            return self.active
        return max(0, int((self.end - self.begin).total_seconds()))

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        keys = ("id", "title", "started", "ended", "branch", "outcome", "prompts", "commands")
        more = ("failures", "files", "commits", "path")
        return {key: getattr(self, key) for key in keys + more} | {"page": self.slug, "tags": list(self.tags)}


def read_row(raw: bytes, path: str, slug: str) -> SessionRow:
    """Return what the first bytes of a session page tell (`HEAD_BYTES` are enough); never raises."""
    block, body, _ = split_front_matter(raw.decode("utf-8", "replace"))
    flat = {} if block is None else flat_front_matter(block)
    meta = salvage_front_matter(block or "") if flat is None else flat
    return row_of(meta, body, path, slug)


def row_of(meta: Meta, body: str, path: str, slug: str) -> SessionRow:
    """Return what front matter and body of a session page tell."""
    stem = slug.rpartition("/")[2]
    started = _time(meta, "started") or _time(meta, "created") or _stem_time(stem)
    return SessionRow(
        slug=slug,
        path=path,
        id=meta_line(meta, "id"),
        title=page_title(meta, body, stem),
        started=started,
        ended=_time(meta, "ended"),
        active=meta_count(meta, "active"),
        agent=meta_line(meta, "agent"),
        branch=meta_line(meta, "branch"),
        outcome=meta_line(meta, "outcome"),
        prompts=meta_count(meta, "prompts"),
        commands=meta_count(meta, "commands"),
        failures=meta_count(meta, "failures"),
        files=meta_count(meta, "files"),
        added=meta_count(meta, "added"),
        removed=meta_count(meta, "removed"),
        commits=meta_count(meta, "commits"),
        parent=meta_line(meta, "parent"),
        tags=page_tags(meta),
    )


def meta_line(meta: Meta, key: str) -> str:
    """Return a text of the front matter on one line, "" when there is none."""
    value = meta.get(key, "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def meta_count(meta: Meta, key: str) -> int:
    """Return a number; of a list that a person wrote in its place, the length."""
    value = meta.get(key, "")
    if isinstance(value, list):
        return len(value)
    value = value.strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS else 0


def _time(meta: Meta, key: str) -> str:
    return iso_seconds(read_stamp(meta_line(meta, key)))


def _stem_time(stem: str) -> str:
    """Return the time that the name of a page begins with: `2026-01-31-1405`."""
    day, clock = stem[:10], stem[11:_STEM_TIME]
    return iso_seconds(read_stamp(f"{day}T{clock}") or read_stamp(day))


def iso_seconds(moment: datetime | None) -> str:
    """Return a moment as ISO time in UTC with seconds, "" for None."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
