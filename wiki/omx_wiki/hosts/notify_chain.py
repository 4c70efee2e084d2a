"""Puts our launcher in front of a person's `notify` program in Codex's `config.toml`, and takes it out again.

Codex has one such program. The launcher passes what it gets on to the words behind `--then`, so the person's
own program stays in use; its words stay where and how they stand in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omx_wiki.errors import RefusedError
from omx_wiki.hosts import launcher, toml_edit
from omx_wiki.hosts.notify_dispatch import is_wrapped
from omx_wiki.hosts.toml_scan import TomlTextError, elements, scan
from omx_wiki.hosts.toml_text import bom, decode, parse, quote, read_settings, reads_as, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omx_wiki.hosts.toml_scan import Statement

THEN = "--then"
_KEY = "notify"
_WORDS = 3
_REMEDY = "repair the file, then run this again"


def install(old: bytes | None, command: list[str], name: str = "config.toml") -> bytes:
    """Return `old` (None: no file) with our command as `notify`, a program that is there behind it.

    A second time nothing changes, nor where another program runs our launcher. Raises RefusedError, naming
    the file, when it is not TOML that Python can read, or has a `notify` that is no array of strings.
    """
    text = decode(old or b"", name, _REMEDY)
    settings = parse(text, name, _REMEDY)
    present = _present(settings, name)
    if present is not None and not is_ours(present) and is_wrapped(present, name):
        return old or b""
    words = [*command, *_then(present)]
    new = _put(text, present, command, name, is_new=old is None)
    expected = {**settings, _KEY: words}
    is_undone = reads_as(new, expected) and _without(new, expected, name) == _without(text, settings, name)
    if not is_undone:
        raise RefusedError(f"{name} is written so that our {_KEY} could not be taken out again", _REMEDY)
    return bom(old or b"") + new.encode()


def remove(current: bytes, name: str = "config.toml") -> bytes | None:
    """Return `current` with the person's own program alone, None when nothing but ours was in the file.

    Raises RefusedError when the file cannot be read, or a person added words to our command.
    """
    text = decode(current, name, _REMEDY)
    rest = bom(current) + _without(text, parse(text, name, _REMEDY), name).encode()
    return None if not rest and text.endswith("\n") else rest


def program(content: bytes, name: str = "config.toml") -> list[str] | None:
    """Return the words of `notify`, None without one; raises RefusedError as `install`."""
    return _present(read_settings(content, name, _REMEDY), name)


def is_ours(words: object) -> bool:
    """Whether `notify` starts our launcher first."""
    return launcher.is_hook_argv(words)


def _present(settings: Mapping[str, Any], name: str) -> list[str] | None:
    found = settings.get(_KEY)
    if found is None:
        return None
    if isinstance(found, list) and all(isinstance(word, str) for word in found):
        return found
    raise RefusedError(
        f"{name} has a {_KEY} that is no array of strings; Codex does not start with it",
        "run wiki doctor --fix, or repair it by hand",
    )


def _then(present: list[str] | None) -> list[str]:
    """Return what shall follow our command."""
    if is_ours(present):
        return (present or [])[_WORDS:]
    return [THEN, *present] if present else []


def _theirs(present: list[str], name: str) -> list[str]:
    rest = present[_WORDS:]
    if rest and rest[0] != THEN:
        raise RefusedError(f"{name} has {_KEY} with words that are not ours: {rest[0]}", "delete it by hand")
    return rest[1:]


def _put(text: str, present: list[str] | None, command: list[str], name: str, *, is_new: bool) -> str:
    if present is None:
        return toml_edit.add_root_line(text, f"{_KEY} = {render(command)}", is_new=is_new)
    array = _statement(text, name)
    if is_ours(present):
        spans = elements(text, array.value)[:_WORDS]
        for (start, end), word, old in reversed(list(zip(spans, command, present, strict=False))):
            text = text if word == old else text[:start] + quote(word) + text[end:]
        return text
    ours = ", ".join(map(quote, command))
    if not present:
        return toml_edit.append_element(text, array, ours)
    start = elements(text, array.value)[0][0]
    return f"{text[:start]}{ours}, {quote(THEN)}, {text[start:]}"


def _cut(text: str, theirs: list[str], name: str) -> str:
    array = _statement(text, name)
    for _ in range(_WORDS + 1 if theirs else len(elements(text, array.value))):
        shorter = toml_edit.cut_element(text, array, 0)
        text, array = shorter, array.shortened(len(text) - len(shorter))
    return text


def _without(text: str, settings: dict[str, Any], name: str) -> str:
    """Return the text, which says `settings`, with the person's own program alone."""
    present = settings.get(_KEY, [])
    if not is_ours(present):
        return text
    theirs = _theirs(present, name)
    new = _cut(text, theirs, name)
    left = parse(new, name, _REMEDY)
    expected = {**settings, _KEY: theirs}
    if not theirs and _KEY not in left:
        del expected[_KEY]
    if left != expected:
        raise RefusedError(f"{name} holds our {_KEY} in a form that cannot be cut out", "delete it by hand")
    return new


def _statement(text: str, name: str) -> Statement:
    """Return where `notify` is written; raises RefusedError when the text has no outline."""
    try:
        return next(found for found in scan(text) if found.path == (_KEY,) and found.key)
    except (TomlTextError, StopIteration) as error:
        raise RefusedError(f"{name} cannot be changed safely: {error}", _REMEDY) from error
