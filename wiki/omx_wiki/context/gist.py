"""What a session was about, in a few lines, from its page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.hook.item import clean
from omx_wiki.hook.plain_text import plain_text
from omx_wiki.journal.moments import read_stamp
from omx_wiki.journal.session_body import changed_paths, generated_part, is_cut_mark, section_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.session_rows import SessionRow

_TIME = re.compile(r"(?:\[t\+[^\]]{1,16}\] ?)?(?:\(correction\) ?)?")
_FAILING, _NOT_DONE = "Failing: ", "Not done: "
_NEVER_PASSED = "(never passed)"
_MOST_OPEN = 4
_MOST_FILES = 3


class Gist(NamedTuple):
    """Texts of the page, plain but not cleaned.

    Attributes:
        asked: the first prompt and, when there are more, the last.
        outcome: what came of it, in a sentence or two.
        open: what was left to do.
        failing: commands that failed and never passed, each with what it said.
    """

    asked: tuple[str, ...]
    outcome: str
    open: tuple[str, ...]
    failing: tuple[str, ...]


def gist_of(body: str) -> Gist:
    """Return the gist of the body of a session's page."""
    prompts = [_TIME.sub("", text, count=1) for text in _items(body, "Asked")]
    left = [text for text in _items(body, "Open") if not text.startswith(_FAILING)]
    failing = [text for text in _items(body, "Ran") if _NEVER_PASSED in text]
    lines = (line.strip() for line in generated_part(body).split("\n"))
    outcome = next((line for line in lines if line and not line.startswith("#")), "")
    told = plain_text(outcome)
    return Gist(
        asked=tuple(dict.fromkeys([*prompts[:1], *prompts[-1:]])),
        outcome=told,
        open=tuple(text.removeprefix(_NOT_DONE) for text in left[:_MOST_OPEN]),
        failing=() if told.startswith("Left failing") else tuple(failing[:2]),
    )


def is_substantive(row: SessionRow) -> bool:
    """Whether a person asked for something in a session of their own, and something was done."""
    return not row.parent and row.prompts > 0 and bool(row.commands or row.files or row.commits)


def ended_at(row: SessionRow) -> float:
    """Return when a session ended, in seconds since 1970; 0 when unknown."""
    end = read_stamp(row.ended) or read_stamp(row.started)
    return end.timestamp() if end else 0.0


def about_text(row: SessionRow, body: str) -> str:
    """Return one line that reminds a session which is still going on of itself.

    Nobody has interrupted it: what its page says of that is only that no end was seen yet.
    """
    gist = gist_of(body)
    told = [f"This session (page {clean(row.slug, 100)}, data): {clean(row.title, 100)}"]
    if row.outcome == "interrupted":
        told += [f"was asked: {clean(gist.asked[-1], 160)}"] if gist.asked else []
        changed = changed_paths(body)[0]
        told += [f"changed: {named_files(changed)}"] if changed else []
        return " · ".join(told)
    told += [f"asked last: {clean(gist.asked[-1], 120)}"] if len(gist.asked) > 1 else []
    told += [f"so far: {clean(gist.outcome, 120)}"] if gist.outcome else []
    return " · ".join(told)


def named_files(paths: Sequence[str]) -> str:
    """Return the names of the first three files, and how many more there are."""
    more = f" and {len(paths) - _MOST_FILES} more" if len(paths) > _MOST_FILES else ""
    return f"{', '.join(clean(path, 60) for path in paths[:_MOST_FILES])}{more}"


def _items(body: str, section: str) -> list[str]:
    return [plain_text(item) for item in section_items(body, section) if not is_cut_mark(item)]
