"""Answer a prompt that asks the wiki: search, and print the context; the hook becomes this process."""

from __future__ import annotations

import gc
import os
import sys
import time

from omx_wiki.hook import log
from omx_wiki.hook.dates import epoch_of
from omx_wiki.hook.frame import REFERENCE, framed, is_harmless, shown_command
from omx_wiki.hook.how_to import MOST_BYTES, how_to_query, query_command
from omx_wiki.hook.item import age, clean, count_bytes
from omx_wiki.hook.output import write_context
from omx_wiki.project import ensure_private, find_project, state_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from omx_wiki.project import Project
    from omx_wiki.search.results import Hit, Results

MOST_HITS = 5
DEADLINE_SECONDS = 1.5
"""How long the search may take: the installed hook is ended after three seconds."""

_MOST_INPUT_BYTES = 16 * 1024
_QUERY_CHARACTERS = 60
_TITLE_CHARACTERS = 80
_NOTE_CHARACTERS = 100
_NOTES_BYTES = 320
_SNIPPET_CHARACTERS = 200
_PATH_BYTES = 200


def main() -> NoReturn:
    """Answer the query on standard input; the arguments are the `wiki` command and the session's folder.

    Exits with 0 whatever happens: the exit code 2 would drop the prompt.
    """
    gc.disable()  # nothing that a query makes is worth collecting before it ends
    try:
        _serve(sys.argv[1], sys.argv[2])
    except BaseException as problem:  # noqa: BLE001  (a hook never fails)
        _log(None, f"failed: {problem!r}")
    finally:
        os._exit(0)


def _serve(wiki: str, cwd: str) -> None:
    query = sys.stdin.buffer.read(_MOST_INPUT_BYTES).decode("utf-8", "replace")
    project = find_project(cwd)

    def give_up() -> None:
        _say(project, how_to_query(wiki, query, "The search took too long."), "search took too long")

    _limit(give_up)
    try:
        context, note = _found(project, query, wiki, cwd)
    except Exception as problem:  # noqa: BLE001  (whatever it is, the prompt goes on)
        context = how_to_query(wiki, query, "The search failed.")
        note = f"search failed: {problem!r}"
    _unlimit()
    _say(project, context, note)


def _found(project: Project, query: str, wiki: str, cwd: str) -> tuple[str, str]:
    """Search; return the context and what to log of it, which is never the query."""
    from omx_wiki.pages.store import Store
    from omx_wiki.search.query import Query, search

    results = search(project, Store(project), Query(query, limit=MOST_HITS))
    note = f"{len(results.hits)} of {results.total} pages{f', {results.problem}' if results.problem else ''}"
    return compose(results, wiki, cwd, time.time()), note


def compose(results: Results, wiki: str, cwd: str, now: float) -> str:
    """Return the framed answer of at most `MOST_BYTES`; paths are relative to `cwd` where that is shorter."""
    command = shown_command(wiki)
    head = f"The project's wiki on: {clean(results.query, _QUERY_CHARACTERS)}\n{REFERENCE}"
    head += "".join(_notes(results))
    if not results.hits:
        tail = f"Nothing found. All pages: {command} list\n"
        return framed(head + tail)
    tail = f"Read a page: {command} show PAGE\n"
    more = query_command(wiki, results.query, f"-n {min(results.total, 20)} ")
    room = MOST_BYTES - count_bytes(framed(head + tail)) - count_bytes(_more(results.total, more))
    lines: list[str] = []
    for hit in results.hits:
        line = next((line for line in _lines(hit, cwd, now) if count_bytes(line) <= room), "")
        if not line:
            break
        lines.append(line)
        room -= count_bytes(line)
    return framed(head + "".join(lines) + _more(results.total - len(lines), more) + tail)


def _notes(results: Results) -> Iterator[str]:
    """Yield what to know of how the query was understood, within some bytes."""
    told = list(results.notes)
    if results.relaxed and results.hits:
        told.insert(0, "no page has all of this; these have some of it")
    if results.suggestion:
        told.insert(0, f"did you mean: {results.suggestion}")
    room = _NOTES_BYTES
    for note in told:
        line = f"({clean(note, _NOTE_CHARACTERS)})\n"
        room -= count_bytes(line)
        if room >= 0:
            yield line


def _lines(hit: Hit, cwd: str, now: float) -> Iterator[str]:
    """Yield what is told of a hit, then the same without its passage."""
    title, slug = clean(hit.title, _TITLE_CHARACTERS), clean(hit.page, _TITLE_CHARACTERS)
    named = title if title == slug else f"{title} ({slug})"
    path = os.path.relpath(hit.path, cwd)
    path = hit.path if path.startswith("..") else path
    place = (
        f" {path}:{hit.line}"
        if is_harmless(path) and count_bytes(path) <= _PATH_BYTES
        else f" line {hit.line}"
    )
    updated = epoch_of(hit.updated)
    line = f"- {named}{place}{'' if updated is None else f' · {age(now - updated)}'}\n"
    snippet = clean(hit.snippet, _SNIPPET_CHARACTERS)
    if snippet:
        yield f"{line}  {snippet}\n"
    yield line


def _more(left: int, command: str) -> str:
    return f"+{left} more: {command}\n" if left > 0 else ""


def _limit(give_up: Callable[[], None]) -> None:
    """Let `give_up` be the last that this process does when the deadline comes."""
    if sys.platform == "win32":  # there the hook waits for us and ends us
        return
    import signal

    def late(_number: int, _frame: object) -> None:
        try:
            give_up()
        finally:
            os._exit(0)

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, DEADLINE_SECONDS)


def _unlimit() -> None:
    if sys.platform != "win32":
        import signal

        signal.setitimer(signal.ITIMER_REAL, 0)


def _say(project: Project, context: str, note: str) -> None:
    write_context(context, "user-prompt")
    _log(project, f"user-prompt {note}, {count_bytes(context)} bytes")


def _log(project: Project | None, text: str) -> None:
    """Write one line into the hook's log, of the project if it may be told apart."""
    home = state_home()
    if ensure_private(home) and (project is None or ensure_private(project.state)):
        log.append(home if project is None else project.state, text)
