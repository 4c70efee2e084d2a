"""A damaged index is found by whoever searches and made anew by the worker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from omx_wiki.pending import pending_work, request_refresh, take_mark
from omx_wiki.worker import work
from search.wiki_of_pages import Wiki

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def wiki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wiki:
    monkeypatch.setenv("OMX_WIKI_BACKGROUND", "0")
    return Wiki(tmp_path / "project")


def spoil(path: Path) -> None:
    """Flip a bit of every byte and leave size and time as they were."""
    stamp = path.stat()
    path.write_bytes(bytes(byte ^ 4 for byte in path.read_bytes()))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def test_a_search_that_meets_damage_has_the_index_made_anew(wiki: Wiki) -> None:
    work(wiki.project)
    spoil(next(wiki.generation.glob("*.terms")))
    results = wiki.search("retry backoff")
    assert ([hit.page for hit in results.hits], results.behind) == (["retry-policy"], 7)
    assert results.problem
    request_refresh(wiki.project, verify=True)
    assert pending_work(wiki.project) == 1
    work(wiki.project)
    healed = wiki.search("retry backoff")
    assert (healed.hits, healed.behind, healed.problem) == (results.hits, 0, "")


def test_what_waits_already_is_not_requested_again(wiki: Wiki) -> None:
    work(wiki.project)
    request_refresh(wiki.project, verify=True)
    request_refresh(wiki.project, verify=False)
    assert take_mark(wiki.project)


def test_a_folder_without_a_wiki_gets_no_state_by_being_searched(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "bare", {})
    wiki.folder.rmdir()
    request_refresh(wiki.project, verify=False)
    assert not os.path.exists(wiki.project.state)
