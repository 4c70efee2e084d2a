"""The index as Whoosh keeps it, in segments of our own format. The only module that imports whoosh.

Whoosh collects and sorts postings within bounded memory, numbers documents, deletes them, merges segments and
commits; a codec of ours writes its segments as files that a query reads without importing Whoosh
(`omx_wiki.search.segment`). Analysis, scoring and freshness are ours too. Opening an index unpickles Whoosh's
table of contents: callers check first that nobody else can have written it (`omx_wiki.search.generations`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import whoosh
from whoosh.codec import base
from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Existence
from whoosh.index import create_in, open_dir
from whoosh.matching import ListMatcher
from whoosh.reading import SegmentReader

from omx_wiki.search.posting_pool import PostingPool
from omx_wiki.search.segment import Segment
from omx_wiki.search.segment_files import PAGES, TERMS
from omx_wiki.search.segment_writing import PagesWriter, Record, TermsWriter, posting_value, posting_values

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from omx_wiki.search.page_words import PageTerms
    from omx_wiki.search.posting_pool import TermPostings

ENGINE = "whoosh " + whoosh.versionstring()
_PAGE, _WORDS = "page", "words"
_POSTINGS_BYTES = 96 * 1024 * 1024
_MERGE_FACTOR = 3


class SegmentFacts(NamedTuple):
    """One segment of a committed index: its name, its documents, and the numbers of the deleted ones."""

    name: str
    documents: int
    deleted: tuple[int, ...]


class _Words(FieldType):
    """A field whose value is a page already taken apart."""

    def __init__(self) -> None:
        analyzer: Any = None
        super().__init__(format=Existence(), analyzer=analyzer, scorable=False, stored=False)

    def index(self, value: PageTerms, **_: object) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        """Yield (term, frequency, weight, what we say of it) as Whoosh's writer wants them."""
        for term in value.all():
            yield term.encode("utf-8", "surrogatepass"), 1, 1.0, posting_value(term, value)


SCHEMA = Schema(**{_PAGE: STORED(), _WORDS: _Words()})


class _Segment(base.Segment):
    """What Whoosh knows of a segment of ours."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self._count = 0
        self._deleted: set[int] = set()

    def codec(self) -> _Codec:
        return _Codec()

    def set_doc_count(self, doccount: int) -> None:
        self._count = doccount

    def doc_count_all(self) -> int:
        return self._count

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._deleted))

    def delete_document(self, docnum: int, delete: bool = True) -> None:  # noqa: FBT001, FBT002 - Whoosh's
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def should_assemble(self) -> bool:
        return False


class _Codec(base.Codec):
    """Reads and writes the segments of ours for Whoosh."""

    length_stats = False

    def new_segment(self, storage: Any, indexname: str) -> _Segment:  # noqa: ARG002 - Whoosh's
        return _Segment(indexname)

    def per_document_writer(self, storage: Any, segment: Any) -> _PageWriter:
        return _PageWriter(_path(storage, segment, PAGES))

    def field_writer(self, storage: Any, segment: Any) -> _PostingsWriter:
        return _PostingsWriter(_path(storage, segment, TERMS))

    def per_document_reader(self, storage: Any, segment: Any) -> _PageReader:
        return _PageReader(storage.folder, segment)

    def terms_reader(self, storage: Any, segment: Any) -> _TermsReader:
        return _TermsReader(storage.folder, segment)


class _PageWriter(base.PerDocumentWriter):
    def __init__(self, path: str) -> None:
        self._writer = PagesWriter(path)
        self._record: Record | None = None
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:  # noqa: ARG002 - Whoosh's
        self._record = None

    def add_field(self, fieldname: str, fieldobj: object, value: Any, length: int) -> None:  # noqa: ARG002 - as above
        if fieldname == _PAGE:
            self._record = value

    def finish_doc(self) -> None:
        if self._record is not None:
            self._writer.add(Record(*self._record))

    def cancel_doc(self) -> None:
        self._record = None

    def close(self) -> None:
        self._writer.close()
        self.is_closed = True


class _PostingsWriter(base.FieldWriter):
    def __init__(self, path: str) -> None:
        self._writer = TermsWriter(path)
        self.is_closed = False

    def add_postings(self, schema: object, lengths: object, items: Iterable[TermPostings]) -> None:  # noqa: ARG002 - as above
        for text, postings in items:
            self._writer.add(text.decode("utf-8", "surrogatepass"), postings)

    def close(self) -> None:
        self._writer.close()
        self.is_closed = True


class _PageReader(base.PerDocumentReader):
    """The pages of a segment as Whoosh's merging wants them."""

    def __init__(self, folder: str, segment: Any) -> None:
        self._segment = segment
        self._files = Segment(folder, segment.segment_id(), segment.doc_count_all())

    def close(self) -> None:
        self._files.close()

    def doc_count(self) -> int:
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        return int(self._segment.doc_count_all())

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._segment.deleted_docs())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:  # noqa: ARG002 - Whoosh's
        return default

    def stored_fields(self, docnum: int) -> dict[str, Record]:
        files = self._files
        lengths = tuple(column[docnum] for column in files.lengths)
        entry = files.entry(docnum).packed()
        return {_PAGE: Record(files.slugs[docnum], files.sizes[docnum], files.times[docnum], lengths, entry)}


