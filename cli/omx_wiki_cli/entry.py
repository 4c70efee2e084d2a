"""Where the `wiki` program starts: a plain query goes straight to the search, everything else through click.

Importing click costs more than a query of a small wiki takes.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from omx_wiki.search.query import Query

_VALUES = {
    "-n": "limit",
    "--tag": "tags",
    "--category": "category",
    "--since": "since",
    "--like": "like",
}
_SWITCHES = {"--sessions": "sessions", "--explain": "explain"}
_MOST_HITS = 1000
_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the program and exit with its code."""
    try:
        if sys.argv[1:2] == ["query"]:
            _query_quickly(sys.argv[2:])
        from omx_wiki_cli.main import main as run

        run()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)


def _query_quickly(arguments: list[str]) -> None:
    """Answer a query and exit; return when click has to look at it, or has a problem to report."""
    gc.disable()  # nothing that a query makes is worth collecting before it ends
    try:
        code = _answer(arguments)
    except Exception:  # noqa: BLE001  (the full program meets the same problem and reports it)
        code = None
    if code is not None:
        sys.stderr.flush()
        os._exit(code)  # taking the interpreter apart would cost a tenth of the time
    gc.enable()


def _answer(arguments: list[str]) -> int | None:
    """Print the answer to a plain query and return the exit code; None when it is not that plain."""
    parsed = parse_query(arguments)
    if parsed is None:
        return None
    from omx_wiki.project import find_project
    from omx_wiki_cli.answers import print_answer

    query, as_json = parsed
    project = find_project(".")
    return print_answer(project, query, as_json=as_json) if project.has_pages() else None


def parse_query(arguments: list[str]) -> tuple[Query, bool] | None:
    """Return the query and whether JSON is wanted; None for anything but plain, valid options."""
    from omx_wiki.search.query import Query

    words: list[str] = []
    options: dict[str, Any] = {"tags": ()}
    as_json = False
    rest = iter(arguments)
    for argument in rest:
        if argument == "--json":
            as_json = True
        elif argument in _SWITCHES:
            options[_SWITCHES[argument]] = True
        elif argument in _VALUES:
            value = next(rest, None)
            if value is None or not _take(options, _VALUES[argument], value):
                return None
        elif argument.startswith("-") and not is_excluded_word(argument):
            return None
        else:
            words.append(argument)
    return (Query(" ".join(words), **options), as_json) if words or "like" in options else None


def is_excluded_word(argument: str) -> bool:
    """Whether `-word` or `-"a phrase"` stands for pages without it; `-n5` and `--option` are options."""
    if len(argument) <= 2 or argument[0] != "-":  # noqa: PLR2004 - "-x"
        return False
    return argument[1] == '"' or (argument[1].isalpha() and not argument[2:].isdigit())


def _take(options: dict[str, Any], name: str, value: str) -> bool:
    """Note an option's value; return whether it is valid."""
    if name == "limit":
        number = int(value) if value.isascii() and value.isdigit() else 0
        options[name] = number
        return 1 <= number <= _MOST_HITS
    options[name] = (*options[name], value) if name == "tags" else value
    return True
