"""The files a session changed, grouped by folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omx_wiki.journal.safe_text import code
from omx_wiki.journal.session_outcome import line_counts, plural, size

if TYPE_CHECKING:
    from omx_wiki.journal.changes import ChangedFile
    from omx_wiki.journal.facts import SessionFacts
    from omx_wiki.journal.git_facts import GitFacts
    from omx_wiki.journal.session_sections import Limits

_MAX_PATH = 200


def changed(facts: SessionFacts, git: GitFacts | None, limits: Limits) -> dict[str, Any]:
    """Return the changed files by folder; a single folder, and one with one file, has no line of its own.

    Files whose lines the transcript does not tell take git's count.
    """
    folders: dict[str, list[dict[str, Any]]] = {}
    files = sorted(facts.files, key=lambda file: (file.path.rpartition("/")[0], file.path))
    for file in files:
        folders.setdefault(file.path.rpartition("/")[0], []).append(_row(file, git))
    groups: list[dict[str, Any]] = []
    left = limits.files
    for folder, rows in list(folders.items())[: limits.folders]:
        shown = rows[:left]
        is_nested = len(rows) > 1 and len(folders) > 1
        left -= len(shown)
        if shown:
            groups.append(
                {
                    "folder": _folder_line(folder, rows) if is_nested else "",
                    "indent": "  " if is_nested else "",
                    "files": shown,
                    "more": len(rows) - len(shown),
                }
            )
    shown_files = sum(len(group["files"]) + group["more"] for group in groups)
    rows = [row for group_rows in folders.values() for row in group_rows]
    number = len(files) + facts.cut.get("files", 0)
    return {
        "groups": groups,
        "more": number - shown_files,
        "line": ", ".join(filter(None, [plural(number, "file"), size(*_sum(rows))])),
        "added": _sum(rows)[0],
        "removed": _sum(rows)[1],
    }


def _row(file: ChangedFile, git: GitFacts | None) -> dict[str, Any]:
    added, removed = line_counts(file, git)
    former = f"{code(file.old_path, _MAX_PATH)} to " if file.kind == "R" and file.old_path else ""
    kind = file.kind if file.kind in {"A", "M", "D", "R"} else "M"
    path = former + code(file.path, _MAX_PATH)
    line = " ".join(filter(None, [kind, path, size(added, removed)]))
    return {"kind": kind, "path": path, "added": added, "removed": removed, "line": line}


def _folder_line(folder: str, rows: list[dict[str, Any]]) -> str:
    """Return the line above a folder's files."""
    sizes = size(*_sum(rows))
    name = code(f"{folder}/", _MAX_PATH) if folder else "top folder"
    return f"{name}: {plural(len(rows), 'file')}{f', {sizes}' if sizes else ''}"


def _sum(rows: list[dict[str, Any]]) -> tuple[int, int]:
    return sum(row["added"] for row in rows), sum(row["removed"] for row in rows)
