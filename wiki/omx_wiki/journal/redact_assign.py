"""Find values assigned to names that announce a secret, in any of the spellings of shells, data and code."""

# ruff: noqa: PLR2004 - lengths are what this file is about, each stands once where it decides
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omx_wiki.journal.redact_names import secret_kind
from omx_wiki.journal.redact_values import (
    is_basic,
    is_identifier_shape,
    is_reference,
    is_structured,
    is_uuid,
    looks_like_password,
    looks_random,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LITERALS = (
    "pass",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "psw",
    "pw",
    "psk",
    "jwt",
    "_pat",
    "signature",
    "salt",
    "mdp",
)
"""What a secret's name contains, in lower case."""

_NAME_CHARS = re.compile(r"[A-Za-z0-9_.-]{1,48}")
_NAME_END = re.compile(r"[A-Za-z0-9_-]{0,32}(?:\.[A-Za-z0-9_-]{1,32}){0,2}")
_ASSIGN = re.compile(
    r"""
    (?P<close>\\{0,3}["'`]|\*\*)? (?:\]|\))? (?P<op>
        (?::[ ]?(?:str|string|String|SecretStr|\&str|&'static[ ]str|Optional\[str\]|str[ ]\|[ ]None))? \s{0,8}
            (?:=>|:=|\?=|={1,3}|:|->|%3[dD]|\\u003[dD]) (?:\*\*)? \s{0,4} (?:\r?\n[ ]{1,16})?
            (?:[\w.$]{1,64} \s? (?:\|\||\?\?|or) \s? (?=["']))?          # process.env.X || "…"
      | ["']?\s{0,2},?\s{0,20}\\{0,3}["']?(?i:value)\\{0,3}["']?\s?[:=]\s{0,3}  # {"name": …, "value": …}
      | > (?=[^<>\s]{4,256}</)                                                  # <password>…</password>
      | ,\s{0,3}(?=\\{0,3}["'])                                # set("token", "…"), ["--token", "…"]
      | [ ](?:is|was|to)(?:[ ]now)?:?[ ]                                        # prose
      | [ ]{0,24}\|[ ]{1,8}                                                       # | password | … |
      | [ \t]{1,4}
    )
    (?:(?:[bBrRfu]|SecretStr\(|\$)(?=["']))?
    (?: (?P<escaped>\\{1,3}["'])(?P<v1>(?:\\{3,7}["'\\]|[^"'\\\r\n]|\\(?!["'])){1,1024})
      | (?P<quote>["'`])(?P<v2>(?:(?!(?P=quote))[^\\\r\n]|\\.){1,1024})
      | (?P<v3>(?:[^\s"'`;,&|<>(){}\[\]\\]
                | &(?![\w.-]{1,40}=|[&\s]) | ,(?!\s|["']?[\w.-]{1,40}["']?\s?[=:])){1,128})
    )
    """,
    re.VERBOSE | re.ASCII,
)
_LONG = 128  # characters of an unquoted value that are looked at
_RUN = re.compile(r"[A-Za-z0-9+/=_.-]*+")
_SPOKEN = re.compile(r"(?i)\b(?:api|secret|access|license) $")
_CALLABLE = re.compile(r"[A-Za-z_][\w.]*")
_WEAK_PROSE = re.compile(r" (?:is|was|to)\b")
_ENV_CONTEXT = re.compile(r"(?i)(?:\b(?:env|setenv|set|setx|config|add|put|secret)\s+(?:-\w+ )?|--?)$")


def assignments(text: str, folded: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of each secret value; `folded` is the text in lower case, as long."""
    seen = -1
    for at in sorted(_occurrences(folded)):
        if at < seen:
            continue
        start, end = _name_span(text, at)
        seen = end
        kind = secret_kind(text[start:end]) or _spoken_kind(text, start, end)
        if not kind:
            continue
        found = _ASSIGN.match(text, end)
        if found and (span := _value_span(text, start, found, kind)):
            seen = _run_end(text, *span)
            yield span[0], seen, kind


def _spoken_kind(text: str, start: int, end: int) -> str:
    """Return the kind of a name of two words, as in "the API key is …"."""
    before = _SPOKEN.search(text, max(start - 12, 0), start) if text[start:end].lower() == "key" else None
    return "api-key" if before else ""


def _run_end(text: str, start: int, end: int) -> int:
    """Return where a value really ends: one longer than the pattern's limit goes on."""
    rest = _RUN.match(text, end) if end - start >= _LONG else None
    return rest.end() if rest else end


def _occurrences(folded: str) -> Iterator[int]:
    for literal in LITERALS:
        at = folded.find(literal)
        while at >= 0:
            yield at
            at = folded.find(literal, at + len(literal))


def _name_span(text: str, at: int) -> tuple[int, int]:
    """Return the span of the identifier around a position, at most some dozens of characters each way."""
    head = text[max(at - 48, 0) : at][::-1]
    before = _NAME_CHARS.match(head)
    start = at - (before.end() if before else 0)
    if start > 0 and text[start - 1] == "\\" and text[start] in "nrt":
        start += 1
    end = _NAME_END.match(text, at)
    return start, end.end() if end else at


def _value_span(text: str, start: int, found: re.Match[str], kind: str) -> tuple[int, int] | None:
    group = next(name for name in ("v1", "v2", "v3") if found[name] is not None)
    value, first = found[group], found.start(group)
    if text[max(start - 2, 0) : start] in {"//", "::"}:  # a URL's user, a type
        return None
    if group == "v3":
        value = value.rstrip(".,:*?" if kind != "password" else ".,:")
    name = text[start : found.start()]
    if not value or not (_is_bound(text, start, found, group) or _is_unmistakable(value, kind)):
        return None
    following = text[first + len(value) : first + len(value) + 1] if group == "v3" else ""
    if following and following in "([" and _CALLABLE.fullmatch(value):
        return None
    is_code = following == ")"
    if found["op"].startswith(",") and not looks_random(value, 10):
        return None
    return (first, first + len(value)) if _is_secret(value, kind, name, is_code=is_code) else None


def _is_bound(text: str, start: int, found: re.Match[str], group: str) -> bool:
    """Return whether the operator really assigns: a bare space does so only after a flag or `ENV`."""
    operator = found["op"]
    if operator.strip():
        if _WEAK_PROSE.match(operator):
            return found["close"] is None or found["close"] in "`**"
        if operator.strip() == "|":
            return text[max(start - 24, 0) : start].rstrip(" *`").endswith("|")
        return operator[0] != ">" or "<" in text[max(start - 40, 0) : start]
    before = text[max(start - 24, 0) : start]
    name = text[start : found.start()]
    return (
        name.startswith("--")
        or _ENV_CONTEXT.search(before) is not None
        or (group == "v2" and name.startswith("-"))
    )


def _is_secret(value: str, kind: str, name: str, *, is_code: bool) -> bool:
    if value.isspace() or is_reference(value):
        return False
    if kind == "password":
        strict = is_code or name.lower() in {"pass", "pw"}
        return (not strict and looks_like_password(value)) or looks_random(value, 8)
    if is_identifier_shape(value):
        return is_uuid(value) and (kind in {"secret", "api-key"} or _is_qualified(name))
    if kind in {"signature", "credential"}:
        return looks_random(value, 20) or (kind == "credential" and is_basic(value))
    if (
        kind == "secret"
        and not is_code
        and not is_structured(value)
        and looks_like_password(value)
        and len(value) >= 8
    ):
        return True
    return looks_random(value, 12)


def _is_unmistakable(value: str, kind: str) -> bool:
    """Return whether a value is secret enough to need no operator before it, as in `token a1B2…`."""
    mixed = all(any(map(test, value)) for test in (str.isupper, str.islower, str.isdigit))
    is_key = mixed or (kind == "api-key" and len(value) >= 32)
    return is_key and value.isalnum() and looks_random(value, 20)


def _is_qualified(name: str) -> bool:
    return re.search(r"(?i)(?:access|auth|api|refresh|bearer|bot)[-_]?token", name) is not None
