"""Take a few lines of Markdown apart into blocks and whole sentences, and tell the line of every word."""

from __future__ import annotations

from omx_wiki.search.markup import fenced, heading_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PROSE, ITEM, ROW, QUOTE, CODE, HEADING = range(6)
_RULE = set("#>*-+=|`~_: \t")
_ENDS = ".!?"
_WIDE_ENDS = "。！？"  # noqa: RUF001 - the marks of other scripts
_CLOSERS = "\"')]}*_`»”’"  # noqa: RUF001 - quotes as they are printed
_OPENERS = "\"'([{«“‘"  # noqa: RUF001 - quotes as they are printed
_AROUND = ".,;:!?()[]{}\"'"
_BULLETS = ("- ", "* ", "+ ")
_LONGEST_NUMBER = 4
_CHECKBOXES = ("[ ] ", "[x] ", "[X] ")
_INDENTS = ("    ", "\t")
_SPREAD = 40
_ABBREVIATIONS = """
approx ca cf ch co corp dept dr e.g ed eg eq esp est etc ex fig figs i.e ie inc incl jr ltd max min mr mrs ms
no nos p.s pp prof resp rev sec sr st vol vs
"""
_KNOWN_SHORT = set(_ABBREVIATIONS.split())


class Sentence:
    """A sentence, or what stands for one: a heading, a row of a table, a line of code.

    Attributes:
        text: without Markdown's marks at its ends and for emphasis; words are parted by single blanks.
        lines: for each blank-parted piece of the text the index of the line on which it stands.
        kind: of the block it stands in.
        block: which block that is.
    """

    __slots__ = ("block", "kind", "lines", "text")

    def __init__(self, pieces: list[tuple[str, int]], kind: int, block: int) -> None:
        self.text = " ".join(piece for piece, _ in pieces)
        self.lines = [line for _, line in pieces]
        self.kind = kind
        self.block = block

    def line_at(self, position: int) -> int:
        """Return the line on which the character at a position of the text stands."""
        return self.lines[self.text.count(" ", 0, position)]


def sentences_of(lines: list[str], first: int, last: int) -> Iterator[Sentence]:
    """Yield the sentences of the blocks that the lines from `first` to before `last` belong to, in order."""
    pieces: list[tuple[str, int]] = []
    kind, block = -1, 0
    for number, line, found, starts in _kinds(lines, *_whole_blocks(lines, first, last)):
        if starts or found != kind:
            yield from _split(pieces, kind, block)
            pieces, kind, block = [], found, block + 1
        text = _bare(line, found, is_first=not pieces)
        pieces += [(piece, number) for piece in text.split()]
    yield from _split(pieces, kind, block)


def _whole_blocks(lines: list[str], first: int, last: int) -> tuple[int, int]:
    """Return the lines widened, within bounds, to where paragraphs begin and end."""
    first, last = min(first, len(lines)), min(last, len(lines))
    start, end = first, last
    if start >= end:
        return start, end
    while start > max(0, first - _SPREAD) and _goes_on(lines[start - 1], lines[start]):
        start -= 1
    while 0 < end < len(lines) and end < last + _SPREAD and _goes_on(lines[end - 1], lines[end]):
        end += 1
    return start, end


def _goes_on(line: str, following: str) -> bool:
    """Whether a line of prose may go on in the following one."""
    return not heading_text(line) and not _is_empty(line) and _kind(following) == PROSE


def _kinds(lines: list[str], first: int, last: int) -> Iterator[tuple[int, str, int, bool]]:
    """Yield for each line that says something its index, itself, its kind, and whether it starts a block."""
    fence = ""
    if any("```" in line or "~~~" in line for line in lines[:last]):
        for line in lines[:first]:
            fence, _ = fenced(line, fence)
    open_kind = -1
    for number in range(first, last):
        line = lines[number]
        fence, is_code = fenced(line, fence)
        if is_code and not line.lstrip().startswith(("```", "~~~")) and line.strip():
            yield number, line, CODE, True
            open_kind = -1
        elif is_code or _is_empty(line):
            open_kind = -1
        else:
            found = _kind(line)
            if open_kind < 0 and found == PROSE and line.startswith(_INDENTS):
                yield number, line, CODE, True
                continue
            goes_on = (found == PROSE and open_kind in {PROSE, ITEM, QUOTE}) or found == open_kind == QUOTE
            open_kind = open_kind if goes_on else found
            yield number, line, open_kind, not goes_on
            open_kind = -1 if open_kind == HEADING else open_kind


