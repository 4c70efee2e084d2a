"""What a page must be to be found at all: `tag:x`, `category:x`, `page:x` and `updated:>2026-01`."""

from __future__ import annotations

from omx_wiki.search.analysis import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.search.entry import Entry

_NAMES = {"tag": "tags", "tags": "tags", "category": "category", "page": "page", "updated": "updated"}
_COMPARISONS = (">=", "<=", ">", "<", "=")
_DATE_LENGTHS = {4, 7, 10}
_LAST_MONTH, _LAST_DAY = 12, 31


class Condition:
    """One condition.

    Attributes:
        name: "tags", "category", "page" or "updated".
        value: folded, without quotes.
        comparison: for dates one of >=, <=, >, < and =.
        is_negative: whether pages must not fulfil it.
    """

    __slots__ = ("comparison", "is_negative", "name", "value")

    def __init__(self, name: str, value: str, comparison: str = "=", *, is_negative: bool = False) -> None:
        self.name = name
        self.value = value
        self.comparison = comparison
        self.is_negative = is_negative

    def holds(self, slug: str, entry: Entry) -> bool:
        """Whether a page fulfils it."""
        return self._is_true(slug, entry) != self.is_negative

    def _is_true(self, slug: str, entry: Entry) -> bool:
        if self.name == "tags":
            return self.value in {fold(tag) for tag in entry.tags}
        if self.name == "category":
            return fold(entry.category) == self.value
        if self.name == "page":
            return fold(slug).startswith(self.value)
        written = fold(entry.updated[: len(self.value)])
        return {
            ">=": written >= self.value,
            "<=": written <= self.value,
            ">": written > self.value,
            "<": written < self.value,
            "=": written == self.value,
        }[self.comparison]


class Conditions:
    """All conditions of a query; a page must fulfil each.

    Attributes:
        notes: what was nearly a condition.
    """

    def __init__(self, conditions: Iterable[Condition] = ()) -> None:
        self._all = list(conditions)
        self.notes: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    def take(self, chunk: str, *, is_negative: bool) -> bool:
        """Add the condition that a piece of a query is; return False when it is none, but words."""
        name, colon, value = chunk.partition(":")
        name, value = name.lower(), fold(value.strip('"'))
        if not colon or not value or name not in _NAMES or value.startswith(":"):
            return False
        comparison = "="
        if name == "updated":
            comparison = next((sign for sign in _COMPARISONS if value.startswith(sign)), "=")
            value = value.removeprefix(comparison)
            if not is_date(value):
                self.notes.append(f"{chunk!r} has no date such as 2026-01-31; searched for its words")
                return False
        self._all.append(Condition(_NAMES[name], value, comparison, is_negative=is_negative))
        return True

    def add(self, name: str, value: str, comparison: str = "=") -> None:
        """Add a condition by its parts."""
        self._all.append(Condition(name, fold(value), comparison))

    def hold(self, slug: str, entry: Entry) -> bool:
        """Whether a page fulfils all of them."""
        return all(condition.holds(slug, entry) for condition in self._all)


def is_date(text: str) -> bool:
    """Whether a text is a year, month or day: 2026, 2026-01 or 2026-01-31, perhaps with a time behind."""
    day = text[:10]
    if len(text) > len("2026-01-31") and text[10] not in "tT ":
        return False
    has_shape = len(day) in _DATE_LENGTHS and all(
        char.isascii() and (char.isdigit() if at not in {4, 7} else char == "-")
        for at, char in enumerate(day)
    )
    return has_shape and 1 <= int(day[5:7] or 1) <= _LAST_MONTH and 1 <= int(day[8:10] or 1) <= _LAST_DAY
