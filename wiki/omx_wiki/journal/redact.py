"""Replace secrets in text by `[redacted:KIND]` and drop `<private>` spans; every other character stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.journal.redact_assign import assignments
from omx_wiki.journal.redact_context import (
    COOKIE_LINE,
    COOKIE_NAME,
    COOKIE_PAIR,
    PGPASS_LINE,
    PLACES,
    SESSION_ID,
    Place,
    is_cookie,
    is_password,
)
from omx_wiki.journal.redact_keys import private_keys
from omx_wiki.journal.redact_rules import RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLACEHOLDER = re.compile(r"\[redacted:[a-z0-9-]{1,40}\]|\[private\]")
_PRIVATE_TAG = re.compile(r"(?i)(?<!`)<(/?)private\s{0,8}>(?!`)")
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])")
_AWS_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")
_RULE_RANK = 2  # private spans and key blocks come first
_PLACE_RANK = _RULE_RANK + len(RULES)
_LINE_RANK = _PLACE_RANK + len(PLACES)
_NAME_RANK = _LINE_RANK + 1
_RULE_LITERALS = [(literal, row) for row, rule in enumerate(RULES) for literal in rule.literals]
_PLACE_LITERALS = [(place.literal, row) for row, place in enumerate(PLACES)]
_PASSES = 8  # a hostile text could be made to need more; real ones settle in two


class Redacted(NamedTuple):
    """A text without its secrets, and how many of each kind were taken out."""

    text: str
    counts: dict[str, int]


class Secret(NamedTuple):
    """Where a secret stands in the text (`start` to `end`) and its kind; `private` for a `<private>` span."""

    start: int
    end: int
    kind: str


class _Hit(NamedTuple):
    start: int
    end: int
    rank: int
    kind: str


def redact(text: str) -> Redacted:
    """Return the text without secrets and the number of each kind; redacting again changes nothing."""
    secrets = find_secrets(text)
    return Redacted(_render(text, secrets), dict(Counter(secret.kind for secret in secrets)))


def redact_text(text: str) -> str:
    """Return the text without secrets."""
    return redact(text).text


def find_secrets(text: str) -> list[Secret]:
    """Return the secrets of a text in order, none overlapping another.

    The text is scanned until a scan of the result finds nothing, which is what makes redaction idempotent.
    """
    hits: list[_Hit] = []
    rendered = text
    for _ in range(_PASSES):
        fresh = _scan(rendered)
        if not fresh:
            break
        hits = _merge([*hits, *_to_original(fresh, hits)])
        rendered = _render(text, _secrets(hits))
    return _secrets(hits)


def _scan(text: str) -> list[_Hit]:
    folded = _fold(text)
    hits = [*_private(text, folded), *_keys(text)]
    for rank, literals in _present(text, _RULE_LITERALS).items():
        hits += _rule_hits(text, RULES[rank], literals, rank + _RULE_RANK)
    for rank in _present(folded, _PLACE_LITERALS):
        hits += _place_hits(text, folded, PLACES[rank], rank + _PLACE_RANK)
    hits += [*_aws_secrets(text), *_cookies(text, folded), *_lines(text, folded)]
    hits += [_Hit(start, end, _NAME_RANK, kind) for start, end, kind in assignments(text, folded)]
    return _outside_placeholders(text, _merge(hits))


def _fold(text: str) -> str:
    """Return the text in lower case with every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else re.sub("[A-Z]+", lambda found: found[0].lower(), text)


def _private(text: str, folded: str) -> Iterator[_Hit]:
    if "<private" not in folded:
        return
    depth = start = 0
    for tag in _PRIVATE_TAG.finditer(text):
        if not tag[1]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield _Hit(start, tag.end(), 0, "private")
    if depth:
        yield _Hit(start, len(text), 0, "private")


def _keys(text: str) -> Iterator[_Hit]:
    for start, end in private_keys(text):
        yield _Hit(start, end, 1, "private-key")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)  # a token may touch a letter of another script


def _present(text: str, literals: list[tuple[str, int]]) -> dict[int, list[str]]:
    """Return the rows that have a literal in the text, with those literals: all that most rows ever cost."""
    found: dict[int, list[str]] = {}
    for literal, row in [pair for pair in literals if pair[0] in text]:
        found.setdefault(row, []).append(literal)
    return found


def _rule_hits(text: str, rule: Rule, literals: list[str], rank: int) -> Iterator[_Hit]:
    pattern = _compiled(rule.pattern)
    if not rule.anchored:
        yield from (
            _hit(found, rank, rule.kind) for found in pattern.finditer(text) if rule.accept(_part(found))
        )
        return
    for literal in literals:
        at = text.find(literal)
        while at >= 0:
            found = pattern.match(text, at)
            if found and rule.accept(_part(found)):
                yield _hit(found, rank, rule.kind)
                at = found.end() - 1
            at = text.find(literal, at + 1)


