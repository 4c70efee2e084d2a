"""Answers are those of the files as they are, whatever the index says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omx_wiki.search.index import has_unsettled_pages
from omx_wiki.search.index_state import behind
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path

WORDS = st.sampled_from(
    [
        "retry",
        "retries",
        "cache",
        "parse_config_file",
        "HttpError",
        "worker",
        "queue",
        "東京都",
        "naïve",
        "C++",
        "of",
    ]
)
BODIES = st.lists(WORDS, max_size=12).map(" ".join)
PAGES = st.dictionaries(st.sampled_from("abcdefgh"), BODIES, min_size=1)
QUERIES = st.lists(
    st.one_of(WORDS, st.sampled_from(["-cache", "ret*", '"worker queue"', "backof"])), min_size=1
)


def test_a_page_edited_in_place_is_found_by_its_new_words_only(wiki: Wiki) -> None:
    wiki.refresh()
    wiki.write("animals", "# Animals\n\nA dog ran.\n")
    assert wiki.found("dog") == ["animals"]
    assert wiki.found("mat") == []
    assert wiki.search("dog").behind == 1


def test_an_edit_of_the_same_size_within_the_clock_tick_is_seen(wiki: Wiki) -> None:
    wiki.write("animals", "A cat.\n", age=0)
    before = (wiki.folder / "animals.md").stat()
    wiki.refresh()
    (wiki.folder / "animals.md").write_text("A dog.\n", encoding="utf-8")
    os.utime(wiki.folder / "animals.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert wiki.found("dog") == ["animals"]


@pytest.mark.skipif(os.name == "nt", reason="the system keeps no time of its own there")
def test_an_edit_of_the_same_size_that_hides_its_time_is_seen(wiki: Wiki) -> None:
    path = wiki.folder / "animals.md"
    wiki.refresh()
    before = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("cat", "dog"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert wiki.found("dog") == ["animals"]
    assert wiki.found("cat") == []


def test_a_typo_is_repaired_whatever_was_merged_and_deleted(wiki: Wiki) -> None:
    for slug in ("aaa", "bbb"):
        wiki.write(slug, "The retries were exhausted.\n")
    wiki.refresh()
    for slug in ("aaa", "bbb"):
        other = {"aaa": "bbb", "bbb": "aaa"}[slug]
        wiki.write(slug, "Nothing of interest.\n")
        wiki.refresh()
        assert wiki.found("exhuasted") == [other]
        wiki.write(slug, "The retries were exhausted.\n")
        wiki.refresh()


def test_pages_that_changed_while_they_were_indexed_are_settled_later(wiki: Wiki) -> None:
    wiki.write("animals", "A cat.\n", age=0)
    wiki.refresh()
    assert has_unsettled_pages(wiki.project)
    past = (wiki.folder / "animals.md").stat().st_mtime_ns - 10**10
    os.utime(wiki.folder / "animals.md", ns=(past, past))
    wiki.refresh()
    assert not has_unsettled_pages(wiki.project)


def test_added_and_deleted_pages_count_at_once(wiki: Wiki) -> None:
    wiki.refresh()
    wiki.write("zebra", "# Zebra\n\nstripes\n")
    (wiki.folder / "animals.md").unlink()
    results = wiki.search("stripes cat")
    assert [hit.page for hit in results.hits] == ["zebra"]
    assert results.behind == 2


def test_a_refresh_catches_up(wiki: Wiki) -> None:
    first = wiki.refresh()
    wiki.write("zebra", "stripes\n")
    wiki.write("animals", "A dog.\n", age=7200)
    (wiki.folder / "nihongo.md").unlink()
    second = wiki.refresh()
    third = wiki.refresh()
    assert (first.pages, first.added, first.rebuilt) == (7, 7, True)
    assert (second.pages, second.added, second.changed, second.removed, second.rebuilt) == (7, 1, 1, 1, False)
    assert (third.added, third.changed, third.removed, third.rebuilt) == (0, 0, 0, False)
    assert wiki.search("stripes").behind == 0
    assert (wiki.found("dog"), wiki.found("cat"), wiki.found("天気")) == (["animals"], [], [])


def test_a_refresh_without_changes_keeps_the_generation(wiki: Wiki) -> None:
    wiki.refresh()
    before = wiki.generation
    wiki.refresh()
    assert wiki.generation == before


def test_many_refreshes_leave_two_generations(wiki: Wiki) -> None:
    for number in range(6):
        wiki.write(f"page-{number}", f"zebra {number}\n")
        wiki.refresh()
    assert len([path for path in wiki.index.iterdir() if path.is_dir()]) == 2
    assert len(wiki.found("zebra")) == 6


def test_the_state_counts_what_is_behind(wiki: Wiki) -> None:
    assert behind(wiki.store, wiki.project).behind == 7
    wiki.refresh()
    wiki.write("zebra", "stripes\n")
    (wiki.folder / "animals.md").unlink()
    state = behind(wiki.store, wiki.project)
    assert (state.pages, state.behind) == (7, 2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=PAGES, after=PAGES, queries=st.lists(QUERIES.map(" ".join), min_size=1, max_size=4))
def test_index_overlay_and_scan_agree(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], queries: list[str]
) -> None:
    """Pages and order are the same from an index, from one that lags behind, and from no index."""
    root = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    wiki = Wiki(root, before)
    scanned = [wiki.search(query).replaced({"behind": 0, "notes": ()}) for query in queries]
    wiki.refresh()
    assert [wiki.search(query).replaced({"behind": 0, "notes": ()}) for query in queries] == scanned
    for slug in before:
        (wiki.folder / f"{slug}.md").unlink()
    for slug, text in after.items():
        wiki.write(slug, text, age=1800)
    overlaid = [wiki.search(query) for query in queries]
    wiki.refresh()
    refreshed = [wiki.search(query) for query in queries]
    assert [each.replaced({"behind": 0}) for each in overlaid] == refreshed
