"""What keeps failing: signals of single sessions, added up over many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from omx_wiki.journal.session_runs import failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from omx_wiki.journal.facts import SessionFacts

_TEXTS = ("family", "error_class", "last_seen", "last_session", "command", "error")
_COUNTS = ("times", "fixed", "sessions")


class Signal(NamedTuple):
    """One kind of failure.

    Attributes:
        family: the kind of command ("test", "lint", "build", "git", "other").
        error_class: the kind of error, "other" when it is of no known kind.
        times: how often it happened.
        fixed: how many of the commands that failed this way passed later in their session.
        sessions: in how many sessions it happened.
        last_seen: ISO time in UTC, "" when not known.
        last_session: the id of the session of `last_seen`.
        command: the command that failed last, and what it said (`error`).
    """

    family: str
    error_class: str
    times: int
    fixed: int
    sessions: int
    last_seen: str
    last_session: str
    command: str
    error: str

    def as_json(self) -> dict[str, Any]:
        """Return the signal as JSON values."""
        return self._asdict()


def contributions(facts: SessionFacts) -> list[Signal]:
    """Return what one session adds; keep it per session, so that capturing again never counts twice."""
    signals = [
        Signal(
            family=failure.family,
            error_class=failure.error_class or "other",
            times=failure.failed,
            fixed=int(failure.passed or failure.covered),
            sessions=1,
            last_seen=failure.time or facts.ended,
            last_session=facts.id,
            command=failure.command,
            error=failure.error,
        )
        for failure in failures(facts)
    ]
    return [signal._replace(sessions=1) for signal in merge(signals)]


def last_passes(facts: SessionFacts) -> dict[str, str]:
    """Return when a command of each family passed last, as ISO times; "other" is no family to speak of."""
    found: dict[str, str] = {}
    for run in facts.commands:
        if run.exit == 0 and run.family != "other":
            found[run.family] = max(found.get(run.family, ""), run.time or facts.ended)
    return found


def settle(signals: Iterable[Signal], passes: Iterable[Mapping[str, str]]) -> list[Signal]:
    """Return the signals, those counted as fixed whose family passed in any session since they were seen."""
    latest: dict[str, str] = {}
    for each in passes:
        for family, time in each.items():
            latest[family] = max(latest.get(family, ""), time)
    return [
        signal._replace(fixed=signal.times) if latest.get(signal.family, "") > signal.last_seen else signal
        for signal in signals
    ]


def merge(signals: Iterable[Signal]) -> list[Signal]:
    """Add up signals of many sessions, the most frequent first; their order does not matter."""
    found: dict[tuple[str, str], Signal] = {}
    for signal in signals:
        key = (signal.family, signal.error_class)
        found[key] = _sum(found[key], signal) if key in found else signal
    return sorted(found.values(), key=lambda signal: (-signal.sessions, -signal.times, signal[:2]))


def _sum(one: Signal, other: Signal) -> Signal:
    latest = max(one, other, key=lambda signal: signal[5:])
    return latest._replace(
        times=one.times + other.times,
        fixed=one.fixed + other.fixed,
        sessions=one.sessions + other.sessions,
    )


def from_json(value: Mapping[str, Any]) -> Signal:
    """Return the signal of `Signal.as_json`.

    Raises:
        ValueError: it is none.
    """
    texts, counts = [value.get(name) for name in _TEXTS], [value.get(name) for name in _COUNTS]
    if not all(isinstance(text, str) for text in texts) or not all(type(count) is int for count in counts):
        raise ValueError("not a failure signal")
    return Signal(**{name: value[name] for name in Signal._fields})
