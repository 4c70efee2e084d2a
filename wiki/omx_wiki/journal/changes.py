"""The files a session changed, summed up per path."""

from __future__ import annotations

import posixpath
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.transcripts.records import FileChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from omx_wiki.journal.keep import Keeper

_MAX_FILES = 1000
_MAX_CLAIMS = 32
_MAX_PATH = 400


@dataclass(slots=True)
class ChangedFile:
    """One file: `kind` is A, M, D or R over the whole session, `added` and `removed` count lines."""

    path: str
    kind: str
    added: int
    removed: int
    old_path: str = ""


class Changes:
    """Sums up edits; an edit asked for counts once its call succeeds or the agent reports it."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self.files: dict[str, ChangedFile] = {}
        self.claims: dict[str, list[FileChange]] = {}
        self.applied: list[str] = []

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "files": [asdict(file) for file in self.files.values()],
            "claims": {call: [list(change) for change in changes] for call, changes in self.claims.items()},
            "applied": list(self.applied),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state of `save`."""
        self.files = {file["path"]: ChangedFile(**file) for file in state["files"]}
        self.claims = {
            call: [FileChange(*change) for change in changes] for call, changes in state["claims"].items()
        }
        self.applied = list(state["applied"])

    def claim(self, call_id: str, changes: Sequence[FileChange], base: str, here: str) -> None:
        """Note the edits a call asks for."""
        while len(self.claims) >= _MAX_CLAIMS:
            del self.claims[next(iter(self.claims))]
        self.claims[call_id] = [self._placed(change, base, here) for change in changes]

    def settle(self, call_id: str, *, ok: bool) -> None:
        """The call was answered: its edits count unless it failed or they were reported already."""
        for change in self.claims.pop(call_id, []) if ok else ():
            self._apply(change)
            self._note(call_id)
        self.claims.pop(call_id, None)

    def report(self, call_id: str, changes: Sequence[FileChange], base: str, *, ok: bool) -> None:
        """The agent reports an edit; it replaces the claim of the same call or of the same files."""
        if call_id and call_id in self.applied:
            return
        placed = [self._placed(change, base, base) for change in changes]
        paths = {change.path for change in placed}
        claimed = call_id if call_id in self.claims else self._claim_on(paths)
        self.claims.pop(claimed, None)
        if ok:
            self._note(call_id)
            for change in placed:
                self._apply(change)

    def _claim_on(self, paths: set[str]) -> str:
        for call, changes in self.claims.items():
            if any(change.path in paths for change in changes):
                return call
        return ""

    def _note(self, call_id: str) -> None:
        if call_id and call_id not in self.applied:
            self.applied = [*self.applied, call_id][-_MAX_CLAIMS:]

    def _placed(self, change: FileChange, base: str, here: str) -> FileChange:
        path = self._keeper.line(relative_path(change.path, base, here), _MAX_PATH)
        old = self._keeper.line(relative_path(change.old_path, base, here), _MAX_PATH)
        return change._replace(path=path, old_path=old)

    def _apply(self, change: FileChange) -> None:
        if not change.path:
            return
        former = self.files.pop(change.old_path, None) if change.kind == "R" else None
        known = self.files.get(change.path) or former
        if known is None:
            self._add(ChangedFile(*change))
            return
        known.added += change.added
        known.removed += change.removed
        if former is not None:
            known.path, known.old_path = change.path, former.old_path or change.old_path
            known.kind = "A" if former.kind == "A" else "R"
            self.files[change.path] = known
        elif known.kind == "D":
            known.kind = "D" if change.kind == "D" else "M"
        elif change.kind == "D":
            known.kind = "D"

    def _add(self, file: ChangedFile) -> None:
        if len(self.files) >= _MAX_FILES:
            self._keeper.count_cut("files")
            return
        self.files[file.path] = file


def relative_path(path: str, base: str, here: str) -> str:
    """Return a path as seen from `base`; relative ones start at `here`, outside ones stay absolute."""
    if not path:
        return ""
    place, start, now = (text.removeprefix("file://").replace("\\", "/") for text in (path, base, here))
    root = posixpath.normpath(start).rstrip("/") + "/" if start else ""
    is_whole = place.startswith(("/", root)) if root else place.startswith("/")
    whole = posixpath.normpath(place if is_whole or place[1:3] == ":/" else posixpath.join(now, place))
    return whole[len(root) :] if root and whole.startswith(root) else whole
