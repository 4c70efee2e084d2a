"""The engines that are compared, on a wiki small enough to rank by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from omx_wiki.pages.store import Store
from omx_wiki.project import Project
from quality_engines import Engine, OmxScoring, engines

PAGES = {
    "cache-keys": "---\ntags: [redis]\n---\n# Cache keys\n\nA key begins with the team.\n",
    "deploying": "# Deploying\n\nThe release goes out; caches stay warm.\n",
    "redis-failover": "# Redis failover\n\nPromote the replica.\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(str(tmp_path / "repo"), str(tmp_path / "repo"), "")
    folder = Path(found.store)
    folder.mkdir(parents=True)
    for slug, text in PAGES.items():
        (folder / f"{slug}.md").write_text(text, encoding="utf-8")
    return found


@pytest.fixture
def compared(project: Project) -> dict[str, Engine]:
    return {engine.name: engine for engine in engines(project)}


def test_ours_comes_first_and_every_engine_finds_a_plain_word(compared: dict[str, Engine]) -> None:
    assert list(compared) == ["omx-wiki", "Whoosh", "FTS5", "OMX"]
    assert all(engine.rank("replica") == ["redis-failover"] for engine in compared.values())


@pytest.mark.parametrize("query", ['"', "':(", "a AND", 'NEAR("x"', "*", "title:", "--", "…"])
def test_no_query_breaks_an_engine(compared: dict[str, Engine], query: str) -> None:
    assert all(set(engine.rank(query)) <= set(PAGES) for engine in compared.values())


def test_fts5_finds_other_forms_of_a_word_and_whoosh_does_not(compared: dict[str, Engine]) -> None:
    assert compared["FTS5"].rank("deployed") == ["deploying"]
    assert compared["Whoosh"].rank("deployed") == []


@pytest.mark.parametrize(
    ("query", "ranked"),
    [
        ("cache", ["cache-keys", "deploying"]),  # 5 and 1 for the body's heading; 1
        ("Redis failover", ["redis-failover", "cache-keys"]),  # 5 and 2; 2 for the tag
        ("redis replica", ["redis-failover", "cache-keys"]),  # 2, 1 and 1; 2
        ("e", ["cache-keys", "deploying", "redis-failover"]),  # 8 with the tag; 6 each
        ("unknown", []),
    ],
)
def test_omx_scoring_ranks_as_worked_out_by_hand(project: Project, query: str, ranked: list[str]) -> None:
    assert OmxScoring(list(Store(project).pages())).rank(query) == ranked
