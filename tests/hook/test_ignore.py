"""`.omx` ends up ignored, as git itself sees it, and nothing tracked is ever touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from omx_wiki.hook import ignore
from omx_wiki.hook.ignore import ensure_ignored
from omx_wiki.project import find_project

Git = Callable[..., str]


@pytest.fixture
def wiki(repository: Path) -> Path:
    (repository / ".omx" / "wiki").mkdir(parents=True)
    (repository / ".omx" / "wiki" / "a.md").write_text("# A\n", encoding="utf-8")
    return repository


def is_ignored(folder: Path) -> bool:
    return subprocess.run(["git", "check-ignore", "-q", ".omx"], cwd=folder, check=False).returncode == 0


def exclude_of(root: Path) -> str:
    return (root / ".git" / "info" / "exclude").read_text(encoding="utf-8")


def test_a_rule_is_added_once(wiki: Path, git: Git) -> None:
    before = exclude_of(wiki)
    assert ensure_ignored(find_project(str(wiki))) == str(wiki / ".git" / "info" / "exclude")
    assert exclude_of(wiki) == before + ".omx\n"
    assert is_ignored(wiki)
    assert git(wiki, "status", "--porcelain") == ""
    assert ensure_ignored(find_project(str(wiki))) == ""
    assert exclude_of(wiki) == before + ".omx\n"


@pytest.mark.parametrize("rule", [".omx", ".omx/", "/.omx", "/.omx/", "*\n!*.py", ".om*", ".o[lm]x/"])
def test_a_rule_of_the_repository_is_enough(wiki: Path, git: Git, rule: str) -> None:
    (wiki / ".gitignore").write_text(f"build/\n{rule}\n", encoding="utf-8")
    git(wiki, "add", "-f", ".gitignore")
    before = exclude_of(wiki)
    assert ensure_ignored(find_project(str(wiki))) == ""
    assert exclude_of(wiki) == before
    assert is_ignored(wiki)


def test_the_global_excludes_are_enough(wiki: Path, home: Path) -> None:
    (home / "ignore-all").write_text(".omx/\n", encoding="utf-8")
    with (home / ".gitconfig").open("a", encoding="utf-8") as config:
        config.write("[core]\n\texcludesFile = ~/ignore-all\n")
    before = exclude_of(wiki)
    assert ensure_ignored(find_project(str(wiki))) == ""
    assert exclude_of(wiki) == before
    (home / "ignore-all").write_text("# nothing any more\n", encoding="utf-8")
    assert ensure_ignored(find_project(str(wiki))) != ""
    assert is_ignored(wiki)


@pytest.mark.parametrize(
    "content",
    [
        b"*.json\n!.omx-config.json\n",
        b"# !.omx\n!keep.log\n",
        b" .omx\n",
        b".omx\t\n",
        b"build\r.omx\rfoo",
        b"\xef\xbb\xbf*.log\n",
    ],
)
def test_what_only_looks_like_a_rule_does_not_count(wiki: Path, content: bytes) -> None:
    (wiki / ".gitignore").write_bytes(content)
    assert ensure_ignored(find_project(str(wiki))) != ""
    assert is_ignored(wiki)


def test_a_negation_in_the_exclude_file_is_overruled(wiki: Path) -> None:
    (wiki / ".git" / "info" / "exclude").write_text(".omx\n!.omx\n", encoding="utf-8")
    ensure_ignored(find_project(str(wiki)))
    assert is_ignored(wiki)


def test_an_ignore_file_that_is_a_link_does_not_count(wiki: Path) -> None:
    (wiki / "gi").write_text(".omx\n", encoding="utf-8")
    (wiki / ".gitignore").symlink_to("gi")
    ensure_ignored(find_project(str(wiki)))
    assert is_ignored(wiki)


def test_a_folder_that_is_a_link_is_ignored_too(wiki: Path) -> None:
    (wiki / ".omx").rename(wiki / "data")
    (wiki / ".omx").symlink_to("data")
    (wiki / ".gitignore").write_text(".omx/\n", encoding="utf-8")
    ensure_ignored(find_project(str(wiki)))
    assert is_ignored(wiki)


def test_a_worktree_without_the_folder_says_yes_too(wiki: Path, git: Git, tmp_path: Path) -> None:
    (wiki / ".gitignore").write_text(".omx/\n", encoding="utf-8")
    git(wiki, "add", ".gitignore")
    git(wiki, "commit", "-q", "-m", "Ignore")
    tree = tmp_path / "feature"
    git(wiki, "worktree", "add", "-q", str(tree))
    ensure_ignored(find_project(str(tree)))
    assert is_ignored(tree)
    assert is_ignored(wiki)


def test_without_a_git_program_the_rule_is_written(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(wiki / "nowhere"))
        ensure_ignored(find_project(str(wiki)))
    assert is_ignored(wiki)


def test_a_fifo_in_place_of_the_exclude_file_costs_nothing(wiki: Path) -> None:
    exclude = wiki / ".git" / "info" / "exclude"
    exclude.unlink()
    os.mkfifo(exclude)
    assert ensure_ignored(find_project(str(wiki))) == ""


def test_git_is_asked_once(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (wiki / ".gitignore").write_text(".o?x/\n", encoding="utf-8")
    asked: list[tuple[str, ...]] = []
    really = ignore._git

    def count(folder: str, *words: str) -> tuple[int, bytes]:
        asked.append(words)
        return really(folder, *words)

    monkeypatch.setattr(ignore, "_git", count)
    ensure_ignored(find_project(str(wiki)))
    first = len(asked)
    ensure_ignored(find_project(str(wiki)))
    assert first > 0
    assert len(asked) == first
    (wiki / ".gitignore").write_text("nothing\n", encoding="utf-8")
    ensure_ignored(find_project(str(wiki)))
    assert len(asked) > first
    assert is_ignored(wiki)


def test_no_final_newline_and_crlf_are_kept(wiki: Path) -> None:
    exclude = wiki / ".git" / "info" / "exclude"
    exclude.write_bytes(b"*.log\r\n*.tmp")
    ensure_ignored(find_project(str(wiki)))
    assert exclude.read_bytes() == b"*.log\r\n*.tmp\r\n.omx\r\n"


def test_a_missing_info_folder_is_made(wiki: Path) -> None:
    exclude = wiki / ".git" / "info" / "exclude"
    exclude.unlink()
    exclude.parent.rmdir()
    ensure_ignored(find_project(str(wiki)))
    assert exclude.read_text(encoding="utf-8") == ".omx\n"


def test_one_rule_covers_linked_worktrees(wiki: Path, git: Git, tmp_path: Path) -> None:
    tree = tmp_path / "feature"
    git(wiki, "worktree", "add", "-q", str(tree))
    ensure_ignored(find_project(str(tree)))
    assert is_ignored(wiki)
    assert is_ignored(tree)
    assert exclude_of(wiki).count(".omx") == 1


def test_an_exclude_file_that_leads_elsewhere_is_left_alone(wiki: Path, git: Git, tmp_path: Path) -> None:
    exclude = wiki / ".git" / "info" / "exclude"
    elsewhere = tmp_path / "dotfiles"
    elsewhere.write_text("mine\n", encoding="utf-8")
    exclude.unlink()
    exclude.symlink_to(elsewhere)
    assert ensure_ignored(find_project(str(wiki))) == str(wiki / ".omx" / ".gitignore")
    assert elsewhere.read_text(encoding="utf-8") == "mine\n"
    assert git(wiki, "status", "--porcelain") == ""


def test_an_exclude_file_that_cannot_be_written_is_left_alone(
    wiki: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if path.endswith("exclude") and flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    ensure_ignored(find_project(str(wiki)))
    assert git(wiki, "status", "--porcelain") == ""


def test_tracked_pages_get_no_rule(wiki: Path, git: Git) -> None:
    git(wiki, "add", "-f", ".omx/wiki/a.md")
    git(wiki, "commit", "-q", "-m", "Share a page")
    before = exclude_of(wiki)
    assert ensure_ignored(find_project(str(wiki))) == ""
    assert exclude_of(wiki) == before


def test_a_team_that_shares_its_wiki_is_left_alone(wiki: Path) -> None:
    (wiki / ".gitignore").write_text(".omx/*\n!.omx/wiki/\n", encoding="utf-8")
    before = exclude_of(wiki)
    assert ensure_ignored(find_project(str(wiki))) == ""
    assert exclude_of(wiki) == before


def test_without_git_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "plain" / ".omx" / "wiki").mkdir(parents=True)
    assert ensure_ignored(find_project(str(tmp_path / "plain"))) == ""
    assert sorted(os.listdir(tmp_path / "plain" / ".omx")) == ["wiki"]


def test_sessions_that_start_together_add_one_rule(wiki: Path) -> None:
    import sys

    program = f"import sys; sys.path[:0] = {sys.path!r}\n"
    program += "from omx_wiki.hook.ignore import ensure_ignored; from omx_wiki.project import find_project\n"
    program += f"ensure_ignored(find_project({str(wiki)!r}))"
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(8)]
    assert [process.wait(60) for process in started] == [0] * 8
    assert exclude_of(wiki).splitlines().count(".omx") == 1
