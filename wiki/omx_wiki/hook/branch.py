"""Which branch a checkout is on, and the words that its name is made of; git is not run."""

from __future__ import annotations

import os

from omx_wiki.hook.file_start import read_start
from omx_wiki.project import git_dir_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD_BYTES = 1024
_REF = "ref: refs/heads/"
_NO_BRANCH = ".invalid"  # what HEAD says where references are kept in a reftable
_DETACHED = "detached at "
_SHOWN_SHA = 7
_SHORTEST = 2
_SAYS_NOTHING = frozenset(
    {"add", "an", "and", "as", "at", "branch", "bug", "bugfix", "bugs", "by", "chore", "dev", "develop"}
    | {"development", "do", "doc", "docs", "feat", "feature", "features", "fix", "fixes", "for", "head"}
    | {"hotfix", "if", "improve", "in", "is", "issue", "it", "main", "master", "my", "new", "no", "of", "on"}
    | {
        "or",
        "origin",
        "pr",
        "refactor",
        "release",
        "so",
        "style",
        "task",
        "test",
        "the",
        "tmp",
        "to",
        "topic",
    }
    | {"trunk", "up", "update", "us", "user", "users", "we", "wip", "with", "work"}
)


def current_branch(checkout: str) -> str:
    """Return the branch of a work tree, `detached at 1a2b3c4` without one, "" where it cannot be told."""
    git_dir = git_dir_at(os.path.join(checkout, ".git"))
    raw = read_start(os.path.join(git_dir, "HEAD"), _HEAD_BYTES) if git_dir else None
    text = os.fsdecode(raw or b"").strip()
    if text.startswith(_REF):
        name = text[len(_REF) :].strip()
        return "" if name == _NO_BRANCH else name
    is_commit = len(text) >= 40 and all(c in "0123456789abcdef" for c in text)  # noqa: PLR2004  (SHA-1)
    return f"{_DETACHED}{text[:_SHOWN_SHA]}" if is_commit else ""


def is_detached(branch: str) -> bool:
    """Whether `current_branch` found a commit in the place of a branch."""
    return branch.startswith(_DETACHED)


def branch_words(name: str, ignored: Iterable[str] = ()) -> list[str]:
    """Return the words of a branch name that say what it is about, in lower case and without repeats.

    `feature/login-timeout` is about login and timeout. Words that all branches have (feature, fix, main) say
    nothing, nor do short ones and those `ignored`, such as the names of users; numbers of tickets stay.
    """
    if is_detached(name):
        return []
    skipped = _SAYS_NOTHING.union(ignored)
    words = dict.fromkeys(word.lower() for word in split_words(name))
    return [
        word
        for word in words
        if word not in skipped and (len(word) >= _SHORTEST or not word.isascii() or word.isdigit())
    ]


def login_words() -> set[str]:
    """Return the words of the user's name as the environment tells it; branches like to begin with them."""
    names = (os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME"))
    return {word.lower() for name in names for word in split_words(name)}


def split_words(text: str) -> list[str]:
    """Return the runs of letters and digits of `text`; a capital after a small letter begins a new word."""
    spaced: list[str] = []
    before = ""
    for char in text:
        if char.isalnum():
            if char.isupper() and before.islower():
                spaced.append(" ")
            spaced.append(char)
        else:
            spaced.append(" ")
        before = char
    return "".join(spaced).split()
