"""The pieces of an identifier: `HTTPServerError2` is made of `HTTP`, `Server`, `Error` and `2`."""

from __future__ import annotations

from omx_wiki.search.scripts import is_mark

_OTHER, _CAPITAL, _SMALL, _DIGIT = range(4)


def pieces(word: str) -> list[str]:
    """Return the runs of letters of one case (with a capital in front) and the numbers of `word`.

    Capitals are those of English alone; letters of other scripts count as small ones.
    """
    kinds = [_kind(char) for char in word]
    found: list[str] = []
    at = 0
    while at < len(word):
        end = _piece_end(kinds, at)
        if end > at:
            found.append(word[at:end])
        at = max(end, at + 1)
    return found


def _piece_end(kinds: list[int], at: int) -> int:
    kind = kinds[at]
    if kind in {_OTHER, _SMALL, _DIGIT}:
        return at if kind == _OTHER else _run_end(kinds, at, kind)
    end = _run_end(kinds, at, _CAPITAL)
    if kinds[end : end + 1] != [_SMALL]:
        return end
    return end - 1 if end - 1 > at else _run_end(kinds, end, _SMALL)


def _run_end(kinds: list[int], at: int, kind: int) -> int:
    while at < len(kinds) and kinds[at] == kind:
        at += 1
    return at


def _kind(char: str) -> int:
    if "A" <= char <= "Z":
        return _CAPITAL
    if char.isdecimal():
        return _DIGIT
    return _SMALL if char.isalnum() or (char > "\u02ff" and is_mark(char)) else _OTHER
