"""Signals of failures add up over sessions, in any order and through JSON."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.session_examples import command, facts_of, session
from omx_wiki.journal.failures import Signal, contributions, from_json, merge

SIGNALS = st.builds(
    Signal,
    family=st.sampled_from(["test", "git"]),
    error_class=st.sampled_from(["timeout", "other"]),
    times=st.integers(1, 9),
    fixed=st.integers(0, 9),
    sessions=st.integers(1, 3),
    last_seen=st.sampled_from(["", "2026-09-02T08:00:00.000Z", "2026-09-03T08:00:00.000Z"]),
    last_session=st.sampled_from("ab"),
    command=st.text(max_size=5),
    error=st.text(max_size=5),
)


def test_a_session_tells_its_failures_and_whether_they_were_fixed() -> None:
    assert [signal[:5] for signal in contributions(facts_of("failing-then-passing"))] == [
        ("test", "assertion", 1, 1, 1)
    ]
    assert [signal[:5] for signal in contributions(facts_of("left-failing"))] == [("test", "type", 1, 0, 1)]
    assert contributions(facts_of("patch")) == []


def test_commands_that_fail_alike_are_one_signal_of_one_session() -> None:
    commands = [command("pytest a", 1, error="x"), command("pytest b", 1, error="y"), command("pytest b", 0)]
    [signal] = contributions(session(commands=commands))
    assert (signal.error_class, signal.times, signal.fixed, signal.sessions) == ("other", 2, 2, 1)
    assert signal.error == "y"


@given(st.lists(SIGNALS, max_size=8), st.randoms())
def test_order_and_grouping_change_nothing(signals: list[Signal], random: Random) -> None:
    whole = merge(signals)
    mixed = random.sample(signals, len(signals))
    half = len(mixed) // 2
    assert merge(mixed) == whole
    assert merge([*merge(mixed[:half]), *merge(mixed[half:])]) == whole
    assert sum(signal.times for signal in whole) == sum(signal.times for signal in signals)


@given(st.lists(SIGNALS, max_size=5))
def test_json_brings_signals_back(signals: list[Signal]) -> None:
    text = json.dumps([signal.as_json() for signal in signals])
    assert [from_json(value) for value in json.loads(text)] == signals


@pytest.mark.parametrize("value", [{}, {"family": 1}, {**dict.fromkeys(Signal._fields, "x")}])
def test_other_json_is_no_signal(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a failure signal"):
        from_json(value)