def _kind(line: str) -> int:
    """Return what a line that is neither code nor empty begins or goes on with."""
    if heading_text(line):
        return HEADING
    text = line.lstrip()
    if text.startswith(">"):
        return QUOTE
    if text.startswith("|"):
        return ROW
    return ITEM if _without_bullet(text) != text else PROSE


def _is_empty(line: str) -> bool:
    """Whether a line says nothing: it is blank, a rule, or the underline of a heading or a table's head."""
    return not set(line) - _RULE or not line.strip()


def _without_bullet(text: str) -> str:
    if text.startswith(_BULLETS):
        return text[2:].lstrip()
    number = text[: _LONGEST_NUMBER + 2].partition(" ")[0]
    if number[-1:] in {".", ")"} and number[:-1].isdigit() and text[len(number) :].startswith(" "):
        return text[len(number) + 1 :].lstrip()
    return text


def _bare(line: str, kind: int, *, is_first: bool) -> str:
    """Return a line without what makes it one of its kind."""
    text = line.strip()
    if kind == HEADING:
        return heading_text(text)
    if kind == QUOTE:
        return text.lstrip("> ")
    if kind == ROW:
        return text.strip("| ")
    if kind == ITEM and is_first:
        text = _without_bullet(text)
        return text[4:] if text.startswith(_CHECKBOXES) else text
    return text


def _split(pieces: list[tuple[str, int]], kind: int, block: int) -> Iterator[Sentence]:
    """Yield the sentences of one block."""
    pieces = _printable(pieces) if kind == CODE else _without_emphasis(_printable(pieces))
    if kind in {CODE, ROW, HEADING}:
        if pieces:
            yield Sentence(pieces, kind, block)
        return
    start = 0
    pieces = list(_apart(pieces))
    for at, (piece, _) in enumerate(pieces, 1):
        if at == len(pieces) or _ends_sentence(piece):
            yield Sentence(pieces[start:at], kind, block)
            start = at


def _printable(pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
    if all(piece.isprintable() for piece, _ in pieces):
        return pieces
    clean = (("".join(char for char in piece if char.isprintable()), line) for piece, line in pieces)
    return [(piece, line) for piece, line in clean if piece]


def _apart(pieces: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the pieces, cut behind each sentence of a script that has no blanks between them."""
    for piece, line in pieces:
        start = 0
        if not piece.isascii():
            for at, char in enumerate(piece[:-1], 1):
                if char in _WIDE_ENDS and piece[at] not in _WIDE_ENDS + _CLOSERS + "」』":
                    yield piece[start:at], line
                    start = at
        yield piece[start:], line


def _ends_sentence(piece: str) -> bool:
    word = piece.rstrip(_CLOSERS + "」』")
    if not word or word[-1] not in _ENDS:
        return word[-1:] in _WIDE_ENDS if word else False
    if word[-1] != ".":
        return True
    word = word[:-1].lstrip(_OPENERS).lower()
    return not (len(word) == 1 or word.isdigit() or word in _KNOWN_SHORT)


def _without_emphasis(pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Take pairs of ** and __ around words out; those inside of code and of names as `__init__` stay."""
    found = [piece for piece, _ in pieces]
    for mark in ("**", "__"):
        opened = -1
        for at, piece in enumerate(found):
            if mark not in piece or "`" in piece:
                continue
            core = piece.strip(_AROUND)
            if mark == "__" and core.startswith(mark) and core.endswith(mark):
                continue
            if opened < 0 and core.startswith(mark):
                opened = at
            if opened >= 0 and mark in (piece if opened != at else piece.replace(mark, "", 1)):
                found[opened] = found[opened].replace(mark, "", 1)
                found[at] = found[at].replace(mark, "", 1)
                opened = -1
    return [(piece, line) for piece, (_, line) in zip(found, pieces, strict=True) if piece]
