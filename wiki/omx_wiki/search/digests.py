"""Tell whether a file has the bytes it had when its time stamp alone cannot tell."""

from __future__ import annotations

from omx_wiki.pages.store import read_page_file

UNREADABLE = b"?"


def digest_of(path: str) -> bytes:
    """Return a digest of the bytes of a page file, or `UNREADABLE`."""
    try:
        from _blake2 import blake2b  # hashlib imports OpenSSL, which costs a query an eighth of its time
    except ImportError:
        from hashlib import blake2b

    raw = read_page_file(path)
    return UNREADABLE if raw is None else blake2b(raw, digest_size=16).digest()
