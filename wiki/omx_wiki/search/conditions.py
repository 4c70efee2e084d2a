"""What a page must be to be found at all: `tag:x`, `category:x`, `page:x` and `updated:>2026-01`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from omx_wiki.search.entry import Entry

_NAMES = {"tag": "tags", "tags": "tags", "category": "category", "page": "page", "updated": "updated"}
_COMPARISONS = (">=", "<=", ">", "<", "=")
_DATE_LENGTHS = {4, 7, 10}


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
            return self.value in {tag.casefold() for tag in entry.tags}
        if self.name == "category":
            return entry.category.casefold() == self.value
        if self.name == "page":
            return slug.casefold().startswith(self.value)
        written = entry.updated[: len(self.value)]
        return {
            ">=": written >= self.value,
            "<=": written <= self.value,
            ">": written > self.value,
            "<": written < self.value,
            "=": written == self.value,
        }[self.comparison]


class Conditions:
    """All conditions of a query; a page must fulfil each."""

    def __init__(self, conditions: Iterable[Condition] = ()) -> None:
        self._all = list(conditions)

    def __bool__(self) -> bool:
        return bool(self._all)

    def take(self, chunk: str, *, is_negative: bool) -> bool:
        """Add the condition that a piece of a query is; return False when it is none, but words."""
        name, colon, value = chunk.partition(":")
        value = value.strip('"').casefold()
        if not colon or not value or name not in _NAMES or value.startswith(":"):
            return False
        comparison = "="
        if name == "updated":
            comparison = next((sign for sign in _COMPARISONS if value.startswith(sign)), "=")
            value = value.removeprefix(comparison)
            if not is_date(value):
                return False
        self._all.append(Condition(_NAMES[name], value, comparison, is_negative=is_negative))
        return True

    def add(self, name: str, value: str, comparison: str = "=") -> None:
        """Add a condition by its parts."""
        self._all.append(Condition(name, value.casefold(), comparison))

    def hold(self, slug: str, entry: Entry) -> bool:
        """Whether a page fulfils all of them."""
        return all(condition.holds(slug, entry) for condition in self._all)


def is_date(text: str) -> bool:
    """Whether a text is a year, month or day: 2026, 2026-01 or 2026-01-31, perhaps with a time behind."""
    day = text[:10]
    if len(text) > len("2026-01-31") and text[10] not in "tT ":
        return False
    return len(day) in _DATE_LENGTHS and all(
        char.isascii() and (char.isdigit() if at not in {4, 7} else char == "-")
        for at, char in enumerate(day)
    )
