"""What a shell command does with the wiki: pages it opens, searches it makes, pages it writes."""

from __future__ import annotations

import re
from typing import NamedTuple

from omx_wiki.journal.command_words import PAGE_READERS
from omx_wiki.journal.commands import program, segments

OPEN, SEARCH, WRITE = "open", "search", "write"

_EDITORS = ("awk", "gawk", "sed")
_PAGE_PATH = re.compile(r"(?:.*/)?(?:\.omx/wiki/((?:sessions/)?[^/]+)|(omx_wiki/[^/]+))\.md\Z", re.IGNORECASE)
_PATTERN = re.compile(r"[*?\[\]{}$]")
_VERBS = {"show": OPEN, "query": SEARCH, "add": WRITE, "edit": WRITE}
_OWN_VALUE = ("-C",)
_QUOTES = "'\"()"


class Act(NamedTuple):
    """One use of the wiki: OPEN, SEARCH or WRITE, and the page as it was named ("" in a search)."""

    what: str
    page: str


def wiki_acts(command: str) -> list[Act]:
    """Return what a command line does with the wiki, in order.

    `wiki show PAGE` opens a page, whatever path the program has, and so does a program that prints the page's
    file. A file that is edited in place or written by a redirect is not opened.
    """
    found: list[Act] = []
    for segment in segments(command):
        name = program(segment.words[0]).removesuffix(".exe").lower()
        if name == "wiki":
            found += _of_wiki(segment.words[1:])
        elif name in PAGE_READERS:
            found += [Act(OPEN, page) for page in _printed(name, segment.words[1:])]
    return found


def page_of_path(path: str) -> str:
    """Return the page that a file path means by where it lies, "" when it can be no page of a wiki."""
    found = _PAGE_PATH.match(path.strip(_QUOTES).replace("\\", "/"))
    name = (found[1] or found[2]) if found else ""
    return "" if _PATTERN.search(name) else name


def _of_wiki(words: list[str]) -> list[Act]:
    while words[:1] and words[0] in _OWN_VALUE:
        words = words[2:]
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb == "log" and rest[:1] == ["show"]:
        name = _first_argument(rest[1:])
        return [Act(OPEN, f"sessions/{name}")] if name else []
    what, name = _VERBS.get(verb, ""), _first_argument(rest)
    if not name or (what == WRITE and rest[0].startswith("-")):  # the word may be the value of an option
        return []
    return [Act(what, "" if what == SEARCH else name)] if what else []


def _first_argument(words: list[str]) -> str:
    """Return the first word that is no option; one in quotes may have blanks."""
    while words and words[0].startswith("-"):
        if words[0] in ("-h", "--help"):
            return ""
        words = words[1:]
    text = " ".join(words)
    if text[:1] in ("'", '"'):
        return text[1:].partition(text[0])[0].strip()
    return words[0] if words else ""


def _printed(name: str, words: list[str]) -> list[str]:
    """Return the pages among the files of a printing program."""
    if name in _EDITORS and any(word.startswith(("-i", "--in-place")) for word in words):
        return []
    pages = []
    before = ""
    for word in words:
        if ">" not in word and not before.endswith(">"):
            pages.append(page_of_path(word.removeprefix("<")))
        before = word
    return [page for page in pages if page]