class _TermsReader(base.TermsReader):
    """The terms of a segment as Whoosh's merging wants them."""

    def __init__(self, folder: str, segment: Any) -> None:
        self._files = Segment(folder, segment.segment_id(), segment.doc_count_all())

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return ((_WORDS, term.encode("utf-8", "surrogatepass")) for term, _ in self._files.vocabulary(""))

    def matcher(self, fieldname: str, text: bytes, format_: object, scorer: object = None) -> Any:  # noqa: ARG002 - Whoosh's
        term = text.decode("utf-8", "surrogatepass")
        surfaces = next((written for each, written in self._files.vocabulary(term) if each == term), ())
        postings = self._files.postings(term)
        pairs = posting_values(postings, surfaces) if postings else []
        numbers = [number for number, _ in pairs]
        return ListMatcher(numbers, [1.0] * len(numbers), [value for _, value in pairs], format_)

    def indexed_field_names(self) -> list[str]:
        return [_WORDS]

    def close(self) -> None:
        self._files.close()


def create_index(folder: str) -> None:
    """Make an empty index in the folder."""
    create_in(folder, SCHEMA)


def write_index(
    folder: str, removed: Iterable[int], added: Iterable[tuple[Record, PageTerms]]
) -> list[SegmentFacts]:
    """Delete documents by number and add others, in one commit; return all segments in order.

    Documents are numbered through all segments. An exception leaves the index as it was.
    """
    index: Any = open_dir(folder, schema=SCHEMA)
    writer: Any = index.writer(codec=_Codec(), compound=False)
    segments: list[Any] = []

    def merge(_: object, existing: list[Any]) -> list[Any]:
        segments.extend(_merged(writer, existing))
        return segments  # to which Whoosh appends the new one

    writer.pool = PostingPool(folder, _POSTINGS_BYTES)
    try:
        for number in removed:
            writer.delete_document(number)
        for record, words in added:
            writer.add_document(**{_PAGE: tuple(record), _WORDS: words})
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=merge)
    return [
        SegmentFacts(each.segment_id(), each.doc_count_all(), tuple(each.deleted_docs())) for each in segments
    ]


def _merged(writer: Any, segments: list[Any]) -> Iterator[Any]:
    """Merge small segments and those with many deleted pages into the new one; yield the others.

    A segment that is more than three times as large as all that is merged stays: what a page costs to be
    merged again and again grows with the logarithm of the pages.
    """
    total = writer.doc_count()
    for segment in sorted(segments, key=lambda each: each.doc_count()):
        live = segment.doc_count()
        if live <= _MERGE_FACTOR * total or 2 * segment.deleted_count() > live:
            if live:
                reader = SegmentReader(writer.storage, writer.schema, segment)
                writer.add_reader(reader)
                reader.close()
            total += live
        else:
            yield segment


def _path(storage: Any, segment: Any, ending: str) -> str:
    return os.path.join(str(storage.folder), str(segment.make_filename(ending)))
