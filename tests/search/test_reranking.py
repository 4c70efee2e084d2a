"""An optional re-ranker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from omx_wiki.search.query import Query, Results, search
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path

    from omx_wiki.search.reranking import Candidate, Reranker


@pytest.fixture
def zebras(tmp_path: Path) -> Wiki:
    """Return thirty pages with a zebra in a section of its own."""
    pages = {
        f"zebra-{number:02}": f"# Stable {number}\n\n{'hay ' * 200}\n\n## Who lives here\n\nzebra {number}\n"
        for number in range(30)
    }
    return Wiki(tmp_path / "zebras", pages)


def found(wiki: Wiki, reranker: Reranker, limit: int = 3) -> Results:
    return search(wiki.project, wiki.store, Query("zebra", limit=limit), reranker)


def test_a_reranker_reads_title_and_passage_of_the_best_and_orders_them(zebras: Wiki) -> None:
    seen: list[Candidate] = []

    def by_number(text: str, candidates: list[Candidate]) -> list[float]:
        assert text == "zebra"
        seen.extend(candidates)
        return [float(each.passage.rsplit(" ", 1)[1]) for each in candidates]

    results = found(zebras, by_number)
    numbers = sorted((int(each.page[-2:]) for each in seen), reverse=True)
    assert len(numbers) == 20
    assert [hit.page for hit in results.hits] == [f"zebra-{number:02}" for number in numbers[:3]]
    assert [hit.score for hit in results.hits] == numbers[:3]
    assert results.total == 30
    first = seen[0]
    number = int(first.page[-2:])
    assert (first.title, first.passage) == (f"Stable {number}", f"## Who lives here\n\nzebra {number}")
    assert first.score > 0


def test_equal_values_leave_the_order(zebras: Wiki) -> None:
    results = found(zebras, lambda _, candidates: [0.0] * len(candidates))
    assert [hit.page for hit in results.hits] == zebras.found("zebra", limit=3)


def test_more_pages_than_usual_are_all_read(zebras: Wiki) -> None:
    counts: list[int] = []

    def count(_: str, candidates: list[Candidate]) -> list[float]:
        counts.append(len(candidates))
        return [0.0] * len(candidates)

    assert len(found(zebras, count, limit=25).hits) == 25
    assert counts == [25]


@pytest.mark.parametrize("values", [[], [1.0], [float("nan")] * 20])
def test_senseless_values_are_an_error(zebras: Wiki, values: list[float]) -> None:
    with pytest.raises(ValueError, match="a re-ranker gave"):
        found(zebras, lambda _, __: values)


def test_what_a_reranker_raises_is_not_hidden(zebras: Wiki) -> None:
    def fail(_: str, __: list[Candidate]) -> list[float]:
        raise ConnectionError("no model")

    with pytest.raises(ConnectionError):
        found(zebras, fail)
