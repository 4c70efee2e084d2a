"""Searching writes nothing, and works where nothing can be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from omx_wiki.errors import UnavailableError
from search.wiki_of_pages import Wiki

ROOT = Path(__file__).parents[2]
SEARCH = """
import os, sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "os.chmod", "os.truncate"}

def guard(event, args):
    if event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITING):
        raise SystemExit(f"writes: {event} {args}")

sys.addaudithook(guard)
from omx_wiki.pages.store import Store
from omx_wiki.project import Project
from omx_wiki.search.query import Query, search
project = Project(sys.argv[1], sys.argv[1], "")
results = search(project, Store(project), Query(sys.argv[2]))
print(*(hit.page for hit in results.hits), results.behind, *{"whoosh"}.intersection(sys.modules))
"""


def searched_in_a_process_that_may_not_write(wiki: Wiki, text: str) -> str:
    path = os.pathsep.join([str(ROOT / "wiki"), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", SEARCH, wiki.project.root, text],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.strip()


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in [folder, *folder.rglob("*")]
        if path.exists()
    }


@pytest.mark.parametrize("text", ["backoff", "depoyment", '"exponential backoff"', "expon*"])
@pytest.mark.parametrize("indexed", [True, False])
def test_a_search_opens_nothing_for_writing(wiki: Wiki, text: str, indexed: bool) -> None:  # noqa: FBT001
    if indexed:
        wiki.refresh()
    wiki.write("zebra", "stripes\n")
    before = listing(Path(wiki.project.root)), listing(wiki.index.parent)
    slug = "deployment" if text == "depoyment" else "retry-policy"
    behind = 1 if indexed else 8
    assert searched_in_a_process_that_may_not_write(wiki, text) == f"{slug} {behind}"
    assert (listing(Path(wiki.project.root)), listing(wiki.index.parent)) == before


def test_a_search_creates_no_state(wiki: Wiki) -> None:
    wiki.search("backoff")
    assert not wiki.index.parent.exists()


def test_a_project_without_pages_finds_nothing(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "bare", {})
    wiki.folder.rmdir()
    assert wiki.search("backoff").hits == ()
    assert not wiki.folder.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_folders_are_searched(wiki: Wiki) -> None:
    wiki.refresh()
    folders = [wiki.generation, wiki.index, wiki.index.parent, wiki.folder]
    for folder in folders:
        folder.chmod(0o500)
    try:
        assert wiki.found("backoff") == ["retry-policy"]
    finally:
        for folder in folders:
            folder.chmod(0o700)


def test_a_refresh_that_cannot_write_says_so(wiki: Wiki) -> None:
    wiki.index.parent.mkdir(parents=True, mode=0o700)
    wiki.index.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(UnavailableError):
        wiki.refresh()
    assert wiki.found("backoff") == ["retry-policy"]


def test_a_refresh_in_a_folder_of_others_is_refused(wiki: Wiki) -> None:
    wiki.index.parent.mkdir(parents=True)
    wiki.index.parent.chmod(0o755)
    with pytest.raises(UnavailableError):
        wiki.refresh()
    assert wiki.found("backoff") == ["retry-policy"]


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o077])
def test_the_index_is_private_under_any_umask(wiki: Wiki, mask: int) -> None:
    before = os.umask(mask)
    try:
        wiki.refresh()
    finally:
        os.umask(before)
    assert wiki.search("backoff").behind == 0
