"""Escape sequences of terminals, taken out whole: what is left of one is rubble in a line of text."""

from __future__ import annotations

_ESC = "\x1b"
_C1 = (("\x9b", f"{_ESC}["), ("\x9d", f"{_ESC}]"), ("\x90", f"{_ESC}P"), ("\x9c", f"{_ESC}\\"))
_STRINGS = "]PX^_"  # operating system command, device control, start of string, privacy, application command
_CHARSETS = "()*+"
_SINGLE = "=>78\\"


def has_codes(text: str) -> bool:
    """Whether there may be an escape sequence in the text."""
    return _ESC in text or any(c1 in text for c1, _ in _C1)


def without_codes(text: str) -> str:
    """Return the text with a blank in the place of each escape sequence (ECMA-48, and those of xterm)."""
    for c1, seven_bit in _C1:
        text = text.replace(c1, seven_bit)
    first, *rest = text.split(_ESC)
    last = len(rest) - 1
    for at, part in enumerate(rest):
        first += f" {part[_end(part, is_cut=at < last) :]}"
    return first


def _end(part: str, *, is_cut: bool) -> int:
    """Return where the sequence ends that `part` begins with; `is_cut` says that another one follows."""
    kind = part[:1]
    if kind == "[":
        at = 1
        while " " <= part[at : at + 1] <= "?":
            at += 1
        return at + 1 if "@" <= part[at : at + 1] <= "~" else at
    if kind and kind in _STRINGS:
        bell = part.find("\x07")
        return bell + 1 or (len(part) if is_cut else len(part.split(maxsplit=1)[0]))
    if kind and kind in _CHARSETS:
        return 2
    return 1 if kind and kind in _SINGLE else 0
