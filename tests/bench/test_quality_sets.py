"""The judged sets are what the bench takes them for; so is the code that reads and misspells them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omx_wiki.pages.page import parse_page
from omx_wiki.pages.slug import slugify
from quality_measures import ANSWERS
from quality_sets import HALVES, KINDS, SETS_FOLDER, JudgedQuery, JudgedSet, read_sets, with_typos

if TYPE_CHECKING:
    from pathlib import Path

SETS = {judged.name: judged for judged in read_sets()}
HELD_OUT = "heldout"
"""Nobody chooses a weight by it."""
NAMED = ("services", "tools", "heldout")
HEADER = "id\thalf\tkind\tquery\tjudgments\n"


@pytest.fixture(params=sorted(SETS))
def judged(request: pytest.FixtureRequest) -> JudgedSet:
    return SETS[request.param]


def test_every_set_has_a_table_of_queries() -> None:
    folders = {path.name for path in SETS_FOLDER.iterdir() if path.is_dir()}
    assert folders == set(SETS) != set()


def test_every_page_is_named_after_its_title_and_has_sound_front_matter(judged: JudgedSet) -> None:
    for path in judged.pages.iterdir():
        page = parse_page(path.read_bytes(), str(path), path.stem, "page", 0)
        assert not page.problems, path
        assert path.suffix == ".md", path
        assert slugify(page.title) == path.stem, path
        assert page.body.lstrip().startswith("# "), path
        assert {"tags", "created", "updated", "category"} <= page.meta.keys(), path


def test_every_judged_page_exists(judged: JudgedSet) -> None:
    slugs = {path.stem for path in judged.pages.glob("*.md")}
    missing = {query.id: query.grades.keys() - slugs for query in judged.queries}
    assert not {name: names for name, names in missing.items() if names}


def test_every_query_is_valid_and_has_an_answer(judged: JudgedSet) -> None:
    for query in judged.queries:
        assert query.half in HALVES, query
        assert query.kind in KINDS, query
        assert query.text == query.text.strip() != "", query
        assert set(query.grades.values()) <= {1, 2, 3}, query
        assert max(query.grades.values()) >= ANSWERS, query


def test_no_query_stands_twice() -> None:
    queries = [query for judged in SETS.values() for query in judged.queries]
    assert len({query.id for query in queries}) == len(queries)
    for judged in SETS.values():
        assert len({query.text for query in judged.queries}) == len(judged.queries)


def test_every_kind_is_in_both_halves_or_held_out_wholly(judged: JudgedSet) -> None:
    halves: defaultdict[str, set[str]] = defaultdict(set)
    for query in judged.queries:
        halves[query.kind].add(query.half)
    wanted = {"test"} if judged.name == HELD_OUT else set(HALVES)
    assert {kind for kind, found in halves.items() if found != wanted} == set()


def test_the_named_sets_are_large_enough_together() -> None:
    found = [SETS[name] for name in NAMED if name in SETS]
    share = len(found) / len(NAMED)
    assert sum(len(judged.queries) for judged in found) >= 120 * share
    assert sum(len(list(judged.pages.glob("*.md"))) for judged in found) >= 150 * share


@pytest.mark.parametrize(
    "line",
    ["s1\ttune\tkeywords\tno judgments", "s1\ttune\tkeywords\tq\ta=high", "s1\ttune\tkeywords\tq\ta=1,a=2"],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    table = tmp_path / "one" / "queries.tsv"
    table.parent.mkdir()
    table.write_text(HEADER + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"queries\.tsv:2"):
        read_sets(tmp_path)


def test_a_query_may_hold_quotes_and_commas(tmp_path: Path) -> None:
    table = tmp_path / "one" / "queries.tsv"
    table.parent.mkdir()
    table.write_text(HEADER + 's1\ttune\tphrase\t"dead letter", why\ta=3,b=1\n', encoding="utf-8")
    (judged,) = read_sets(tmp_path)
    assert judged.queries == [JudgedQuery("s1", "tune", "phrase", '"dead letter", why', {"a": 3, "b": 1})]


def _keywords(text: str, kind: str = "keywords") -> JudgedQuery:
    return JudgedQuery("k1", "tune", kind, text, {"a": 3})


@settings(max_examples=60)
@given(
    st.lists(st.text("abcdefghij", min_size=5, max_size=9), min_size=1, max_size=4),
    st.integers(0, 999),
)
def test_a_typo_changes_one_word_and_never_its_first_letter(words: list[str], seed: int) -> None:
    (query,) = with_typos([_keywords(" ".join(words))], seed)
    wrong = query.text.split(" ")
    changed = [(old, new) for old, new in zip(words, wrong, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][0][0] == changed[0][1][0]
    assert with_typos([_keywords(" ".join(words))], seed) == [query]


def test_only_keyword_queries_with_a_long_word_get_a_typo() -> None:
    assert with_typos([_keywords("queue drain", "question"), _keywords("a db job")], 1) == []
