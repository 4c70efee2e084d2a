"""What git tells of the work at hand: branches, changed files, when files changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from omx_wiki.hook.branch import current_branch, is_detached, login_words, split_words
from omx_wiki.journal.git import run_git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omx_wiki.project import Project

MOST_BRANCHES = 20
_MOST_FILES = 200
_MOST_COMMITS = 500
_USUAL = ("main", "master", "trunk", "develop")
_COMMIT_MARK = b"\x01"


class Repository:
    """The git repository of a project; without git everything about it is empty.

    Attributes:
        checkouts: the work trees by the branch each is on, the main one first.
        branches: local branches, those of work trees first, then by their last commit; twenty at most.
        tips: the commit of every local branch.
        default: the branch that others start from and return to, "" when it cannot be told.
    """

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self.checkouts: dict[str, str] = {}
        self.branches: list[str] = []
        self.tips: dict[str, str] = {}
        self.default = ""
        self.has_git = bool(project.git_dir)
        if self.has_git:
            self._find_branches(project)

    def changed_files(self, branch: str) -> list[str]:
        """Return files changed on a branch: not committed yet, then since it left the default branch."""
        if not self.has_git:
            return []
        found = [*self.uncommitted(self.checkouts.get(branch, "")), *self._since_default(branch)]
        return list(dict.fromkeys(path for path in found if not _is_ours(path)))[:_MOST_FILES]

    def uncommitted(self, checkout: str) -> list[str]:
        """Return the files of a work tree that are not committed as they are."""
        if not checkout or not self.has_git:
            return []
        words = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal"]
        done, output = run_git(checkout, [*words, "--ignore-submodules=all"])
        entries = output.split(b"\0") if done == 0 else []
        return [_decoded(entry[3:]) for entry in entries if len(entry) > 3 and not entry.endswith(b"/")]  # noqa: PLR2004

    def changed_since(self, moment: float) -> dict[str, float]:
        """Return when each file was committed last, for commits after the moment; seconds since 1970."""
        if not self.has_git:
            return {}
        words = ["log", f"-n{_MOST_COMMITS}", f"--since=@{int(moment)}", "-z", "--format=%x01%ct"]
        words += ["--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"]
        done, output = run_git(self._root, words)
        found: dict[str, float] = {}
        time = 0.0
        for token in output.split(b"\0") if done == 0 else []:
            entry = token.lstrip(b"\n")
            if entry.startswith(_COMMIT_MARK):
                time = float(entry[1:]) if entry[1:].isdigit() else 0.0
            elif entry and not _is_ours(path := _decoded(entry)):
                found.setdefault(path, time)  # the newest commit comes first
        return found

    def user_words(self) -> set[str]:
        """Return the words of the user's names, which branches like to begin with."""
        names = []
        if self.has_git:
            for key in ("user.name", "user.email"):
                done, output = run_git(self._root, ["config", "--get", key])
                names.append(_decoded(output).partition("@")[0] if done == 0 else "")
        return login_words().union(word.lower() for name in names for word in split_words(name))

    def _find_branches(self, project: Project) -> None:
        for checkout in dict.fromkeys([self._root, project.checkout, *self._worktrees()]):
            branch = current_branch(checkout)
            if branch and not is_detached(branch):
                self.checkouts.setdefault(branch, checkout)
        recent = ["for-each-ref", "--sort=-committerdate", "--format=%(objectname) %(refname:lstrip=2)"]
        done, output = run_git(self._root, [*recent, "refs/heads"])
        for line in _decoded(output).splitlines() if done == 0 else []:
            commit, _, name = line.partition(" ")
            self.tips[name] = commit
        self.branches = list(dict.fromkeys([*self.checkouts, *self.tips]))[:MOST_BRANCHES]
        self.default = self._default()

    def _worktrees(self) -> Iterator[str]:
        done, output = run_git(self._root, ["worktree", "list", "--porcelain"])
        for line in output.splitlines() if done == 0 else []:
            if line.startswith(b"worktree "):
                path = os.fsdecode(line.removeprefix(b"worktree "))
                if os.path.isdir(path):
                    yield path

    def _default(self) -> str:
        done, output = run_git(self._root, ["symbolic-ref", "-q", "--short", "refs/remotes/origin/HEAD"])
        name = _decoded(output).strip().partition("/")[2] if done == 0 else ""
        return name if name in self.tips else next((usual for usual in _USUAL if usual in self.tips), "")

    def _since_default(self, branch: str) -> list[str]:
        if not self.default or branch in {"", self.default}:
            return []
        tips = [f"refs/heads/{self.default}", f"refs/heads/{branch}"]
        done, output = run_git(self._root, ["merge-base", "--end-of-options", *tips])
        base = output.decode("ascii", "replace").strip()
        if done != 0 or not base:
            return []
        words = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"]
        done, output = run_git(self._root, [*words, "--end-of-options", base, tips[1]])
        return [_decoded(name) for name in output.split(b"\0") if name] if done == 0 else []


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _is_ours(path: str) -> bool:
    return path.startswith((".omx/", "omx_wiki/"))
