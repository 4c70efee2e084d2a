"""What people and agents state outright: corrections, decisions, a title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TITLE = 72
_CORRECTION = re.compile(
    r"(?:no|nope|wait|stop|wrong|incorrect|undo|revert|roll ?back|that(?:'|\u2019)?s (?:not|wrong|incorrect)"
    r"|that is (?:not|wrong|incorrect)|not what i|you (?:broke|forgot|missed|misunderstood)"
    r"|i (?:said|meant|didn(?:'|\u2019)t (?:ask|mean))|don(?:'|\u2019)t do|actually,)(?![\w-])",
    re.IGNORECASE,
)
_NOT_CORRECTION = re.compile(
    r"no (?:problem|worries|need|rush)\b|wait for\b|stop the\b|nope?, thanks", re.IGNORECASE
)
_DECISION = re.compile(
    r"\s{0,8}(?:[-*+>]\s+|\d{1,3}[.)]\s+|#{1,6}\s+)?[*_]{0,2}"
    r"(?:Decision\b[^:\n]{0,60}:|Decided\b|We (?:will|decided|chose)\b|We[\u2019']ll\b"
    r"|Chose\b.{1,120}?\bover\b)",
)
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_GREETING = re.compile(
    r"(?:hi|hello|hey|yo|thanks|thank you|ok|okay|yes|no|y|n|go|continue|please continue|test|ping"
    r"|good morning)"
    r"(?: there| codex| claude)?[\s!.,?]*\Z",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"/[a-z][\w:-]*(?:\s|\Z)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|[\u3002\uff01\uff1f]|\n")
_MARKUP = re.compile(r"^[#>*\-\s]+|`|\*\*")
_MIN_CUT = 40


def is_correction(prompt: str) -> bool:
    """Whether a prompt starts by rejecting what was done before."""
    start = prompt.lstrip()
    return _CORRECTION.match(start) is not None and _NOT_CORRECTION.match(start) is None


def decisions(text: str) -> list[str]:
    """Return the lines that say outright what was decided, outside code blocks."""
    found = []
    in_code = False
    for line in text.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and _DECISION.match(line):
            found.append(line.strip())
    return found


def title_of(prompts: Iterable[str]) -> str:
    """Return the first sentence of the first prompt with substance, at most 72 characters."""
    fallback = ""
    for prompt in prompts:
        sentence = _first_sentence(prompt)
        fallback = fallback or sentence
        if sentence and not _GREETING.match(sentence) and not _COMMAND.match(sentence):
            return sentence
    return fallback


def _first_sentence(prompt: str) -> str:
    sentence = _SENTENCE_END.split(prompt.strip(), maxsplit=1)[0]
    sentence = " ".join(_MARKUP.sub("", sentence).split()).rstrip(".:")
    if len(sentence) <= MAX_TITLE:
        return sentence
    cut = sentence[: MAX_TITLE - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space >= _MIN_CUT else cut).rstrip(" ,;:-") + "…"
