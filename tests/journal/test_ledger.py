"""Facts as this machine keeps them, read back and shown."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.session_pages import keep_facts, put
from omx_wiki.journal.capture import capture
from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.facts import AskedFact, CommandFact, CommitFact, FamilyFact, SessionFacts, Tokens
from omx_wiki.journal.ledger import Known, Ledger, facts_from_json, load_facts
from omx_wiki.journal.recurring import RecurringFailure, recurring_failures
from omx_wiki.journal.session_document import facts_document, page_facts
from omx_wiki.pages.store import Store

FIXTURES = Path(__file__).parents[1] / "fixtures" / "transcripts"


_TEXT = st.text(max_size=8)
_NUMBER = st.integers(0, 10**12)
_EXIT = st.none() | st.integers(0, 255)
_FACTS = st.builds(
    SessionFacts,
    id=_TEXT,
    agent=_TEXT,
    models=st.lists(_TEXT),
    prompts=st.lists(st.builds(AskedFact, text=_TEXT, time=_TEXT, correction=st.booleans())),
    files=st.lists(st.builds(ChangedFile, _TEXT, st.sampled_from("AMDR"), _NUMBER, _NUMBER, _TEXT)),
    commands=st.lists(
        st.builds(CommandFact, _TEXT, _TEXT, _EXIT, _EXIT, _TEXT, _TEXT, st.booleans(), _TEXT), max_size=3
    ),
    families=st.dictionaries(_TEXT, st.builds(FamilyFact, _NUMBER, _NUMBER, _EXIT), max_size=3),
    commits=st.lists(st.builds(CommitFact, _TEXT, _TEXT), max_size=3),
    tokens=st.builds(Tokens, _NUMBER, _NUMBER, _NUMBER, _NUMBER),
    finished=st.booleans(),
    cut=st.dictionaries(_TEXT, _NUMBER, max_size=3),
)


@given(_FACTS)
def test_facts_survive_json(facts: SessionFacts) -> None:
    assert facts_from_json(json.loads(json.dumps(facts.as_json()))) == facts


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_facts_of_transcripts_are_kept_and_shown(store: Store, path: Path) -> None:
    facts = capture(path).facts
    keep_facts(store.project, facts)
    assert load_facts(store.project, facts.id) == facts
    document = facts_document(facts)
    assert [prompt["text"] for prompt in document["prompts"]] == [prompt.text for prompt in facts.prompts]
    assert json.loads(json.dumps(document)) == document
    assert {"path", "added", "removed"} <= set().union(*document["files"]) or not document["files"]


@pytest.mark.parametrize("session_id", ["", "../cafe", "a/b", ".", "x" * 129, "a\0b", "unknown"])
def test_an_id_that_is_no_file_name_has_no_facts(store: Store, session_id: str) -> None:
    keep_facts(store.project, SessionFacts("cafe", "codex"))
    assert load_facts(store.project, session_id) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"facts": []}', '{"facts": {"files": [{"x": 1}]}}', "[" * 100_000]
)
def test_broken_facts_are_no_facts(store: Store, text: str) -> None:
    keep_facts(store.project, SessionFacts("cafe", "codex")).write_text(text, encoding="utf-8")
    assert load_facts(store.project, "cafe") is None


def test_facts_that_others_could_have_written_are_not_read(store: Store) -> None:
    path = keep_facts(store.project, SessionFacts("cafe", "codex", files=[ChangedFile("a", "M", 1, 1)]))
    assert load_facts(store.project, "cafe") is not None
    os.chmod(path.parent, 0o777)
    assert load_facts(store.project, "cafe") is None


def test_a_page_tells_what_its_front_matter_knows(store: Store) -> None:
    slug = put(store, "2026-01-31-1405-0badcafe", failures=2, parent="0199-aa", worktree="lamp")
    facts = page_facts(store.read(slug))
    assert (facts.id, facts.agent, facts.versions, facts.models) == (
        "0199-0badcafe",
        "codex",
        ["0.169.0"],
        ["gpt-5"],
    )
    assert (facts.parent, facts.failures, facts.cwd, facts.tokens.input) == ("0199-aa", 2, "lamp", 1200)
    assert facts_document(facts)["prompts"] == []


def failures(store: Store, entries: object) -> list[RecurringFailure]:
    keep_facts(store.project, SessionFacts("cafe", "codex"))
    (Path(store.project.state) / "failures.json").write_text(json.dumps(entries), encoding="utf-8")
    return recurring_failures(store.project)


def test_failures_that_recur_are_sorted_by_what_hurts(store: Store) -> None:
    entries = [
        {"family": "test", "error": "A", "count": 9, "last_seen": "2026-01-31", "fixed": True},
        {"family": "lint", "error": "B", "count": 2, "fixed": False},
        {"family": "lint", "error": "C\n c", "count": 3},
        {"family": "lint", "error": "once", "count": 1},
        {"family": "test", "error": "", "error_class": "D", "times": 2, "fixed": 1},
        {"family": "test", "error_class": "E", "times": 2, "fixed": 2},
        {"error": 7, "count": "many"},
        "text",
    ]
    assert [(item.error, item.fixed) for item in failures(store, entries)] == [
        ("C c", False),
        ("B", False),
        ("D", False),
        ("A", True),
        ("E", True),
    ]


@pytest.mark.parametrize("entries", [None, {}, 3, [[]], [None]])
def test_other_shapes_hold_no_failures(store: Store, entries: object) -> None:
    assert failures(store, entries) == []


def test_no_failures_are_known_before_the_first(store: Store) -> None:
    assert recurring_failures(store.project) == []


_WORD = st.sampled_from(["", "a", "b", "c"])
_KNOWN = st.builds(
    Known,
    transcripts=st.dictionaries(st.text(max_size=5), st.tuples(_NUMBER, _NUMBER), max_size=2),
    slug=_WORD,
    kind=st.sampled_from(["main", "subagent", "internal"]),
    parent=_WORD,
    branch=_WORD,
    started=_WORD,
    forked_from=_WORD,
    links=st.tuples(_TEXT, _TEXT),
    failures=st.lists(st.dictionaries(_TEXT, _TEXT, max_size=2), max_size=2),
)
_SESSIONS = st.dictionaries(st.sampled_from("abcdef"), _KNOWN)
_of_function = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def private(store: Store) -> Ledger:
    """Return the ledger of a store whose private state is there."""
    keep_facts(store.project, SessionFacts("cafe", "codex"))
    return Ledger(store.project)


@_of_function
@given(
    _SESSIONS,
    st.lists(st.text(max_size=5), unique=True),
    st.lists(st.text(max_size=5), unique=True),
    st.sets(st.text(max_size=5)),
)
def test_the_index_survives_saving(
    store: Store, sessions: dict[str, Known], foreign: list[str], unwatched: list[str], homes: set[str]
) -> None:
    ledger = private(store)
    ledger.sessions, ledger.foreign, ledger.homes = sessions, dict.fromkeys(foreign), homes
    ledger.unwatched = dict.fromkeys(unwatched)
    ledger.save()
    again = Ledger(store.project)
    assert list(again.unwatched) == unwatched
    assert (again.sessions, again.foreign, again.homes) == (sessions, dict.fromkeys(foreign), homes)


@_of_function
@given(
    st.binary(max_size=100) | st.just(b'{"version":1,"foreign":{},"homes":7,"sessions":[]}'), st.floats(0, 1)
)
def test_a_broken_index_is_an_empty_one(store: Store, damage: bytes, place: float) -> None:
    ledger = private(store)
    ledger.sessions = {"a": Known({"/t": (1, 2)}, "sessions/x")}
    ledger.save()
    path = Path(store.project.state, "sessions.json")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(place * len(whole))] + damage)
    found = Ledger(store.project)
    assert set(found.sessions) <= {"a"}
    assert all(isinstance(known, Known) for known in found.sessions.values())


@given(_SESSIONS)
def test_nobody_descends_from_a_stranger_and_circles_end(sessions: dict[str, Known]) -> None:
    ledger = object.__new__(Ledger)
    ledger.sessions = sessions
    for key, known in sessions.items():
        root = ledger.root_of(key)
        assert known.kind == "subagent" or root == key


@given(_SESSIONS, st.randoms(use_true_random=False))
def test_links_are_the_same_in_any_order(sessions: dict[str, Known], chance: Random) -> None:
    ledger = object.__new__(Ledger)
    ledger.sessions = sessions
    links = ledger.links()
    shuffled = list(sessions.items())
    chance.shuffle(shuffled)
    ledger.sessions = dict(shuffled)
    assert ledger.links() == links
    for key, (previous, _) in links.items():
        earlier = {
            known.slug
            for other, known in sessions.items()
            if other != key
            and known.branch == sessions[key].branch
            and known.started <= sessions[key].started
        }
        assert previous in earlier | {""}


def test_a_transcript_belongs_to_one_session(store: Store) -> None:
    ledger = private(store)
    for session in ("one", "two"):
        ledger.keep(SessionFacts(session, "codex"), None, Known({"/t": (1, 1)}))
    assert ledger.session_of("/t") == "two"
    assert ledger.sessions["one"].transcripts == {}


def test_only_so_many_foreign_transcripts_are_remembered(store: Store) -> None:
    ledger = private(store)
    for number in range(5010):
        ledger.ignore(str(number))
    assert len(ledger.foreign) == 5000
    assert "0" not in ledger.foreign


def test_only_so_many_sessions_are_remembered_as_unwatched_and_the_latest_stay(store: Store) -> None:
    ledger = private(store)
    for number in range(5000):
        ledger.leave_out(str(number))
    ledger.leave_out("0")
    ledger.leave_out("")
    ledger.leave_out("new")
    assert len(ledger.unwatched) == 5000
    assert ledger.is_unwatched("0")
    assert not ledger.is_unwatched("1")


def test_an_index_from_before_sessions_could_be_unwatched_is_read(store: Store) -> None:
    ledger = private(store)
    ledger.sessions, ledger.foreign = {"a": Known({"/t": (1, 2)}, "sessions/x")}, {"/f": None}
    ledger.save()
    path = Path(store.project.state, "sessions.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["unwatched"]
    path.write_text(json.dumps(document), encoding="utf-8")
    again = Ledger(store.project)
    assert (again.sessions, again.foreign) == (ledger.sessions, ledger.foreign)
    assert again.unwatched == {}


def test_what_a_newer_version_left_out_stays_out(store: Store) -> None:
    private(store)
    path = Path(store.project.state, "sessions.json")
    path.write_text(json.dumps({"version": 99, "unwatched": ["a"]}), encoding="utf-8")
    assert Ledger(store.project).is_unwatched("a")


@given(_SESSIONS, st.sampled_from("abcdef"))
def test_the_sub_agents_of_an_unwatched_session_are_unwatched(
    sessions: dict[str, Known], session: str
) -> None:
    ledger = object.__new__(Ledger)
    ledger.sessions, ledger.unwatched = sessions, {session: None}
    for key, known in sessions.items():
        if known.kind == "subagent" and known.parent == session:
            assert ledger.is_unwatched(key)
        if known.kind == "main":
            assert ledger.is_unwatched(key) == (key == session)