def _place_hits(text: str, folded: str, place: Place, rank: int) -> Iterator[_Hit]:
    at = folded.find(place.literal)
    while at >= 0:
        found = _compiled(place.pattern).match(text, at + place.skip)
        if found and place.accept(found["s"]):
            yield _hit(found, rank, place.kind)
        at = folded.find(place.literal, at + 1)


def _part(found: re.Match[str]) -> str:
    return found["s"] if "s" in found.re.groupindex else found[0]


def _hit(found: re.Match[str], rank: int, kind: str) -> _Hit:
    return _Hit(*(found.span("s") if "s" in found.re.groupindex else found.span()), rank, kind)


def _aws_secrets(text: str) -> Iterator[_Hit]:
    """Find the 40 characters of a secret key near its id: alone they have no shape."""
    for word in ("AKIA", "ASIA"):
        if word not in text:
            continue
        for found in _AWS_ID.finditer(text):
            for secret in _AWS_SECRET.finditer(text, found.end(), min(found.end() + 160, len(text))):
                value = secret[0]
                if any(map(str.isupper, value)) and any(map(str.islower, value)):
                    yield _Hit(*secret.span(), _LINE_RANK, "aws-secret-key")


def _cookies(text: str, folded: str) -> Iterator[_Hit]:
    if "cookie" in folded or "curl" in folded:
        for line in COOKIE_LINE.finditer(text):
            for pair in COOKIE_PAIR.finditer(text, *line.span("s")):
                named = COOKIE_NAME.search(pair["name"]) is not None
                if is_cookie(pair["s"]) or (named and is_password(pair["s"])):
                    yield _Hit(*pair.span("s"), _LINE_RANK, "cookie")


def _lines(text: str, folded: str) -> Iterator[_Hit]:
    if "sess" in folded or ".sid" in folded or "__" in folded:
        for found in SESSION_ID.finditer(text):
            if is_cookie(found["s"]):
                yield _hit(found, _LINE_RANK, "session-id")
    if ":54" in text or ":*:" in text or ":6432:" in text:
        for found in PGPASS_LINE.finditer(text):
            if is_password(found["s"]):
                yield _hit(found, _LINE_RANK, "pgpass-password")


def _merge(hits: Iterable[_Hit]) -> list[_Hit]:
    """Join overlapping hits; the one of the strongest rule names the kind."""
    merged: list[_Hit] = []
    for hit in sorted(hits):
        if merged and hit.start < merged[-1].end:
            last = merged[-1]
            best = min(last, hit, key=lambda each: each.rank)
            merged[-1] = _Hit(last.start, max(last.end, hit.end), best.rank, best.kind)
        else:
            merged.append(hit)
    return merged


def _outside_placeholders(text: str, hits: list[_Hit]) -> list[_Hit]:
    if not hits or ("[redacted:" not in text and "[private]" not in text):
        return hits
    spans = [found.span() for found in _PLACEHOLDER.finditer(text)]
    starts = [start for start, _ in spans]

    def is_inside(hit: _Hit) -> bool:
        index = bisect_right(starts, hit.start) - 1
        return index >= 0 and hit.end <= spans[index][1]

    return [hit for hit in hits if not is_inside(hit)]


def _secrets(hits: list[_Hit]) -> list[Secret]:
    return [Secret(hit.start, hit.end, hit.kind) for hit in hits]


def _placeholder(kind: str) -> str:
    return "[private]" if kind == "private" else f"[redacted:{kind}]"


def _render(text: str, secrets: list[Secret]) -> str:
    pieces: list[str] = []
    at = 0
    for secret in secrets:
        pieces += (text[at : secret.start], _placeholder(secret.kind))
        at = secret.end
    return "".join((*pieces, text[at:]))


def _to_original(fresh: list[_Hit], known: list[_Hit]) -> Iterator[_Hit]:
    """Translate hits in the rendered text to the original; part of a placeholder means all of it."""
    starts: list[int] = []  # of each known hit's placeholder in the rendered text
    grown = 0
    for hit in known:
        starts.append(hit.start + grown)
        grown += len(_placeholder(hit.kind)) - (hit.end - hit.start)

    def original(position: int, *, is_end: bool) -> int:
        index = bisect_right(starts, position - is_end) - 1
        if index < 0:
            return position
        hit = known[index]
        past = position - starts[index] - len(_placeholder(hit.kind))
        if past < 0:
            return hit.end if is_end else hit.start
        return hit.end + past

    for hit in fresh:
        yield hit._replace(start=original(hit.start, is_end=False), end=original(hit.end, is_end=True))
