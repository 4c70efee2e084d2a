"""Which prompts call the wiki: those that start with a call, such as `$wiki`, `wiki query` or `wiki add`."""

from __future__ import annotations

QUERY, ADD, HELP = "query", "add", "help"
MOST_QUERY_CHARACTERS = 512

_NAME = "wiki"
_CALLS = {"$wiki", "$omx-wiki", "$omx-wiki:wiki"}
"""Our skill, under the name it has beside another skill of that name, and in a plugin."""

_LONGEST = max(map(len, _CALLS))
_VERBS = {QUERY, ADD}


class Route:
    """What a prompt asks of the wiki: `kind` is QUERY, ADD or HELP, `text` what follows the calling words."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text


def route(prompt: str | None) -> Route | None:
    """Return what `prompt` asks of the wiki, None when it does not start by calling it.

    The calling words may be of any case and have any white space between them; nothing else may touch them.
    """
    prompt = prompt or ""
    words = prompt.split(None, 2)
    first, second = (_lower(word) for word in [*words[:2], "", ""][:2])
    if first not in {_NAME, *_CALLS} or (first == _NAME and second not in _VERBS):
        return None
    if second in _VERBS:
        kind, text = second, words[2] if len(words) > 2 else ""  # noqa: PLR2004  (after two words)
    else:
        kind, text = QUERY, "".join(prompt.split(None, 1)[1:])
    return Route(kind if text else HELP, text.rstrip())


def query_of(text: str) -> str:
    """Return the query in `text` on one line: its first paragraph; the search cuts it and says so.

    What does not print becomes a blank; "" is returned when nothing else is there.
    """
    lines: list[str] = []
    for line in text[: MOST_QUERY_CHARACTERS * 4].splitlines():
        words = "".join(c if c.isprintable() else " " for c in line).split()
        if not words and lines:
            break
        lines += words
    return " ".join(lines)[: MOST_QUERY_CHARACTERS + 1]


def _lower(word: str) -> str:
    return word.lower() if len(word) <= _LONGEST else ""
