"""Wikis to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def wiki(tmp_path: Path) -> Wiki:
    """Return a small wiki without an index."""
    return Wiki(tmp_path / "project")


@pytest.fixture(params=["indexed", "scanned"])
def searched(wiki: Wiki, request: pytest.FixtureRequest) -> Wiki:
    """Return a small wiki, once with an index and once without."""
    if request.param == "indexed":
        wiki.refresh()
    return wiki
