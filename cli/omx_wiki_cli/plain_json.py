"""JSON text of plain data, as `json.dumps(..., ensure_ascii=False, indent=2)` writes it.

Importing `json` brings `re` along, which costs a cold query a fifth of its time.
"""

from __future__ import annotations

try:
    from _json import encode_basestring as _quoted
except ImportError:  # an interpreter without the C part of json
    from json.encoder import py_encode_basestring as _quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_CONSTANTS = {True: "true", False: "false", None: "null"}


def dumps(value: Any, margin: str = "\n") -> str:
    """Return the JSON of dicts with text keys, lists, tuples, text, numbers and constants."""
    if isinstance(value, str):
        return str(_quoted(value))
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    inner = margin + "  "
    if isinstance(value, dict):
        return _bracketed("{}", (f"{_quoted(key)}: {dumps(value[key], inner)}" for key in value), margin)
    if isinstance(value, list | tuple):
        return _bracketed("[]", (dumps(item, inner) for item in value), margin)
    return repr(value)


def _bracketed(brackets: str, members: Iterable[str], margin: str) -> str:
    inner = f"{margin}  "
    text = f",{inner}".join(members)
    return f"{brackets[0]}{inner}{text}{margin}{brackets[1]}" if text else brackets
