"""Pages, git and secrets: what is wrong with files is found, and no secret is told."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.doctor.finding import Finding
from omx_wiki.doctor.git import check_git
from omx_wiki.doctor.pages import check_pages, has_conflict
from omx_wiki.errors import UnavailableError
from omx_wiki.hosts import gitignore
from omx_wiki.pages.page import MAX_PAGE_BYTES
from omx_wiki.project import Project

SECRET = "ghp_" + "a1B2" * 9
CONFLICT = b"# P\n\n<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs\n"


def look(project: Project, seconds: float = 60) -> list[Finding]:
    return list(check_pages(project, seconds, lambda _done, _total: None))


def trouble(project: Project) -> list[tuple[str, str]]:
    return [(found.level, found.text) for found in look(project) if found.level != "ok"]


def test_a_project_without_a_wiki_has_nothing_to_look_at(project: Project) -> None:
    assert [found.level for found in look(project)] == ["note"]


def test_good_pages_are_counted(project: Project, store: Path) -> None:
    (store / "a.md").write_text("# A\n", encoding="utf-8")
    (store / "sessions").mkdir()
    (store / "sessions" / "s.md").write_text("# S\n", encoding="utf-8")
    seen: list[tuple[int, int]] = []
    found = list(check_pages(project, 60, lambda done, total: seen.append((done, total))))
    assert [row.level for row in found] == ["ok", "ok"]
    assert found[0].text == f"1 page and 1 session in {project.store}"
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (CONFLICT, "conflict markers of git in p"),
        (b"# P\n\xe9t\xe9\n", "1 page not UTF-8: p"),
        (b"x" * (MAX_PAGE_BYTES + 1), "1 page of more than 2 MB: p"),
    ],
)
def test_a_page_with_a_fault_is_named(project: Project, store: Path, data: bytes, word: str) -> None:
    (store / "p.md").write_bytes(data)
    assert trouble(project) == [("warning", word)]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_page_that_cannot_be_read_is_an_error(project: Project, store: Path) -> None:
    (store / "p.md").write_text("# P\n", encoding="utf-8")
    (store / "p.md").chmod(0)
    assert trouble(project) == [("error", "1 page cannot be read: p")]


def test_a_page_that_cannot_be_opened_is_an_error(
    project: Project, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store / "p.md").write_text("# P\n", encoding="utf-8")
    monkeypatch.setattr("omx_wiki.doctor.pages.read_page_file", lambda _path: None)
    assert trouble(project) == [("error", "1 page cannot be read: p")]


def test_links_out_of_the_project_and_fifos_are_named(project: Project, store: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text(SECRET, encoding="utf-8")
    (store / "link.md").symlink_to(tmp_path / "outside.md")
    os.mkfifo(store / "pipe.md")
    texts = [text for _, text in trouble(project)]
    assert len(texts) == 2
    assert all("not a regular file of this project" in text for text in texts)


def test_names_that_differ_in_case_alone_are_named(project: Project, store: Path) -> None:
    for name in ("Cache.md", "cache.md"):
        (store / name).write_text("# C\n", encoding="utf-8")
    if len(list(store.iterdir())) == 1:
        pytest.skip("this file system has one file for both")
    assert trouble(project) == [("warning", "names that are one file on other systems: Cache and cache")]


def test_secrets_are_counted_and_placed_and_never_told(project: Project, store: Path) -> None:
    (store / "p.md").write_text(f"# P\n\ntoken {SECRET}\n", encoding="utf-8")
    (row,) = [found for found in look(project) if found.level == "warning"]
    assert row.text == "1 possible secret in pages: p:3 (github-token)"
    assert SECRET not in repr(look(project))


def test_pages_there_was_no_time_for_are_told_of(project: Project, store: Path) -> None:
    (store / "p.md").write_text(f"# P\n\ntoken {SECRET}\n", encoding="utf-8")
    (row,) = [found for found in look(project, seconds=-1) if found.area == "secrets"]
    assert (row.level, row.text) == ("note", "there was time for 0 of 1 pages")


def test_what_killed_writers_left_is_removed(project: Project, store: Path) -> None:
    old, new = store / ".p.md.0123456789ab.tmp", store / ".q.md.0123456789ab.tmp"
    for path in (old, new):
        path.write_text("x", encoding="utf-8")
    os.utime(old, (time.time() - 7200,) * 2)
    (row,) = [found for found in look(project) if found.level == "note"]
    assert row.text == f"1 file left by writers that were killed: {old.name}"
    assert row.fix
    row.fix.apply()
    assert trouble(project) == []


@given(st.binary())
def test_bytes_without_all_three_markers_are_no_conflict(data: bytes) -> None:
    assert not has_conflict(data.replace(b"=======", b""))
    assert has_conflict(data + b"\n" + CONFLICT)


def test_git_that_ignores_the_store_is_fine(project: Project, store: Path) -> None:
    assert store.is_dir()
    (row,) = check_git(project)
    assert (row.level, row.hint) == ("warning", "wiki setup")
    assert row.fix
    row.fix.apply()
    (row,) = check_git(project)
    assert (row.level, row.text) == ("ok", "git ignores .omx")


def test_committed_files_are_named_and_left_alone(
    project: Project, store: Path, git: Callable[..., str]
) -> None:
    for name in "abcd":
        (store / f"{name}.md").write_text("x", encoding="utf-8")
    git(Path(project.root), "add", "-f", ".omx")
    (row,) = check_git(project)
    assert (
        row.text
        == "4 files below .omx known to git: .omx/wiki/a.md, .omx/wiki/b.md, .omx/wiki/c.md and 1 more"
    )
    assert row.fix is None


def test_a_folder_without_git_is_fine(tmp_path: Path) -> None:
    (row,) = check_git(Project(str(tmp_path), str(tmp_path), ""))
    assert row.level == "ok"


def test_git_that_cannot_answer_is_a_warning(project: Project) -> None:
    (Path(project.root) / ".git" / "config").write_text("[broken", encoding="utf-8")
    (row,) = check_git(project)
    assert (row.level, row.fix) == ("warning", None)


def test_git_that_hangs_is_given_up(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_words: object, **_options: object) -> None:
        raise subprocess.TimeoutExpired("git", 10)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(UnavailableError, match="gives no answer"):
        gitignore.is_ignored(project.root)
