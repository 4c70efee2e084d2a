"""Letters beyond ASCII: which they are, which stand without blanks between words, and their plain forms."""

from __future__ import annotations

from itertools import groupby

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

_FIRST_MARK, _LAST_ACCENT = "\u0300", "\u036f"
_QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"
# Thai, Lao, Myanmar, hangul, Khmer, kana, Han.
_DENSE = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u11ff"),
    ("\u1780", "\u17ff"),
    ("\u3005", "\u9fff"),
    ("\ua960", "\ua97f"),
    ("\uac00", "\ud7ff"),
    ("\uf900", "\ufaff"),
    ("\uff66", "\uff9f"),
    ("\U00020000", "\U0003fffd"),
)
_FIRST_DENSE = _DENSE[0][0]


class _Separators(dict[int, str]):
    """Maps each character code that belongs to no word to a blank, and others to themselves."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        is_kept = char.isalnum() or char == _QUOTE or (char >= _FIRST_MARK and is_mark(char))
        self[code] = found = char if is_kept else " "
        return found


_separators = _Separators()


def wide_separators(kept: Collection[int]) -> dict[int, str]:
    """Return the table for `str.translate` that leaves letters, digits, marks and `kept` codes only."""
    if not _separators:
        _separators.update((code, chr(code)) for code in kept)
    return _separators


def is_mark(char: str) -> bool:
    """Whether a sign belongs to the letter before it: vowels of Indic scripts, tones, accents."""
    from unicodedata import category

    return category(char) in {"Mn", "Mc"} and not "\ufe00" <= char <= "\ufe0f"


def has_dense_letters(word: str) -> bool:
    """Whether any letter of `word` may be of a script without blanks between words."""
    return not word.isascii() and max(word) >= _FIRST_DENSE


def split_dense(word: str) -> list[str]:
    """Return the pairs of each stretch of a script without blanks, and what stands between such stretches."""
    found: list[str] = []
    for dense, letters in groupby(word, is_dense):
        stretch = "".join(letters)
        if dense:
            found += [stretch[at : at + 2] for at in range(max(len(stretch) - 1, 1))]
        elif piece := stretch.strip(f"./'{_QUOTE}-:"):
            found.append(piece)
    return found


def plain_letters(word: str) -> str:
    """Return `word` without accents and differences of width, its case kept."""
    from unicodedata import normalize

    apart = normalize("NFKD", word)
    return normalize("NFC", "".join(char for char in apart if not _FIRST_MARK <= char <= _LAST_ACCENT))


def is_dense(letter: str) -> bool:
    """Whether a letter is of a script without blanks between words."""
    return letter >= _FIRST_DENSE and any(first <= letter <= last for first, last in _DENSE)
