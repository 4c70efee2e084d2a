"""What a prompt that calls the wiki is told without a search: how to use it, how to add this text to it."""

from __future__ import annotations

from omx_wiki.hook.frame import framed, is_harmless, quoted, shown_command
from omx_wiki.hook.item import clean, count_bytes

MOST_BYTES = 2400
"""The most that a prompt is answered with."""

_MOST_TEXT_CHARACTERS = 512
_MOST_QUERY_BYTES = 400
_TITLE_CHARACTERS = 60


def how_to(wiki: str) -> str:
    """Return the two lines for a bare call."""
    wiki = shown_command(wiki)
    return framed(
        f"Search the project's wiki: {wiki} query WORDS (in a prompt: $wiki WORDS);"
        f" read a page: {wiki} show PAGE\n"
        f"Keep a lasting finding: {wiki} add TITLE TEXT;"
        f" a longer text comes from standard input: {wiki} add TITLE --file -\n"
    )


def how_to_query(wiki: str, query: str, why: str) -> str:
    """Return how to search for `query` when the hook could not; `why` is the reason, a whole sentence."""
    return framed(f"{why} Search the project's wiki yourself: {query_command(wiki, query)}\n")


def query_command(wiki: str, query: str, options: str = "") -> str:
    """Return the command that searches for `query`, its words left open when they cannot be shown."""
    command = f"{shown_command(wiki)} query {options}"
    exact = command + (f"-- {quoted(query)}" if query.startswith("-") else quoted(query))
    return exact if is_harmless(exact) and count_bytes(exact) <= _MOST_QUERY_BYTES else f"{command}WORDS"


def how_to_add(wiki: str, text: str) -> str:
    """Return the command that adds `text`; what is long or has several lines is to come by standard input."""
    wiki = shown_command(wiki)
    words = _words_of(text) if len(text) <= _MOST_TEXT_CHARACTERS and is_harmless(text) else []
    command = f"{wiki} add {' '.join(words)}"
    if words and is_harmless(command):
        exact = framed(
            "Nothing is written yet. This command keeps the text in the project's wiki"
            f" (choose a better title where there is one):\n{command}\n"
            f"A longer text comes from standard input: {wiki} add TITLE --file -\n"
        )
        if count_bytes(exact) <= MOST_BYTES:
            return exact
    title = quoted(clean(text.partition("\n")[0], _TITLE_CHARACTERS) or "TITLE")
    return framed(
        "Nothing is written yet. This command keeps the text in the project's wiki when it gets it on"
        " standard input (--file FILE takes it from a file; choose a better title where there is one):\n"
        f"{wiki} add --file - -- {title}\n"
    )


def _words_of(text: str) -> list[str]:
    """Return the words after `wiki add` for a shell: as typed when they are a command line already.

    A text that is just a title has none: what to say about it is to come by standard input.
    """
    if text[:1] in {'"', "'"} and (typed := _typed(text)):
        return [quoted(word) for word in typed]
    title, body = _title_and_body(text)
    return [] if title == body else ["--", quoted(title), quoted(body)]


def _typed(text: str) -> list[str]:
    """Return the words of `text` if they are a title, a text and perhaps options, [] otherwise."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError:
        return []
    plain = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    return words if plain == 2 and all(words[:2]) else []  # noqa: PLR2004  (title and text)


def _title_and_body(text: str) -> tuple[str, str]:
    """Split at an early colon; else the title is the beginning of the text."""
    title, colon, body = text.partition(": ")
    if colon and title.strip() and body.strip() and len(title) <= _TITLE_CHARACTERS:
        return title.strip(), body.strip()
    if len(text) <= _TITLE_CHARACTERS:
        return text, text
    return text[: _TITLE_CHARACTERS + 1].rpartition(" ")[0].strip() or text[:_TITLE_CHARACTERS], text
