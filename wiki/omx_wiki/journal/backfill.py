"""Fill the journal from transcripts that were there before the hooks were."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.errors import UnavailableError, WikiError
from omx_wiki.journal.journal import SAVE_EVERY, conclude
from omx_wiki.journal.left_out import is_left_out
from omx_wiki.journal.recorder import Recorder
from omx_wiki.journal.sweep import all_rollouts, is_of, session_folder
from omx_wiki.journal.transcripts import CompressedTranscriptError, open_transcript
from omx_wiki.pages.lock import try_locked
from omx_wiki.project import ensure_private, state_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from omx_wiki.pages.store import Store

_PATIENCE_SECONDS = 30.0
_SUFFIXES = (".jsonl", ".jsonl.zst")
_LEFT_OUT = "the journal was off while its session went on; name the file to take it in"


class Backfilled(NamedTuple):
    """What became of one transcript.

    Attributes:
        outcome: "recorded", "unchanged", "empty" (it deserves no page), "elsewhere" (another folder's) or
            "skipped".
        reason: why it was skipped.
    """

    path: str
    slug: str
    outcome: str
    reason: str = ""


class Backfill:
    """Records transcripts one by one while it is iterated; holds the worker's lock as a context manager.

    A session that went on while the journal was off is skipped unless its own file is among `named`, the
    paths that were asked for. Raises UnavailableError on entry when the private state is not writable or a
    worker keeps it.
    """

    def __init__(
        self, store: Store, transcripts: Sequence[str], *, any_cwd: bool = False, named: Iterable[str] = ()
    ) -> None:
        self._named = {os.path.abspath(path) for path in named}
        self._store = store
        self._transcripts = transcripts
        self._any_cwd = any_cwd
        self._lock = try_locked(os.path.join(store.project.state, "worker.lock"), timeout=_PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        state = self._store.project.state
        if not (ensure_private(state_home()) and ensure_private(state)):
            raise UnavailableError(
                f"{state} is not a private, writable folder", "set OMX_WIKI_HOME to another"
            )
        if not self._lock.__enter__():
            raise UnavailableError("background work keeps the journal busy", "try again in a moment")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.__exit__(kind, error, trace)

    def __len__(self) -> int:
        return len(self._transcripts)

    def __iter__(self) -> Iterator[Backfilled]:
        recorder = Recorder(self._store)
        for number, path in enumerate(self._transcripts, 1):
            yield self._record(recorder, path)
            if number % SAVE_EVERY == 0:
                recorder.ledger.save()
        conclude(recorder)

    def _record(self, recorder: Recorder, path: str) -> Backfilled:
        try:
            open_transcript(path).close()
        except CompressedTranscriptError as problem:
            return Backfilled(path, "", "skipped", str(problem))
        except (WikiError, OSError):
            return Backfilled(path, "", "skipped", "it is not a transcript of a known kind")
        folder = session_folder(path)
        if not self._any_cwd and not (folder and is_of(self._store.project, folder)):
            return Backfilled(path, "", "elsewhere")
        if os.path.abspath(path) not in self._named and is_left_out(recorder.ledger, path):
            return Backfilled(path, "", "skipped", _LEFT_OUT)
        is_known = recorder.is_current(path)
        slug = recorder.record(path, restore=True)
        return Backfilled(path, slug, ("unchanged" if is_known else "recorded") if slug else "empty")


def codex_transcripts(paths: Iterable[str]) -> list[str]:
    """Return the rollouts that files, folders and Codex homes hold, the oldest first."""
    found: dict[str, None] = {}
    for path in map(os.path.abspath, paths):
        is_home = os.path.isdir(os.path.join(path, "sessions"))
        found |= dict.fromkeys(all_rollouts(path) if is_home else _below(path))
    return list(found)


def claude_transcripts(paths: Iterable[str]) -> list[str]:
    """Return the transcripts that files and folders hold, in the order of their paths."""
    return list(dict.fromkeys(found for path in paths for found in _below(os.path.abspath(path))))


def claude_home() -> str:
    """Return where Claude Code keeps its transcripts."""
    home = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    return os.path.join(home, "projects")


def _below(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        yield path
        return
    for parent, folders, names in os.walk(path):
        folders.sort()
        yield from (os.path.join(parent, name) for name in sorted(names) if name.endswith(_SUFFIXES))
