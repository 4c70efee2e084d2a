"""What sessions were offered against what they used."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.usage_wiki import DAY, START, offer, patched, ran, record, said, session, write_page
from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.outcomes import Outcome
from omx_wiki.journal.usage import NEUTRAL, PageUsage, measure, page_usage, usage_weights, weights
from omx_wiki.journal.usage_report import usage_report
from omx_wiki.pages.store import Store
from omx_wiki.project import find_project

RETRY = "---\ntitle: How we retry\nsources: [src/retry.py:12, https://example.invalid/a]\n---\nPauses.\n"
CART = "# Cart\n\nTotals are made in `src/cart.py`, see `make` and `docs/`.\n"


@pytest.fixture
def wiki(store: Store) -> Store:
    """Return a wiki with pages that cite files."""
    write_page(store.project, "retry-policy", RETRY)
    write_page(store.project, "cart", CART)
    write_page(store.project, "lamp", "# Lamp\n\nShines.\n")
    write_page(store.project, "old-notes", "# Old notes\n\nDust.\n")
    return store


def kept(store: Store) -> dict[str, Any]:
    document = json.loads(Path(store.project.state, "usage.json").read_bytes())
    assert isinstance(document, dict)
    return document


def test_every_way_of_using_an_offered_page_is_told_apart(wiki: Store) -> None:
    project = wiki.project
    offer(project, 0, ["retry-policy", "cart", "old-notes"])
    offer(project, 1, ["retry-policy", "cart", "old-notes"])
    record(
        wiki,
        session(project, 0, [ran("wiki query retry"), ran("wiki show retry"), patched("src/cart.py")]),
        session(project, 1, [said("How we RETRY is told there."), ran("cat .omx/wiki/lamp.md")]),
    )
    assert page_usage(measure(wiki)) == {
        "cart": PageUsage(2, 1, 0, 0, 1, "2026-09-02T08:00:04.000Z"),
        "lamp": PageUsage(0, 0, 1, 0, 0, "2026-09-03T08:00:03.000Z"),
        "old-notes": PageUsage(2, 0, 0, 0, 0, ""),
        "retry-policy": PageUsage(2, 2, 1, 1, 0, "2026-09-03T08:00:02.000Z"),
    }


@pytest.mark.parametrize(
    ("path", "folder"),
    [("src/retry.py", ""), ("retry.py", "src"), ("{root}/src/retry.py", "src"), ("src/retry.py", "/tree")],
)
def test_a_cited_file_is_known_from_every_folder(wiki: Store, path: str, folder: str) -> None:
    project = wiki.project
    cwd = folder if folder.startswith("/") else f"{project.root}/{folder}".rstrip("/")
    offer(project, 0, ["retry-policy"])
    record(wiki, session(project, 0, [patched(path.format(root=project.root))], cwd=cwd))
    assert page_usage(measure(wiki))["retry-policy"].edited_files == 1


@pytest.mark.parametrize("path", ["other/src/retry.py", "retry.py", "src/retry.pyc", "/srv/src/retry.py"])
def test_another_file_of_that_name_does_not_count(wiki: Store, path: str) -> None:
    offer(wiki.project, 0, ["retry-policy"])
    record(wiki, session(wiki.project, 0, [patched(path)]))
    assert page_usage(measure(wiki))["retry-policy"].used == 0


def test_a_session_in_which_nothing_happened_or_that_nobody_read_counts_as_no_trial(wiki: Store) -> None:
    offer(wiki.project, 0, ["lamp"], size=1000)
    offer(wiki.project, 1, ["lamp"], size=1000)
    empty = session(wiki.project, 1, [])
    empty.write_text(empty.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    record(wiki, empty)
    report = usage_report(wiki)
    assert page_usage(measure(wiki)) == {}
    assert (report.sessions, report.measured, report.tokens, report.hit_rate) == (2, 0, 500, None)


def test_a_page_offered_again_in_a_session_counts_once_and_costs_twice(wiki: Store) -> None:
    offer(wiki.project, 0, ["lamp"], size=400)
    offer(wiki.project, 0, ["lamp", "cart"], size=200, source="compact")
    record(wiki, session(wiki.project, 0, [ran("wiki show lamp")]))
    report = usage_report(wiki)
    assert (report.offers, report.used, report.tokens, report.tokens_per_used) == (2, 1, 150, 150)


def test_what_a_sub_agent_opens_counts_for_the_session_that_started_it(wiki: Store) -> None:
    offer(wiki.project, 0, ["lamp"])
    child = session(wiki.project, 1, [ran("wiki show lamp")], parent=0)
    record(wiki, session(wiki.project, 0, []), child)
    assert page_usage(measure(wiki))["lamp"] == PageUsage(1, 1, 1, 0, 0, "2026-09-03T08:00:02.000Z")


def test_a_page_of_a_session_is_opened_by_the_id_it_is_named_by(wiki: Store) -> None:
    first = session(wiki.project, 0, [said("Done.")])
    record(wiki, first)
    [slug] = [page for page in wiki.scan() if page.startswith("sessions/")]
    offer(wiki.project, 1, [slug])
    record(wiki, session(wiki.project, 1, [ran(f"wiki log show {slug[-8:]}")]))
    assert page_usage(measure(wiki))[slug].used == 1


def test_a_name_that_could_mean_two_pages_means_none(wiki: Store) -> None:
    write_page(wiki.project, "retry-budget", "# Retry budget\n")
    offer(wiki.project, 0, ["retry-policy", "retry-budget"])
    record(wiki, session(wiki.project, 0, [ran("wiki show retry"), ran("wiki show 'Retry Budget'")]))
    usage = page_usage(measure(wiki))
    assert (usage["retry-policy"].opened, usage["retry-budget"].opened) == (0, 1)


def test_what_is_kept_is_made_again_the_same_when_it_is_lost(wiki: Store) -> None:
    offer(wiki.project, 0, ["retry-policy", "cart"])
    offer(wiki.project, 1, ["retry-policy", "lamp"])
    paths = [
        session(wiki.project, 0, [ran("wiki show cart")]),
        session(wiki.project, 1, [said("see retry-policy")]),
    ]
    record(wiki, *paths)
    before, measured = kept(wiki), usage_weights(wiki.project)
    Path(wiki.project.state, "usage.json").unlink()
    assert usage_weights(wiki.project) == measured
    record(wiki, *paths)
    assert kept(wiki) == before
    assert before["weights"] == measured


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"[]",
        b"{",
        b'{"version":1}',
        b'{"version":1,"weights":{"lamp":"x"},"sessions":{"a":{"stamp":[]}}}',
    ],
)
def test_damage_to_what_is_kept_is_mended(wiki: Store, damage: bytes) -> None:
    offer(wiki.project, 0, ["lamp"])
    path = session(wiki.project, 0, [ran("wiki show lamp")])
    record(wiki, path)
    before = kept(wiki)
    Path(wiki.project.state, "usage.json").write_bytes(damage)
    assert usage_weights(wiki.project) == before["weights"]
    record(wiki)
    assert kept(wiki) == before


def test_a_session_that_goes_on_is_measured_again(wiki: Store) -> None:
    offer(wiki.project, 0, ["lamp"])
    record(wiki, session(wiki.project, 0, []))
    assert usage_weights(wiki.project)["lamp"] < NEUTRAL
    record(wiki, session(wiki.project, 0, [ran("wiki show lamp")]))
    assert usage_weights(wiki.project)["lamp"] > NEUTRAL


def test_nothing_is_known_without_sessions(store: Store) -> None:
    assert usage_weights(store.project) == {}
    assert usage_report(store).hit_rate is None


def test_a_state_that_others_can_write_to_is_not_believed(wiki: Store) -> None:
    offer(wiki.project, 0, ["lamp"])
    record(wiki, session(wiki.project, 0, [ran("wiki show lamp")]))
    Path(wiki.project.state).chmod(0o755)
    assert usage_weights(wiki.project) == {}


def test_the_report_sums_up_and_names_pages(wiki: Store) -> None:
    project = wiki.project
    items = [ran("wiki query lamp"), ran("wiki show lamp"), ran("wiki query dust")]
    paths = []
    for number in range(3):
        offer(project, number, ["lamp", "old-notes", "gone"], size=1200)
        paths.append(session(project, number, items if number else []))
    record(wiki, *paths)
    report = usage_report(wiki)
    assert (report.sessions, report.measured, report.offers, report.pages_offered) == (3, 3, 9, 3)
    assert (report.used, report.opened, report.quoted, report.edited_files) == (2, 2, 0, 0)
    assert (report.searches, report.searches_used) == (4, 2)
    assert (report.tokens, report.tokens_per_used, report.hit_rate) == (900, 450, 0.2222)
    assert [page for page, _ in report.top] == ["lamp"]
    assert [(page, usage.offered) for page, usage in report.never_used] == [("old-notes", 3)]
    assert report.never_offered == 2
    assert json.loads(json.dumps(report.as_json()))["top"][0]["page"] == "lamp"


def test_the_report_begins_when_it_is_asked_to(wiki: Store) -> None:
    for number in range(3):
        offer(wiki.project, number, ["lamp"])
    record(wiki, *(session(wiki.project, number, []) for number in range(3)))
    now = datetime.fromtimestamp(START, UTC) + timedelta(days=3)
    assert usage_report(wiki, "36h", now).sessions == 1
    assert usage_report(wiki, "2w", now).sessions == 3
    with pytest.raises(InvalidInputError):
        usage_report(wiki, "soon", now)


def outcome(number: int, used: str = "", offered: tuple[str, ...] = ("lamp",), **more: Any) -> Outcome:
    """Return a session that was offered pages and used the page in one way: "opened", "quoted", "edited"."""
    ways = {way: {"lamp": "2026"} if way == used else {} for way in ("opened", "quoted", "edited")}
    return Outcome(
        **{
            "session": str(number),
            "at": float(START + number * DAY),
            "bytes": 0,
            "is_measured": True,
            "offered": offered,
            "searches": 0,
            "answered": 0,
            **ways,
            **more,
        }
    )


def test_weights_are_gentle_and_turn_with_use() -> None:
    assert weights([outcome(0)])["lamp"] == 0.4444
    assert weights([outcome(0, "opened")])["lamp"] == weights([outcome(0, "quoted")])["lamp"] == 0.6154
    assert weights([outcome(0, "edited")])["lamp"] == 0.5455
    assert weights([outcome(0, "opened", ())])["lamp"] == 0.6154
    assert weights([outcome(number) for number in range(20)])["lamp"] < 0.2
    assert weights([outcome(0, is_measured=False)]) == {}


def test_old_sessions_count_less() -> None:
    recently = weights([outcome(0), outcome(60, "opened")])["lamp"]
    long_ago = weights([outcome(0, "opened"), outcome(60)])["lamp"]
    assert recently > long_ago


WAYS = st.sampled_from(["", "opened", "quoted", "edited"])
HISTORIES = st.lists(st.tuples(st.integers(0, 4000), WAYS), max_size=20)


@given(HISTORIES, st.randoms())
def test_weights_stay_between_nothing_and_one_and_do_not_depend_on_time_passing(
    history: list[tuple[int, str]], chance: Any
) -> None:
    found = [outcome(number, way) for number, way in history]
    later = [each._replace(at=each.at + 1000 * DAY) for each in found]
    assert all(0.0 < weight < 1.0 for weight in weights(found).values())
    assert weights(later) == pytest.approx(weights(found))
    chance.shuffle(found)
    assert weights(found) == pytest.approx(weights(later), abs=0.0002)


@given(HISTORIES, st.integers(0, 4000))
def test_one_more_use_never_lowers_a_weight(history: list[tuple[int, str]], number: int) -> None:
    found = [outcome(at, way) for at, way in history]
    unused, used = weights([*found, outcome(number)]), weights([*found, outcome(number, "opened")])
    assert used["lamp"] >= unused["lamp"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
LINES = st.lists(
    st.binary(max_size=30)
    | st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("session", "at", "bytes", "pages", "source"), JSON)
    ).map(lambda value: json.dumps(value).encode())
)


@settings(max_examples=60)
@given(LINES, st.integers(0, 60))
def test_foreign_and_torn_lines_are_left_out(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], cut: int
) -> None:
    root = tmp_path_factory.mktemp("lantern")
    project = find_project(str(root))
    offer(project, 0, ["lamp", "../x", "lamp"])
    path = Path(project.state, "offers.jsonl")
    ours = path.read_bytes()
    path.write_bytes(b"\n".join([*lines, ours]) + ours[:cut])
    found = measure(Store(project))
    assert ("lamp", "../x") in [each.offered for each in found]
    weights(found)
    usage_report(Store(project))
    shutil.rmtree(project.state)
