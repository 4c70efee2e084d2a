"""Markdown reduced to one sentence of plain text, without a Markdown library."""

from __future__ import annotations

from omx_wiki.hook.terminal_codes import has_codes, without_codes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SUMMARY = 160
_MAX_PARAGRAPH = 1000
_ENOUGH = 3 * MAX_SUMMARY
_MAX_TEXT = 64 * 1024
_MARKS = "\\`*_~[]<!"
_ENDS = ".!?"
_WIDE_ENDS = "\u3002\uff01\uff1f\uff61\u0964\u061f"  # ideographic, full and half width, danda, Arabic
_ALL_ENDS = _ENDS + _WIDE_ENDS
_CLOSERS = "\"')]\u201d\u2019\xbb\u300d\u300f\uff09\u3011"
_ABBREVIATIONS = {"e.g", "i.e", "etc", "vs", "cf", "mr", "mrs", "ms", "dr", "st", "no", "approx", "incl"}
_MIN_CUT = 80


def first_sentence(body: str, title: str) -> str:
    """Return one sentence of real prose from a page body (line ends LF), "" when there is none.

    Headings, code, tables, comments, images and rules are no prose, and neither is the title said again. A
    page of nothing but lists gives its first list item.
    """
    known = _compared(title)
    fallback = ""
    for kind, text in _paragraphs(body[:_MAX_TEXT]):
        if kind == "list" and fallback:
            continue
        sentence = _sentence(plain_text(text[:_MAX_PARAGRAPH])[:_ENOUGH], known)
        if sentence and kind == "prose":
            return sentence
        fallback = fallback or sentence
    return fallback


def first_heading(body: str) -> str:
    """Return the text of the first level-1 heading outside code, else of the first heading, else ""."""
    other = ""
    fence = ""
    for line in body[:_MAX_TEXT].split("\n"):
        fence, in_code = fence_after(line, fence)
        if in_code or line[:1] not in {"#", " "}:
            continue
        level, text = heading(line)
        if level == 1 and text:
            return plain_text(text)
        other = other or text
    return plain_text(other)


def heading(line: str) -> tuple[int, str]:
    """Return level and text of an ATX heading line, (0, "") for any other line."""
    bare = line.lstrip(" ")
    text = bare.lstrip("#")
    level = len(bare) - len(text)
    if not 1 <= level <= 6 or len(line) - len(bare) > 3 or text[:1] not in {"", " ", "\t"}:  # noqa: PLR2004 - CommonMark
        return 0, ""
    text = text.strip()
    closed = text.rstrip("#")
    return level, closed.rstrip() if not closed or closed[-1:] in {" ", "\t"} else text


def fence_after(line: str, fence: str) -> tuple[str, bool]:
    """Follow code fences: return the fence open after the line, and whether the line belongs to a fence."""
    bare = line.lstrip(" ")
    if bare[:3] not in {"```", "~~~"} or len(line) - len(bare) > 3:  # noqa: PLR2004 - CommonMark
        return fence, bool(fence)
    rest = bare.lstrip(bare[0])
    run = bare[: len(bare) - len(rest)]
    if fence:
        closes = run[0] == fence[0] and len(run) >= len(fence) and not rest.strip()
        return ("" if closes else fence), True
    if run[0] == "`" and "`" in rest:
        return "", False
    return run, True


def plain_text(text: str) -> str:
    """Return Markdown inline text without its marks: links as their words, code as it stands, no images.

    Escape sequences of terminals and control characters become blanks.
    """
    if has_codes(text):
        text = without_codes(text)
    if any(mark in text for mark in _MARKS):
        text = _unmarked(text)
    if not text.isprintable():
        text = "".join(" " if c < " " or "\x7f" <= c <= "\x9f" else c for c in text)
    return " ".join(text.split())


def _paragraphs(body: str) -> Iterator[tuple[str, str]]:
    """Yield the blocks of text as (prose or list, text), in order."""
    text = kind = fence = ""
    in_comment = False
    for line in body.split("\n"):
        bare = line.strip()
        fence, in_code = fence_after(line, fence)
        in_comment = not in_code and (in_comment or bare.startswith("<!--"))
        item = ""
        if in_comment:
            in_comment = "-->" not in bare
        elif kind == "prose" and _is_underline(bare):
            kind = ""
        elif not in_code and not _is_no_prose(line, bare, kind):
            item = _list_item(bare)
            if kind and not item:
                text = f"{text} {bare.lstrip('> ')}" if len(text) < _MAX_PARAGRAPH else text
                continue
            if kind:
                yield kind, text
            kind, text = ("list", item) if item else ("prose", bare.lstrip("> "))
            continue
        if kind:
            yield kind, text
        kind = ""
    if kind:
        yield kind, text


def _is_no_prose(line: str, bare: str, open_kind: str) -> bool:
    if not bare or bare[0] == "|" or heading(line)[0]:
        return True
    if not open_kind and (line.startswith(("    ", "\t")) or bare.startswith("> [!")):
        return True
    if bare[0] == "<" and (bare[1:2].isalpha() or bare[1:2] in {"/", "!", "?"}) and "://" not in bare[:9]:
        return True
    return _is_rule(bare) or (bare[0] == "[" and "]: " in bare)


def _is_rule(bare: str) -> bool:
    marks = bare.replace(" ", "")
    return len(marks) > 2 and marks[0] in "-*_=" and not marks.strip(marks[0])  # noqa: PLR2004 - CommonMark


