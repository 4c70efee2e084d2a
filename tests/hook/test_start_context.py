"""What a session is told for each reason to begin or go on, and that nothing is told twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook.item import HANDOFF, RELEVANT, Item, page_text
from omx_wiki.hook.offers import Offer, append_offer
from omx_wiki.hook.plain_data import write_data
from omx_wiki.hook.prepared import Context, context_folder
from omx_wiki.hook.start_context import Session, Told, own_path, parent_of, start_context
from omx_wiki.hook.switches import DEFAULTS, Switches
from omx_wiki.project import Project, ensure_private, find_project, state_home

NOW = 1_800_000_000.0
DAY = 86_400


@pytest.fixture
def project(repository: Path) -> Project:
    found = find_project(str(repository))
    for folder in (state_home(), found.state, context_folder(found)):
        assert ensure_private(folder)
    return found


def context(*slugs: str, updated: float = NOW - 5 * DAY) -> Context:
    found = Context(Switches(DEFAULTS), "main", len(slugs), 0)
    found.items = [Item(RELEVANT, page_text(slug, slug.title(), "", []), slug, "", updated) for slug in slugs]
    return found


def tell(project: Project, found: Context, session_id: str, source: str, *, now: float = NOW) -> Told:
    """Tell a session and keep the record, as the hook does."""
    told = start_context(project, found, Session(session_id, source, "main"), "/bin/wiki", now)
    if told.offer is not None:
        append_offer(project, told.offer)
    return told


def test_startup_and_clear_get_everything_and_leave_a_record(project: Project) -> None:
    for source in ("startup", "clear"):
        told = tell(project, context("retry", "cache"), f"id-{source}", source)
        assert "(retry)" in told.text
        assert told.offer is not None
        assert (told.offer.source, told.offer.branch) == (source, "main")
        assert told.offer.pages == ["retry", "cache"]
        assert told.offer.size == len(told.text.encode())


def test_a_second_startup_of_the_same_session_gets_nothing(project: Project) -> None:
    assert tell(project, context("retry"), "a", "startup").text
    again = tell(project, context("retry"), "a", "startup", now=NOW + 3 * DAY)
    assert (again.text, again.offer) == ("", None)
    assert tell(project, context("retry"), "b", "startup").text
    assert tell(project, context("retry", "new"), "a", "startup").text


def test_a_cleared_session_is_told_again(project: Project) -> None:
    assert tell(project, context("retry"), "a", "startup").text
    assert "(retry)" in tell(project, context("retry"), "a", "clear").text


def test_a_session_without_an_id_is_always_told(project: Project) -> None:
    assert tell(project, context("retry"), "", "startup").text
    assert tell(project, context("retry"), "", "startup").text


@pytest.mark.parametrize("source", ["resume", "fork"])
def test_going_on_without_news_gets_nothing(project: Project, source: str) -> None:
    tell(project, context("retry", "cache"), "a", "startup")
    session_id = "a" if source == "resume" else "child"
    assert tell(project, context("retry", "cache"), session_id, source).text == ""
    assert tell(project, context("cache"), session_id, source).text == ""  # less is no news


@pytest.mark.parametrize("source", ["resume", "fork"])
def test_going_on_with_news_gets_one_line_once(project: Project, source: str) -> None:
    tell(project, context("retry"), "a", "startup")
    session_id = "a" if source == "resume" else "child"
    told = tell(project, context("retry", "brand-new"), session_id, source)
    assert told.text.count("\n") == 3
    assert "new or changed since you were told: brand-new." in told.text
    assert "/bin/wiki query WORDS" in told.text
    assert tell(project, context("retry", "brand-new"), session_id, source, now=NOW + 1).text == ""


def test_a_page_changed_since_is_news(project: Project) -> None:
    tell(project, context("retry"), "a", "startup")
    changed = context("retry", updated=NOW + DAY)
    changed.items[0].text += " Five attempts."
    assert "told: retry." in tell(project, changed, "a", "resume", now=NOW + 2 * DAY).text


def test_a_page_that_changed_below_its_summary_is_news_once(project: Project) -> None:
    tell(project, context("retry", "cache"), "a", "startup")
    changed = context("retry", "cache")
    changed.items[1].updated = NOW + DAY
    assert "told: cache." in tell(project, changed, "a", "resume", now=NOW + 2 * DAY).text
    assert tell(project, changed, "a", "resume", now=NOW + 3 * DAY).text == ""


def test_a_second_startup_tells_a_page_that_changed(project: Project) -> None:
    assert tell(project, context("retry"), "a", "startup").text
    assert tell(project, context("retry", updated=NOW + DAY), "a", "startup", now=NOW + 2 * DAY).text


def test_a_compaction_hides_no_news(project: Project) -> None:
    tell(project, context("retry"), "a", "startup")
    changed = context("retry", updated=NOW + DAY)
    assert tell(project, changed, "a", "compact", now=NOW + 2 * DAY).text
    assert "told: retry." in tell(project, changed, "a", "resume", now=NOW + 3 * DAY).text


def test_a_fork_is_told_what_only_another_session_was_told(project: Project) -> None:
    tell(project, context("retry"), "parent", "startup")
    tell(project, context("retry", "new"), "unrelated", "startup", now=NOW + 1)
    fork = Session("child", "fork", "main", "parent")
    assert "told: new." in start_context(project, context("retry", "new"), fork, "wiki", NOW + 2).text
    unknown = Session("child", "fork", "main")  # whose parent may well be the session told last
    assert start_context(project, context("retry", "new"), unknown, "wiki", NOW + 2).text == ""


@pytest.mark.parametrize(
    ("fixture", "parent"),
    [
        ("codex-0.147-fork", "01a1fdf4-7f9c-7dc1-b8ca-100070daffb9"),
        ("codex-0.116-fork", "01a1fdf4-6cf2-7f81-b8b2-01fe5c0f57b1"),
        ("legacy-fork", "019f0000-0000-7000-8000-000000000001"),
        ("paginated-fork", "019f1111-0000-7000-8000-000000000099"),
        ("codex-0.169", ""),
        ("missing", ""),
    ],
)
def test_the_transcript_of_a_fork_names_its_parent(fixture: str, parent: str) -> None:
    path = Path(__file__).parents[1] / "fixtures" / "transcripts" / f"{fixture}.jsonl"
    assert parent_of(str(path)) == parent


@given(st.binary(max_size=80) | st.just(b'{"history_base"'), st.binary(max_size=80))
def test_any_bytes_may_stand_in_the_place_of_a_transcript(
    tmp_path_factory: pytest.TempPathFactory, begin: bytes, end: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "transcript"
    path.write_bytes(begin + b'"forked_from_id"' + end)
    assert isinstance(parent_of(str(path)), str)


def test_many_news_are_counted(project: Project) -> None:
    tell(project, context("retry"), "a", "startup")
    told = tell(project, context("retry", "a1", "a2", "a3", "a4", "a5"), "a", "resume")
    assert "a1, a2, a3 and 2 more." in told.text


def test_a_session_that_was_never_told_hears_of_the_wiki_on_resume(project: Project) -> None:
    told = tell(project, context("retry", "cache"), "old", "resume")
    assert "This project has a wiki of 2 pages" in told.text
    assert "(retry)" not in told.text


def test_another_session_being_told_does_not_count_on_resume(project: Project) -> None:
    tell(project, context("retry"), "a", "startup")
    assert "has a wiki" in tell(project, context("retry"), "b", "resume").text


def test_compaction_gets_an_anchor_with_what_the_session_was_about(project: Project) -> None:
    write_data(own_path(project), {"a": "This session: fix the login"})
    told = tell(project, context("retry"), "a", "compact")
    assert "continue the current task" in told.text
    assert "This session: fix the login\n" in told.text
    assert "(retry)" not in told.text
    assert len(told.text.encode()) <= 480
    assert told.offer is not None
    assert told.offer.pages == []
    assert "This session" not in tell(project, context("retry"), "b", "compact").text
    assert "continue" in tell(project, context("retry"), "a", "compact").text


@pytest.mark.parametrize("source", ["startup", "clear", "compact", "resume", "fork"])
def test_an_empty_wiki_says_nothing(project: Project, source: str) -> None:
    assert tell(project, context(), "a", source).text == ""


def test_a_session_is_not_handed_to_itself(project: Project) -> None:
    found = context("retry")
    own = Item(HANDOFF, "- Last session (own)", "sessions/2026-01-01-1200-eeeeffff", "", NOW)
    other = Item(HANDOFF, "- Last session (other)", "sessions/2026-01-01-1100-aaaabbbb", "", NOW)
    found.items = [own, other, *found.items]
    text = tell(project, found, "0199-0000-EEEE-FFFF", "clear").text
    assert "(other)" in text
    assert "(own)" not in text


def test_a_damaged_record_of_offers_costs_nothing(project: Project) -> None:
    append_offer(project, Offer("a", 1, "startup", "main", "x"))
    with open(Path(project.state) / "offers.jsonl", "ab") as file:
        file.write(b'\xff{"session"\n' + b"\0" * 100)
    assert "(retry)" in tell(project, context("retry"), "a", "startup").text
