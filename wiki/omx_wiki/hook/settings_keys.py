"""What each setting may be; a value is right when its check has nothing to say."""

from __future__ import annotations

from omx_wiki.hook.switches import LEAST_BUDGET, MOST_BUDGET, SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MOST_PINS = 50
MOST_PIN_CHARACTERS = 300
_SHOWN_CHARACTERS = 40
_GREATEST_SHOWN = 10**12


def _check_switch(value: Any) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, not {_shown(value)}"


def _check_budget(value: Any) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and LEAST_BUDGET <= value <= MOST_BUDGET:
        return ""
    return f"must be a number of bytes from {LEAST_BUDGET} to {MOST_BUDGET}, not {_shown(value)}"


def _check_sections(value: Any) -> str:
    if not isinstance(value, list):
        return f"must be a list of names, not {_shown(value)}"
    for name in value:
        if name not in SECTIONS:
            return f"must be a list out of {', '.join(SECTIONS)}, without {_shown(name)}"
    return ""


def _check_pins(value: Any) -> str:
    if not isinstance(value, list):
        return f"must be a list of page names, not {_shown(value)}"
    if len(value) > MOST_PINS:
        return f"must be at most {MOST_PINS} page names, not {len(value)}"
    for name in value:
        if not isinstance(name, str) or not _is_page_name(name):
            return f"must be a list of page names, without {_shown(name)}"
    return ""


CHECKS: dict[str, Callable[[Any], str]] = {
    "enabled": _check_switch,
    "context.enabled": _check_switch,
    "context.budget": _check_budget,
    "context.sections": _check_sections,
    "context.pins": _check_pins,
    "capture.enabled": _check_switch,
}
"""For each setting a function that says in words what is wrong with a value, "" when nothing is."""


def _is_page_name(name: str) -> bool:
    """Whether `name` could be a page's and cannot lead out of a folder."""
    return (
        len(name) <= MOST_PIN_CHARACTERS
        and name.isprintable()
        and "\\" not in name
        and all(part not in {"", ".", ".."} for part in name.split("/"))
    )


def _shown(value: Any) -> str:
    """Return a short form of any TOML value for a message."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) > _GREATEST_SHOWN:
        return "a number that large"
    if isinstance(value, str):
        return repr(value[:_SHOWN_CHARACTERS])
    return str(value)[:_SHOWN_CHARACTERS]