def _is_underline(bare: str) -> bool:
    return bool(bare) and bare[0] in "-=" and not bare.strip(bare[0])


def _list_item(bare: str) -> str:
    """Return the text of a list item without its marker, "" for any other line."""
    marker, _, text = bare.partition(" ")
    if marker not in {"-", "*", "+"} and not (marker[:-1].isdecimal() and marker[-1] in ".)"):
        return ""
    text = text.strip()
    return text[4:] if text[:4] in {"[ ] ", "[x] ", "[X] "} else text


def _compared(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_ALL_ENDS + ": ")


def _sentence(text: str, known: str) -> str:
    """Return the first sentence of plain text that does not merely repeat `known`."""
    while text:
        end = _sentence_end(text)
        sentence, text = text[:end].strip(), text[end:].strip()
        if any(map(str.isalnum, sentence)) and _compared(sentence) != known:
            return _shortened(sentence)
    return ""


def _sentence_end(text: str) -> int:
    for at in _places(text, _ALL_ENDS):
        if text[at] in _WIDE_ENDS or _ends_here(text, at):
            rest = text[at + 1 :]
            return len(text) - len(rest.lstrip(_CLOSERS + _ALL_ENDS))
    return len(text)


def _ends_here(text: str, at: int) -> bool:
    after = text[at + 1 :].lstrip(_CLOSERS + _ENDS)[:2] if at + 1 < len(text) else ""
    if after[:1].strip() or (after[1:2].islower() and text[at] == "."):
        return False
    if text[at] != ".":
        return True
    start = text.rfind(" ", 0, at) + 1
    word = text[start:at].lstrip("([\"'").casefold()
    is_initial = len(word) == 1 and word.isalpha() and word.isascii()
    return word not in _ABBREVIATIONS and not is_initial and not (word.isdecimal() and start == 0)


def _shortened(text: str) -> str:
    if len(text) <= MAX_SUMMARY:
        return text
    cut = text[: MAX_SUMMARY - 1]
    blank = cut.rfind(" ")
    if text[MAX_SUMMARY - 1] != " " and blank >= _MIN_CUT:
        cut = cut[:blank]
    return cut.rstrip(" ,;:-") + "…"


def _unmarked(text: str) -> str:
    parts: list[str] = []
    at = 0
    for place in _places(text, _MARKS):
        if place >= at:
            parts.append(text[at:place])
            shown, at = _mark(text, place)
            parts.append(shown)
    parts.append(text[at:])
    return "".join(parts)


def _places(text: str, chars: str) -> list[int]:
    """Return where any of `chars` stands in the text, in order."""
    found: list[int] = []
    for char in chars:
        at = text.find(char)
        while at >= 0:
            found.append(at)
            at = text.find(char, at + 1)
    found.sort()
    return found


def _mark(text: str, at: int) -> tuple[str, int]:
    """Return what the mark at `at` shows as plain text, and where to go on."""
    char = text[at]
    if char == "\\":
        after = text[at + 1 : at + 2]
        is_escape = bool(after) and not after.isalnum() and not after.isspace()
        return (after, at + 2) if is_escape else (char, at + 1)
    if char == "`":
        return _code(text, at)
    if char == "!" and text[at + 1 : at + 2] == "[":
        return "", _link(text, at + 1)[1]
    if char == "[":
        return _link(text, at)
    if char == "<":
        return _tag(text, at)
    return _emphasis(text, at)


def _code(text: str, at: int) -> tuple[str, int]:
    rest = text[at:].lstrip("`")
    run = "`" * (len(text) - at - len(rest))
    end = text.find(run, at + len(run))
    return (run, at + len(run)) if end < 0 else (text[at + len(run) : end].strip(), end + len(run))


def _link(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 2] == "[[" and (end := text.find("]]", at)) > 0:
        return text[at + 2 : end].rpartition("|")[2], end + 2
    close = _closing(text, at, "[", "]")
    if close < 0:
        return "[", at + 1
    words = text[at + 1 : close]
    shown = "" if words[:1] == "^" else _unmarked(words)
    after = text[close + 1 : close + 2]
    if after == "(" and (end := _closing(text, close + 1, "(", ")")) > 0:
        return shown, end + 1
    if after == "[" and (end := text.find("]", close)) >= 0 and (end := text.find("]", close + 1)) > 0:
        return shown, end + 1
    return (f"[{shown}]" if shown else ""), close + 1


def _closing(text: str, at: int, opener: str, closer: str) -> int:
    depth = 0
    for place in range(at, min(len(text), at + _MAX_PARAGRAPH)):
        if text[place] == opener:
            depth += 1
        elif text[place] == closer:
            depth -= 1
            if not depth:
                return place
    return -1


def _tag(text: str, at: int) -> tuple[str, int]:
    end = text.find(">", at)
    inside = text[at + 1 : end] if end > 0 else ""
    if "://" in inside and " " not in inside:
        return inside, end + 1
    return ("", end + 1) if inside[:1].isalpha() or inside[:1] in {"/", "!"} else ("<", at + 1)


def _emphasis(text: str, at: int) -> tuple[str, int]:
    char = text[at]
    end = at
    while text[end : end + 1] == char:
        end += 1
    before, after = text[at - 1 : at] if at else "", text[end : end + 1]
    is_single = char in "]!" or (char == "~" and end - at == 1)
    is_blank_around = not before.strip() and not after.strip()
    is_inside_word = char == "_" and before.isalnum() and after.isalnum()
    return (text[at:end] if is_single or is_blank_around or is_inside_word else ""), end
