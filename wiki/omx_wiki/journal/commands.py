"""Shell commands: what kind of work one is, and which commands are the same work again."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from omx_wiki.journal.command_words import (
    BUILD_PROGRAMS,
    BUILD_TASKS,
    FILTERS,
    GIT_PROGRAMS,
    LINT_PROGRAMS,
    LINT_TASKS,
    PREFIX_PAIRS,
    PREFIXES,
    TASK_RUNNERS,
    TEST_PROGRAMS,
    TEST_TASKS,
)

FAMILIES = ("test", "lint", "build", "git", "other")
_MAX_READ = 2000
_PIECE = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|(&&|\|\|?|;|\n)|[^'"\\&|;\n]+|.""", re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=\S*\Z")
_REDIRECT = re.compile(r"\s(?:\d|&)?(?:>{1,2}|<)\s*(?:&\d|[^\s&|]+)")
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*(?:\.exe)?\Z|py\Z")
_TASK_END = re.compile(r"[:._/-]")


class Segment(NamedTuple):
    """One simple command of a command line; `joint` is what stood before it ("", "&&", "||", "|", ";")."""

    joint: str
    words: list[str]


@lru_cache(maxsize=64)
def segments(command: str) -> tuple[Segment, ...]:
    """Split a command line at its operators, outside quotes; the body of a here-document is left out."""
    source = command[:_MAX_READ]
    here = source.find("<<")
    if here >= 0:
        source = source[:here] + source[here:].partition("\n")[0]
    found: list[Segment] = []
    joint, text = "", ""
    for piece in _PIECE.finditer(source):
        if piece[1] is None:
            text += piece[0]
            continue
        found.append(Segment(joint, _own_words(text.split())))
        joint, text = piece[1].replace("\n", ";"), ""
    found.append(Segment(joint, _own_words(text.split())))
    return tuple(segment for segment in found if segment.words)


def _own_words(words: list[str]) -> list[str]:
    """Drop what only surrounds the program: assignments, `timeout 60`, `uv run`, `python -m`."""
    while words:
        first = program(words[0])
        if _ASSIGNMENT.match(words[0]) or first in PREFIXES:
            words = words[1:]
        elif first == "timeout":
            words = _after_options(words[1:])[1:]
        elif tuple(words[:2]) in PREFIX_PAIRS:
            words = _after_options(words[2:])
        elif _PYTHON.match(first) and words[1:2] == ["-m"]:
            words = words[2:]
        else:
            return words
    return words


def _after_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-k", "-s") else words[1:]
    return words


def program(word: str) -> str:
    """Return the bare name of a program word."""
    return word.strip("()\"'{}!").replace("\\", "/").rpartition("/")[2]


def family(command: str) -> str:
    """Return "test", "lint", "build", "git" or "other": the first of these that a part of it is."""
    kinds = {_segment_family(segment.words) for segment in segments(command)}
    return next((kind for kind in FAMILIES if kind in kinds), "other")


def _segment_family(words: list[str]) -> str:
    name = program(words[0])
    if _PYTHON.match(name) and len(words) > 1:
        words = words[1:]
        name = program(words[0])
    if name == "tsc" and "--noEmit" in words:
        return "lint"
    if name in TEST_PROGRAMS:
        return "test"
    if name in LINT_PROGRAMS:
        return "lint"
    if name in GIT_PROGRAMS:
        return "git"
    if name in TASK_RUNNERS:
        return _task_family(name, words[1:])
    return "build" if name in BUILD_PROGRAMS else "other"


def _task_family(runner: str, words: list[str]) -> str:
    tasks = [word for word in words if not word.startswith("-") and "=" not in word][:3]
    if runner == "cargo" and tasks[:1] == ["check"]:
        return "build"
    for task in tasks:
        stem = _TASK_END.split(task.lower())[0]
        for kind, names in (("test", TEST_TASKS), ("lint", LINT_TASKS), ("build", BUILD_TASKS)):
            if task.lower() in names or stem in names:
                return kind
    return "build" if runner in BUILD_PROGRAMS else "other"


def normalise(command: str) -> str:
    """Return the form that is equal for a repeated run: no `cd`, environment, redirects or pagers."""
    kept = [
        _REDIRECT.sub("", " ".join(segment.words))
        for segment in segments(command)
        if segment.words[0] != "cd"
        and not (segment.joint == "|" and program(segment.words[0]) in FILTERS)
        and not (segment.joint == "||" and segment.words[0] in ("true", ":", "echo"))
    ]
    return " && ".join(kept)[:300]
