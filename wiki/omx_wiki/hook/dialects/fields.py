"""How fields are read from payloads of strangers: a wrong type counts as missing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SELF_TEST = ("hooks-test", "omx-wiki-doctor")
"""How ids of self-tests begin: xcodex's `hooks test`, and our own."""

_OUTPUTS = ("stdout", "stderr", "output", "content", "llmContent", "textResultForLlm")


def text(value: object) -> str | None:
    """Return a text that says something, None for everything else."""
    return value if isinstance(value, str) and value else None


def identity(value: object) -> str | None:
    """Return an id; hosts write some as numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def path(value: object) -> str | None:
    """Return an absolute path, None for everything else; xcodex sends "" for a path it does not know."""
    found = text(value)
    return found if found and "\0" not in found and os.path.isabs(found) else None


def truth(value: object) -> bool | None:
    """Return a truth value, None for everything else."""
    return value if isinstance(value, bool) else None


def number(value: object) -> int | None:
    """Return a whole number, None for everything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(value: object) -> tuple[str, ...] | None:
    """Return the texts in a list, None when it is no list."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else None


def first(payload: Mapping[str, Any], *names: str) -> Any:
    """Return the value of the first name that the payload has and that is not null."""
    return next((payload[name] for name in names if payload.get(name) is not None), None)


def is_self_test(*marks: str | None) -> bool:
    """Whether an id, a source or a tool name tells that the event is a self-test."""
    return any(mark is not None and mark.startswith(SELF_TEST) for mark in marks)


def output_text(value: object) -> str | None:
    """Return what a tool answered as text: hosts send a text, or an object with its streams."""
    if isinstance(value, dict):
        return "\n".join(part for name in _OUTPUTS if (part := text(value.get(name)))) or None
    return text(value)
