"""The commands of a session: each call paired with its answer, counted by family."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from omx_wiki.journal.commands import family, normalise
from omx_wiki.journal.errors_seen import error_class, first_error

if TYPE_CHECKING:
    from omx_wiki.journal.keep import Keeper
    from omx_wiki.journal.transcripts.records import CommandEnd, ToolCall, ToolResult

_MAX_RUNS = 500
_RECENT = 64
_MAX_COMMAND = 500
_MAX_ERROR = 300
_MAX_SESSIONS = 32


@dataclass(slots=True)
class Run:
    """One command as it was run.

    `key` is equal for repeated runs, `digest` belongs to the exact command, `reported` says that the agent
    itself told its end, `at` is the start in milliseconds.
    """

    command: str
    family: str
    key: str
    call: str
    digest: str
    at: int | None = None
    exit: int | None = None
    duration_ms: int | None = None
    error: str = ""
    error_class: str = ""
    reported: bool = False


class Runs:
    """Pairs calls and answers; old successes of no family make room first.

    Attributes:
        counts: per family the number of runs, of failures, and the last exit code.
        sessions: the call that started each process still running.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self.runs: list[Run] = []
        self.counts: dict[str, list[int | None]] = {}
        self.sessions: dict[str, str] = {}

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        counts = {name: list(count) for name, count in self.counts.items()}
        return {"runs": [asdict(run) for run in self.runs], "counts": counts, "sessions": dict(self.sessions)}

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state of `save`."""
        self.runs = [Run(**run) for run in state["runs"]]
        self.counts = {name: list(count) for name, count in state["counts"].items()}
        self.sessions = dict(state["sessions"])

    def start(self, call: ToolCall) -> bool:
        """A command was asked for; return whether it is new: one that its report told already is not."""
        digest = _digest(call.command)
        if call.call_id and any(run.call == call.call_id and run.digest == digest for run in self._recent()):
            return False
        self._add(call.command, call.call_id, digest, call.at)
        return True

    def answer(self, result: ToolResult) -> Run | None:
        """A call was answered; return its run, None when the call was no command."""
        call = self.sessions.get(result.session, result.call_id)
        run = next((run for run in self._recent() if run.call == call), None)
        if run is None:
            return None
        if result.session and result.exit_code is None:
            self.sessions[result.session] = run.call
            while len(self.sessions) > _MAX_SESSIONS:
                del self.sessions[next(iter(self.sessions))]
        if run.duration_ms is None or not run.reported:
            run.duration_ms = _spent(result, run)
        self._finish(run, result.exit_code, result.output)
        return run

    def report(self, end: CommandEnd) -> bool:
        """The agent tells a command's end; it belongs to its call by id, else to the same command.

        Return whether the command is new: nothing told of it before.
        """
        digest = _digest(end.command)
        recent = self._recent()
        run = next((run for run in recent if end.call_id and run.call == end.call_id), None)
        if run is None:
            open_to = (run for run in reversed(recent) if run.digest == digest and not run.reported)
            run = next(open_to, None)
        is_new = run is None
        if run is None:
            if end.follow_up or not end.command:
                return False
            run = self._add(end.command, end.call_id, digest, end.at)
        run.duration_ms = run.duration_ms if end.duration_ms is None else end.duration_ms
        self._finish(run, end.exit_code, end.output)
        run.reported = True
        return is_new

    def send(self, session: str, call_id: str) -> None:
        """Input goes to a running process: the answer to this call tells of the command that started it."""
        owner = self.sessions.get(session)
        run = next((run for run in self._recent() if owner and run.call == owner), None)
        if run is not None:
            run.call = call_id
            self.sessions[session] = call_id

    def inside(self, call_id: str) -> list[Run]:
        """Return the commands found in the script of a call."""
        return [run for run in self._recent() if run.call.startswith(f"{call_id}#")]

    def _recent(self) -> list[Run]:
        """Return the runs that may still be told of, latest first."""
        return self.runs[: -_RECENT - 1 : -1]

    def _add(self, command: str, call: str, digest: str, at: int | None) -> Run:
        kept = self._keeper.text(command, _MAX_COMMAND)
        kind = family(command)
        run = Run(kept, kind, normalise(kept), call, digest, at)
        if len(self.runs) >= _MAX_RUNS:
            self._make_room()
        self.runs.append(run)
        count = self.counts.setdefault(kind, [0, 0, None])
        count[0] = (count[0] or 0) + 1
        return run

    def _finish(self, run: Run, code: int | None, output: str) -> None:
        if code is None or run.exit is not None:
            return
        run.exit = code
        count = self.counts[run.family]
        count[2] = code
        if code:
            count[1] = (count[1] or 0) + 1
            run.error = self._keeper.line(first_error(output), _MAX_ERROR)
            run.error_class = error_class(run.error)

    def _make_room(self) -> None:
        self._keeper.count_cut("commands")
        old = range(len(self.runs) - _RECENT)
        dull = (at for at in old if self.runs[at].family == "other" and not self.runs[at].exit)
        del self.runs[next(dull, 0)]


def _spent(result: ToolResult, run: Run) -> int | None:
    """Return the time a command took: as its answer tells, else from call to answer."""
    if result.duration_ms is not None or result.at is None or run.at is None:
        return result.duration_ms
    return max(0, result.at - run.at)


def _digest(command: str) -> str:
    return blake2b(command.encode("utf-8", "replace"), digest_size=8).hexdigest()
