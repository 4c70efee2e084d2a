"""The work of sub-agents added to the facts of their session."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import AskedFact, CommandFact, CommitFact, FamilyFact, SessionFacts, Tokens
from omx_wiki.journal.subagents import fold_in

_NUMBER = st.integers(0, 99)
_TIME = st.sampled_from([f"2026-01-01T00:00:0{second}Z" for second in range(5)])
_FACTS = st.builds(
    SessionFacts,
    id=st.uuids().map(str),
    agent=st.just("codex"),
    models=st.lists(st.sampled_from("ab"), unique=True),
    prompts=st.lists(st.builds(AskedFact, st.text(max_size=3), _TIME, st.booleans()), max_size=2),
    files=st.lists(
        st.builds(ChangedFile, st.sampled_from("xyz"), st.sampled_from("AMD"), _NUMBER, _NUMBER),
        unique_by=lambda file: file.path,
    ),
    commands=st.lists(
        st.builds(
            CommandFact,
            command=st.sampled_from("pq"),
            family=st.just("other"),
            exit=st.sampled_from([None, 0, 1]),
            duration_ms=st.none(),
            error=st.just(""),
            error_class=st.just(""),
            fixed_later=st.just(False),
            time=_TIME,
        ),
        max_size=3,
    ),
    families=st.dictionaries(
        st.sampled_from(["test", "lint"]), st.builds(FamilyFact, _NUMBER, _NUMBER, st.none())
    ),
    failures=_NUMBER,
    commits=st.lists(st.builds(CommitFact, st.sampled_from("cd"), st.just("s")), unique=True),
    tool_calls=_NUMBER,
    tokens=st.builds(Tokens, _NUMBER, _NUMBER, _NUMBER, _NUMBER),
    last_message=st.text(max_size=3),
)
_CHILDREN = st.lists(_FACTS, max_size=3, unique_by=lambda facts: facts.id)


def lines(everyone: Sequence[SessionFacts]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for facts in everyone:
        for file in facts.files:
            added, removed = found.get(file.path, (0, 0))
            found[file.path] = (added + file.added, removed + file.removed)
    return found


@given(_FACTS, _CHILDREN)
def test_nothing_is_lost_and_nothing_counted_twice(facts: SessionFacts, children: list[SessionFacts]) -> None:
    whole, everyone = fold_in(facts, children), [facts, *children]
    assert {file.path: (file.added, file.removed) for file in whole.files} == lines(everyone)
    assert len(whole.files) == len({file.path for file in whole.files})
    assert len(whole.commands) == sum(len(each.commands) for each in everyone)
    assert whole.tokens.input == sum(each.tokens.input for each in everyone)
    assert whole.failures == sum(each.failures for each in everyone)
    assert sum(family.runs for family in whole.families.values()) == sum(
        family.runs for each in everyone for family in each.families.values()
    )
    assert {commit.sha for commit in whole.commits} == {c.sha for each in everyone for c in each.commits}


@given(_FACTS, _CHILDREN)
def test_the_session_stays_the_persons(facts: SessionFacts, children: list[SessionFacts]) -> None:
    whole = fold_in(facts, children)
    assert (whole.id, whole.prompts, whole.last_message) == (facts.id, facts.prompts, facts.last_message)
    assert whole.subagents == [child.id for child in children]
    assert [run.time for run in whole.commands] == sorted(run.time for run in whole.commands) or not children


def test_a_session_without_sub_agents_is_as_it_was() -> None:
    facts = SessionFacts("cafe", "codex", commands=[])
    assert fold_in(facts, []) is facts


def test_the_last_exit_of_a_family_is_that_of_the_last_run() -> None:
    def run(code: int, time: str) -> CommandFact:
        return CommandFact("pytest", "test", code, None, "", "", fixed_later=False, time=time)

    facts = SessionFacts(
        "a", "codex", commands=[run(0, "2026-01-01T00:00:09Z")], families={"test": FamilyFact(1, 0, 0)}
    )
    child = SessionFacts(
        "b", "codex", commands=[run(1, "2026-01-01T00:00:05Z")], families={"test": FamilyFact(1, 1, 1)}
    )
    assert fold_in(facts, [child]).families == {"test": FamilyFact(2, 1, 0)}
