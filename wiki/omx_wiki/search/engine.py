"""The inverted index in Whoosh: which pages have a term, and how often. The only module that imports whoosh.

Whoosh stores and finds postings here; analysis, scoring and freshness are ours, so that pages which are not
in the index yet are found and ranked alike. Opening an index unpickles its files: callers check first that
nobody else can have written them (`omx_wiki.search.generations`). Damaged files may raise anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import whoosh
from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Existence
from whoosh.index import create_in, open_dir
from whoosh.reading import TermNotFound

from omx_wiki.search.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from types import TracebackType

ENGINE = "whoosh " + whoosh.versionstring()
_SLUG = "slug"


class TermCounts(FieldType):
    """A field whose value is already analysed: how often each term occurs."""

    def __init__(self) -> None:
        analyzer: Any = None
        super().__init__(format=Existence(), analyzer=analyzer, scorable=False, stored=False)

    def index(
        self, value: dict[str, int], **_: object
    ) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        """Yield (term, frequency, weight, nothing more) as Whoosh's writer wants them."""
        for term, count in value.items():
            yield term.encode(), count, float(count), b""


SCHEMA = Schema(**{_SLUG: STORED()}, **{name: TermCounts() for name in FIELDS})


Document = tuple[str, Sequence[dict[str, int]]]
"""A page as the index takes it: its slug, and for each of `FIELDS` how often each term occurs."""


class Index:
    """One generation of the index, open for reading; it takes no lock and writes nothing."""

    def __init__(self, folder: str) -> None:
        index: Any = open_dir(folder, schema=SCHEMA)
        self._reader = index.reader()
        self._leaves = list(self._reader.leaf_readers())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()

    def counts(self, field: str, term: str, names: Sequence[str]) -> dict[str, float]:
        """Return the occurrences of `term` in `field` by the document's name; the name "" is left out."""
        found: dict[str, float] = {}
        for leaf, offset in self._leaves:
            try:
                matcher = leaf.postings(field, term.encode())
            except TermNotFound:
                continue
            for numbers, weights in _blocks(matcher):
                found.update(zip((names[offset + number] for number in numbers), weights, strict=True))
        found.pop("", None)
        return found

    def terms(self, prefix: str) -> set[str]:
        """Return the terms of any field that begin with `prefix`."""
        start = prefix.encode()
        return {term.decode() for name in FIELDS for term in self._reader.expand_prefix(name, start)}

    def slugs(self) -> list[str]:
        """Return the page of each document number, "" for a deleted one."""
        names = [""] * self._reader.doc_count_all()
        for number in self._reader.all_doc_ids():
            names[number] = self._reader.stored_fields(number)[_SLUG]
        return names


def _blocks(matcher: Any) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
    """Yield (document numbers, weights) of a list of postings, block by block where Whoosh shows its blocks.

    One by one, as `Matcher` documents it, each posting costs four calls: a third of a large query.
    """
    matcher = getattr(matcher, "child", matcher)  # a filter for deleted documents; those have no name
    while matcher.is_active():
        number, weight = matcher.id(), matcher.weight()
        numbers, weights = getattr(matcher, "_ids", ()), getattr(matcher, "_weights", ())
        if len(numbers) == len(weights) and numbers[:1] == (number,):
            yield numbers, weights
            matcher._next_block()  # noqa: SLF001 - the version is pinned, and other matchers go the long way
        else:
            yield (number,), (weight,)
            matcher.next()


def create_index(folder: str) -> None:
    """Make an empty index in the folder."""
    create_in(folder, SCHEMA)


def write_index(folder: str, removed: Iterable[int], documents: Iterable[Document]) -> None:
    """Delete documents by number and add others, in one commit; an exception leaves the index as it was."""
    writer = open_dir(folder, schema=SCHEMA).writer(compound=False)
    try:
        for number in removed:
            writer.delete_document(number)
        for slug, counts in documents:
            writer.add_document(**{_SLUG: slug}, **dict(zip(FIELDS, counts, strict=True)))
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
