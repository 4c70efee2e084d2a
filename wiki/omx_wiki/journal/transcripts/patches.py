"""Files touched by an edit, from Codex patch texts and from reported changes."""

from __future__ import annotations

from typing import Any

from omx_wiki.journal.transcripts import fields
from omx_wiki.journal.transcripts.records import FileChange

_BEGIN = "*** Begin Patch"
_END = "*** End Patch"
_KINDS = {"*** Add File: ": "A", "*** Update File: ": "M", "*** Delete File: ": "D"}
_MOVE = "*** Move to: "
_REPORTED = {"add": "A", "update": "M", "delete": "D"}
MAX_FILES = 500


def patch_changes(source: str) -> tuple[FileChange, ...]:
    """Return the files named by the patch inside a text; () when it holds none."""
    start = source.find(_BEGIN)
    if start < 0:
        return ()
    changes: list[FileChange] = []
    for line in source[start:].splitlines():
        if line.startswith(_END) or len(changes) > MAX_FILES:
            break
        _read_line(line, changes)
    return tuple(changes[:MAX_FILES])


def _read_line(line: str, changes: list[FileChange]) -> None:
    for marker, kind in _KINDS.items():
        if line.startswith(marker):
            changes.append(FileChange(line[len(marker) :].strip(), kind, 0, 0))
            return
    if not changes:
        return
    last = changes[-1]
    if line.startswith(_MOVE):
        changes[-1] = last._replace(path=line[len(_MOVE) :].strip(), kind="R", old_path=last.path)
    elif line.startswith("+"):
        changes[-1] = last._replace(added=last.added + 1)
    elif line.startswith("-"):
        changes[-1] = last._replace(removed=last.removed + 1)


def reported_changes(changes: dict[str, Any]) -> tuple[FileChange, ...]:
    """Read `{path: {type, unified_diff | content, move_path}}`, or the older `{path: {add: {…}}}`."""
    found = []
    for path, change in list(changes.items())[:MAX_FILES]:
        kind = fields.text(change, "type")
        if not kind and isinstance(change, dict) and len(change) == 1:
            kind, change = next(iter(change.items()))  # noqa: PLW2901  the older form holds the kind as its key
        found.append(_reported(path, _REPORTED.get(kind, "M"), change))
    return tuple(found)


def _reported(path: str, kind: str, change: object) -> FileChange:
    diff = fields.text(change, "unified_diff")
    added, removed = count_diff(diff)
    lines = len(fields.text(change, "content").splitlines())
    if kind == "A" and not diff:
        added = lines
    elif kind == "D" and not diff:
        removed = lines
    moved = fields.text(change, "move_path")
    if moved and moved != path:
        return FileChange(moved, "R", added, removed, path)
    return FileChange(path, kind, added, removed)


def count_diff(diff: str) -> tuple[int, int]:
    """Return the added and removed lines of a unified diff, with or without file headers."""
    added = removed = 0
    in_header = True
    for line in diff.splitlines():
        if line.startswith("@@"):
            in_header = False
        elif in_header and line.startswith(("+++ ", "--- ")):
            continue
        elif line.startswith("+"):
            added += 1
        elif line.startswith("-"):
            removed += 1
    return added, removed
