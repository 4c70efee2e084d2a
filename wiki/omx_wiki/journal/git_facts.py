"""What git knows of a session's claims: which commits exist, where the branch stood, sizes of changes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omx_wiki.journal.changes import ChangedFile
from omx_wiki.journal.git import run_git
from omx_wiki.journal.transcripts.stamps import parse_stamp
from omx_wiki.project import find_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from omx_wiki.journal.facts import SessionFacts

_MAX_COMMITS = 100
_MAX_PATHS = 200
_MAX_SUBJECT = 300
_SHA = re.compile(r"[0-9a-f]{7,64}\Z")
_HEADER = re.compile(rb"([0-9a-f]{40,64}) commit (\d+)\n")


@dataclass(frozen=True, slots=True)
class GitCommit:
    """A commit that exists: its full name and the first line of its message."""

    sha: str
    subject: str


@dataclass(frozen=True, slots=True)
class GitFacts:
    """What git told about one session; empty where there is no git or it did not answer.

    Attributes:
        checked: whether git answered, so that a commit not in `commits` is known to be gone.
        commits: the commits that exist, by the name the session claims.
        end_commit: where the session's branch stood when the session ended.
        sizes: lines added and removed of files for which the transcript tells none, by path.
        worktree: the name of the linked worktree the session ran in, "" for the main one.
        files: what the commits changed, in the order of their paths.
    """

    checked: bool = False
    commits: Mapping[str, GitCommit] = field(default_factory=dict)
    end_commit: str = ""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    worktree: str = ""
    files: Sequence[ChangedFile] = ()


def verify(facts: SessionFacts, root: str | os.PathLike[str]) -> GitFacts:
    """Ask the git repository of the folder `root` about a session's claims; never raises.

    Reads objects and references only: no hook, filter, diff program, pager or network takes part. At most
    the last 100 commits and the first 200 files are asked about.
    """
    folder = os.fspath(root)
    claimed = [commit.sha for commit in facts.commits if _SHA.match(commit.sha)][-_MAX_COMMITS:]
    asked = [*claimed, facts.commit if _SHA.match(facts.commit) else "HEAD"]
    done, output = run_git(folder, ["cat-file", "--batch"], "".join(f"{name}^{{commit}}\n" for name in asked))
    if done != 0:
        return GitFacts()
    found = _commits(asked, output)
    end = _end_commit(folder, facts)
    sizes = _sizes(folder, facts, end) if facts.commit in found else {}
    commits = {name: found[name] for name in claimed if name in found}
    return GitFacts(
        checked=True,
        commits=commits,
        files=_committed_files(folder, [commit.sha for commit in commits.values()]),
        end_commit=end,
        sizes=sizes,
        worktree=_worktree(facts.cwd, folder),
    )


def _commits(asked: Sequence[str], output: bytes) -> dict[str, GitCommit]:
    """Return the commits that `cat-file --batch` printed, in the order asked."""
    found: dict[str, GitCommit] = {}
    at = 0
    for name in asked:
        header = _HEADER.match(output, at)
        if header is None:  # "NAME missing" or "NAME ambiguous"
            at = output.find(b"\n", at) + 1 or len(output)
            continue
        content = output[header.end() : header.end() + int(header[2])]
        at = header.end() + int(header[2]) + 1
        message = content.partition(b"\n\n")[2].lstrip(b"\n")[: 4 * _MAX_SUBJECT]
        subject = message.partition(b"\n")[0].decode("utf-8", "replace")[:_MAX_SUBJECT]
        found[name] = GitCommit(header[1].decode(), subject.strip())
    return found


def _end_commit(folder: str, facts: SessionFacts) -> str:
    """Return the newest commit of the branch that is not younger than the session's end."""
    tip = f"refs/heads/{facts.branch}" if facts.branch else "HEAD"
    ended = parse_stamp(facts.ended)
    until = [] if ended is None else [f"--before={ended // 1000}"]
    done, output = run_git(folder, ["rev-list", "-1", *until, "--end-of-options", tip, "--"])
    sha = output.decode("ascii", "replace").strip()
    return sha if done == 0 and _SHA.match(sha) else ""


def _sizes(folder: str, facts: SessionFacts, end: str) -> dict[str, tuple[int, int]]:
    """Return the lines added and removed between the first and the last commit of the session."""
    unknown = [
        file.path for file in facts.files if not file.added and not file.removed and _is_inner(file.path)
    ]
    if not unknown or not end or end.startswith(facts.commit):
        return {}
    words = ["diff-tree", "-r", "-z", "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv"]
    done, output = run_git(folder, [*words, facts.commit, end, "--", *unknown[:_MAX_PATHS]])
    return dict(_numstat(output.split(b"\0"))) if done == 0 else {}


def _committed_files(folder: str, shas: Sequence[str]) -> Sequence[ChangedFile]:
    """Return the files that commits changed, lines added up; merges count for nothing of their own."""
    if not shas:
        return ()
    words = ["log", "--no-walk", "-z", "--format=", "--raw", "--numstat", "--no-renames", "--no-ext-diff"]
    done, output = run_git(folder, [*words, "--no-textconv", *dict.fromkeys(shas)])
    tokens = iter(output.split(b"\0")) if done == 0 else iter(())
    kinds: dict[str, str] = {}
    sizes: dict[str, tuple[int, int]] = {}
    for token in tokens:
        if token.lstrip(b"\n").startswith(b":"):
            path = next(tokens, b"").decode("utf-8", "replace")
            kind = token[-1:].decode()  # the newest commit comes first
            kinds[path] = kind if kind == "A" and kinds.get(path) != "D" else kinds.get(path, kind)
        else:
            for path, (added, removed) in _numstat([token.lstrip(b"\n")]):
                before = sizes.get(path, (0, 0))
                sizes[path] = (before[0] + added, before[1] + removed)
    return [
        ChangedFile(path, kind, *sizes.get(path, (0, 0))) for path, kind in sorted(kinds.items())[:_MAX_PATHS]
    ]


def _numstat(entries: Iterable[bytes]) -> Iterable[tuple[str, tuple[int, int]]]:
    for entry in entries:
        added, _, rest = entry.partition(b"\t")
        removed, _, path = rest.partition(b"\t")
        if added.isdigit() and removed.isdigit() and path:
            yield path.decode("utf-8", "replace"), (int(added), int(removed))


def _is_inner(path: str) -> bool:
    return bool(path) and "\0" not in path and not path.startswith(("/", "../"))


def _worktree(cwd: str, root: str) -> str:
    """Return the folder name of the linked worktree of `root` that `cwd` lies in."""
    if not os.path.isabs(cwd) or not os.path.isdir(cwd):
        return ""
    project = find_project(cwd)
    is_linked = project.checkout != project.root and project.root == os.path.realpath(root)
    return os.path.basename(project.checkout) if is_linked else ""
