"""Redact pages that are already on disk: the library behind `wiki scrub`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.journal.events.files import EventFiles
from omx_wiki.journal.redact import find_secrets, redact, redact_text
from omx_wiki.pages.files import write_atomic
from omx_wiki.pages.history import history_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from omx_wiki.project import Project


class Finding(NamedTuple):
    """A secret in a page: where (`line` counts from 1) and of what kind, never the secret itself."""

    path: Path
    kind: str
    line: int


def scrub_page(raw: bytes) -> tuple[bytes, dict[str, int]]:
    """Return a page's bytes without secrets and the number of each kind; other bytes stay as they are."""
    redacted = redact(_text(raw))
    return redacted.text.encode("utf-8", "surrogateescape"), redacted.counts


def scrub_store(
    paths: Iterable[Path], write: Callable[[Path, bytes], object] | None = None
) -> Iterator[Finding]:
    """Yield the secrets of the pages, and hand each page that has any to `write` with its redacted bytes.

    Without `write` it is a dry run. Only regular files are read; one that cannot be read is passed over.
    """
    for path in paths:
        raw = _read(path)
        if raw is None:
            continue
        text = _text(raw)
        line, at = 1, 0
        secrets = find_secrets(text)
        if secrets and write is not None:
            write(path, scrub_page(raw)[0])
        for secret in secrets:
            line += text.count("\n", at, secret.start)
            at = secret.start
            yield Finding(path, secret.kind, line)


def scrub_history(project: Project) -> int:
    """Take the secrets out of the kept versions of all pages; return how many versions had any."""
    count = 0
    for name in history_files(project):
        raw = _read(Path(name))
        cleaned = raw if raw is None else scrub_page(raw)[0]
        if cleaned is not None and cleaned != raw:
            write_atomic(name, cleaned, 0o600)
            count += 1
    return count


def scrub_events(project: Project) -> int:
    """Take the secrets out of the events of sessions without a transcript; return how many files had any.

    They were redacted when they were kept: this applies the rules of today.
    """
    files = EventFiles(project)
    return sum(files.rewrite(key, redact_text) for key in files.names())


def _read(path: Path) -> bytes | None:
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
