"""The turns of a session that still stand: prompts, answers, and how each turn ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from omx_wiki.journal.keep import Keeper

_MAX_TURNS = 32
_MAX_OPEN = 64
_MAX_MESSAGE = 4000


@dataclass(slots=True)
class Turn:
    """One turn; `end` is "complete", "aborted" or "" while nothing says that it ended."""

    seq: int
    prompted: bool = False
    message: str = ""
    end: str = ""


class Turns:
    """Follows turns through starts, ends, aborts and rollbacks.

    Attributes:
        marked: whether the file marks the start of turns; otherwise each prompt starts one.
        spoke_last: whether the agent's message is the last thing that happened.
        open_calls: tool calls without an answer.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._said = ""
        self.turns: list[Turn] = []
        self.count = 0
        self.marked = False
        self.spoke_last = False
        self.open_calls: list[str] = []

    def save(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        self._keep_message()
        plain = {name: getattr(self, name) for name in ("count", "marked", "spoke_last")}
        return {**plain, "turns": [asdict(turn) for turn in self.turns], "open_calls": list(self.open_calls)}

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state of `save`."""
        self.count, self.marked = state["count"], state["marked"]
        self.spoke_last = state["spoke_last"]
        self.turns = [Turn(**turn) for turn in state["turns"]]
        self.open_calls = list(state["open_calls"])

    def start(self) -> None:
        """A marked turn begins."""
        self.marked = True
        self._push()

    def prompt(self) -> int:
        """A person wrote; return the number of the turn the prompt belongs to."""
        if not (self.marked and self.turns and not self.turns[-1].end):
            self._push()
        self.turns[-1].prompted = True
        self.spoke_last = False
        return self.turns[-1].seq

    def say(self, message: str) -> int:
        """The agent wrote to the person; return the number of the turn."""
        turn = self._current()
        self._said = message
        self.spoke_last = True
        return turn.seq

    def call(self, call_id: str) -> None:
        """The agent called a tool."""
        self._current()
        self.spoke_last = False
        self.open_calls = [*self.open_calls, call_id][-_MAX_OPEN:]

    def answer(self, call_id: str) -> None:
        """A tool answered."""
        if call_id in self.open_calls:
            self.open_calls.remove(call_id)

    def end(self, message: str, how: str) -> None:
        """The turn ended ("complete") or was stopped ("aborted")."""
        turn = self._current()
        turn.end = how
        self._said = message or self._said
        self.open_calls = []

    def roll_back(self, number: int) -> int:
        """Withdraw the last turns that have a prompt; return the number of the first one withdrawn."""
        self._keep_message()
        first = self.count + 1
        while number > 0 and self.turns:
            turn = self.turns.pop()
            first = turn.seq
            number -= turn.prompted
        self.open_calls = []
        self.spoke_last = True
        return max(0, first - number) if not self.turns else first

    @property
    def last_message(self) -> str:
        """The latest message of the agent in a turn that stands."""
        self._keep_message()
        return next((turn.message for turn in reversed(self.turns) if turn.message), "")

    @property
    def is_finished(self) -> bool:
        """Whether the last turn came to its end; unmarked turns end with the agent's message."""
        if not self.turns:
            return False
        if self.turns[-1].end or self.marked:
            return self.turns[-1].end == "complete"
        return self.spoke_last and not self.open_calls

    @property
    def is_broken_off(self) -> bool:
        """Whether the last turn was aborted, or stops in the middle of the work."""
        if not self.turns:
            return False
        last = self.turns[-1]
        return last.end == "aborted" or (not last.end and last.prompted and not self.spoke_last)

    def _current(self) -> Turn:
        if not self.turns:
            self._push()
        return self.turns[-1]

    def _keep_message(self) -> None:
        """Clean the latest message; only the last one of a turn is kept, and cleaning is dear."""
        if self._said and self.turns:
            self.turns[-1].message = self._keeper.text(self._said, _MAX_MESSAGE)
        self._said = ""

    def _push(self) -> None:
        self._keep_message()
        self.count += 1
        self.turns = [*self.turns, Turn(self.count)][-_MAX_TURNS:]
        self.open_calls = []
