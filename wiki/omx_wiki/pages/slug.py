"""Names of pages: safe as file names in every script, and different for different titles."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

MAX_SLUG = 64
MAX_SLUG_BYTES = 200
_SPOKEN = {"+": "-plus", "#": "-sharp"}
_OWN_FILES = {"index", "log", "environment"}
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}


def slugify(title: str) -> str:
    """Return the page name of a title, "" for a blank title.

    Lower case letters and digits of all scripts with their combining marks, everything else as single
    hyphens, at most 64 characters and 200 bytes. `C++` and `C#` keep what tells them from `C`. Names that
    OMX or Windows reserve get the ending `-page`; a title without letters gets a name made of its hash.
    """
    if not title.strip():
        return ""
    slug = _cut(_words(unicodedata.normalize("NFC", unicodedata.normalize("NFC", title).lower())), MAX_SLUG)
    if not slug:
        return f"page-{_digest(title, 4)}"
    return f"{slug}-page" if is_reserved(slug) else slug


def slug_candidates(title: str) -> tuple[str, str, str]:
    """Return the names a title may have, best first: its slug, then slugs with ever more of its hash.

    The hash depends on nothing but the title, so that a title always finds its page again.
    """
    slug = slugify(title)
    return slug, hashed_slug(slug, _comparable(title), 3), hashed_slug(slug, _comparable(title), 8)


def hashed_slug(slug: str, key: str, size: int = 3) -> str:
    """Return `slug`, cut as needed, with `size` bytes of the hash of `key` as hexadecimal digits."""
    ending = f"-{_digest(key, size)}"
    return _cut(slug, MAX_SLUG - len(ending), MAX_SLUG_BYTES - len(ending)) + ending


def same_title(one: str, other: str) -> bool:
    """Whether two titles are the same to a reader: width and blanks do not matter, nor does case.

    Case does matter in titles of one or two characters: C and c are different things.
    """
    return _comparable(one) == _comparable(other)


def is_reserved(name: str) -> bool:
    """Whether OMX or Windows gives a file of this name (without `.md`) a meaning of its own."""
    return name.lower() in _OWN_FILES | _DEVICES


_CASE_MATTERS = 2


def _comparable(title: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", title).split())
    return plain if len(plain) <= _CASE_MATTERS else unicodedata.normalize("NFKC", plain.casefold())


def _words(text: str) -> str:
    parts: list[str] = []
    for char in text:
        kind = unicodedata.category(char)
        attached = bool(parts) and parts[-1] != "-"
        if char.isalnum() or (kind[0] == "M" and attached and not "\ufe00" <= char <= "\ufe0f"):
            parts.append(char)
        elif char in _SPOKEN and attached:
            parts.append(_SPOKEN[char])
        elif attached and kind != "Cf" and kind[0] != "M":
            parts.append("-")
    # A spoken sign is followed by a word of its own.
    return _separated(parts).strip("-")


def _separated(parts: list[str]) -> str:
    found: list[str] = []
    for part in parts:
        if found and found[-1] in _SPOKEN.values() and part[0] != "-":
            found.append("-")
        found.append(part)
    return "".join(found)


def _cut(text: str, characters: int, size: int = MAX_SLUG_BYTES) -> str:
    if len(text) <= characters and len(text.encode()) <= size:
        return text
    end = min(characters, len(text))
    while len(text[:end].encode()) > size:
        end -= 1
    while end and end < len(text) and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return text[:end].rstrip("-")


def _digest(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
