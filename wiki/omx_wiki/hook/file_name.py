"""Ids of strangers as file names."""

from __future__ import annotations

_LONGEST = 64


def file_name(session_id: str) -> str:
    """Return a file name for a session; an id that is no plain word in lower case becomes a hash."""
    letters = session_id.replace("-", "")
    is_plain = letters.isascii() and letters.isalnum() and session_id == session_id.lower()
    if is_plain and len(session_id) <= _LONGEST:
        return session_id
    from hashlib import blake2b

    return "x_" + blake2b(session_id.encode("utf-8", "replace"), digest_size=16).hexdigest()
