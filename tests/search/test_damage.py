"""Whatever happened to the index, the answer is that of the pages."""

from __future__ import annotations

import os
import random
import sys
from typing import TYPE_CHECKING

import pytest

from omx_wiki.search import engine, generations, manifest, segment, shelf
from omx_wiki.search.query import search

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from search.wiki_of_pages import Wiki

# Whoosh leaves files open when it fails half-way through opening an index; the collector closes them.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUESTIONS = ("retry backoff", "depoyment", "conf*", '"exponential backoff"', "天気", "cat -dog")


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def zeroed(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes(len(data[at : at + 512])) + data[at + 512 :]


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def garbage(data: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(data))


def damage(path: Path, change: Callable[[bytes, random.Random], bytes], seed: int) -> None:
    """Change a file of the index so that neither its size nor its time gives it away where that can be."""
    status = path.stat()
    path.write_bytes(change(path.read_bytes(), random.Random(seed)))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def files_of(wiki: Wiki) -> list[Path]:
    """Return the files of the current generation that have anything in them."""
    return sorted(path for path in wiki.generation.iterdir() if path.stat().st_size)


@pytest.mark.parametrize("change", [truncated, zeroed, flipped, garbage])
def test_a_damaged_file_never_changes_an_answer_and_is_healed_by_a_refresh(
    wiki: Wiki, change: Callable[[bytes, random.Random], bytes]
) -> None:
    expected = [wiki.search(text).hits for text in QUESTIONS]
    wiki.refresh()
    for place in range(len(files_of(wiki))):
        path = files_of(wiki)[place]
        damage(path, change, place)
        assert [wiki.search(text).hits for text in QUESTIONS] == expected, path.name
        assert wiki.refresh(verify=True).rebuilt, path.name
        assert [wiki.search(text).hits for text in QUESTIONS] == expected


def test_every_damaged_byte_that_a_search_meets_is_told(wiki: Wiki) -> None:
    wiki.refresh()
    terms = next(wiki.generation.glob("*.terms"))
    before = terms.read_bytes()
    stamp = terms.stat()
    for at in range(len(before)):
        terms.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        os.utime(terms, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        results = wiki.search("retry backoff")
        assert [hit.page for hit in results.hits] == ["retry-policy"]
        assert bool(results.problem) == (results.behind == 7)


@pytest.mark.parametrize("change", [truncated, zeroed, flipped, garbage])
def test_a_file_changed_by_anyone_is_not_trusted(
    wiki: Wiki, change: Callable[[bytes, random.Random], bytes]
) -> None:
    wiki.refresh()
    expected = wiki.search("retry backoff").hits
    for place in range(len(files_of(wiki))):
        path = files_of(wiki)[place]
        path.write_bytes(change(path.read_bytes(), random.Random(7)))
        results = wiki.search("retry backoff")
        assert (results.hits, results.behind) == (expected, 7)
        wiki.refresh()


def test_a_missing_file_is_survived(wiki: Wiki) -> None:
    wiki.refresh()
    expected = wiki.search("retry backoff").hits
    for place in range(len(files_of(wiki))):
        files_of(wiki)[place].unlink()
        assert wiki.search("retry backoff").hits == expected
        assert wiki.refresh().rebuilt


@pytest.mark.parametrize("text", ["", "../../elsewhere", "g9-9", "\0", "g1-1/../g2-2", "x" * 9999])
def test_a_nonsense_pointer_leads_nowhere(wiki: Wiki, text: str) -> None:
    wiki.refresh()
    (wiki.index / "current").write_text(text, encoding="utf-8")
    assert wiki.found("backoff") == ["retry-policy"]
    assert wiki.search("backoff").behind == 7
    assert wiki.refresh().rebuilt


@pytest.mark.skipif(sys.platform == "win32", reason="modes are not what protects files there")
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o707])
@pytest.mark.parametrize("place", ["state", "index", "generation"])
def test_an_index_that_others_can_reach_is_not_opened(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch, place: str, mode: int
) -> None:
    wiki.refresh()
    folder = {"state": wiki.index.parents[1], "index": wiki.index, "generation": wiki.generation}[place]
    folder.chmod(mode)
    monkeypatch.setattr(shelf, "Segment", lambda *_: pytest.fail("it was opened"))
    monkeypatch.setattr(generations, "load_manifest", lambda _: pytest.fail("it was loaded"))
    assert wiki.found("backoff") == ["retry-policy"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are not what protects files there")
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_not_opened(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    wiki.refresh()
    next(wiki.generation.glob("*.terms")).chmod(mode)
    monkeypatch.setattr(shelf, "Segment", lambda *_: pytest.fail("it was opened"))
    assert wiki.found("backoff") == ["retry-policy"]


def test_a_generation_that_is_a_link_is_not_followed(wiki: Wiki, tmp_path: Path) -> None:
    wiki.refresh()
    generation = wiki.generation
    generation.rename(tmp_path / "elsewhere")
    generation.symlink_to(tmp_path / "elsewhere")
    results = wiki.search("backoff")
    assert (results.total, results.behind) == (1, 7)


@pytest.mark.parametrize("part", ["FORMAT", "ANALYZER_VERSION"])
def test_an_index_of_another_version_is_rebuilt(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    wiki.refresh()
    monkeypatch.setattr(manifest, part, 99)
    assert wiki.search("backoff").behind == 7
    assert wiki.refresh().rebuilt


def test_an_index_of_another_whoosh_is_rebuilt(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    wiki.refresh()
    monkeypatch.setattr(engine, "ENGINE", "whoosh 1.0")
    assert wiki.refresh().rebuilt


def test_any_error_of_reading_is_answered_by_a_scan(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    wiki.refresh()

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is on fire")

    monkeypatch.setattr(segment.Segment, "postings", fail)
    results = wiki.search("backoff")
    assert (results.total, results.behind, results.problem) == (1, 7, "the disk is on fire")


def test_a_page_that_vanishes_while_it_is_searched_is_left_out(wiki: Wiki) -> None:
    wiki.refresh()
    stats = wiki.store.scan()
    (wiki.folder / "animals.md").unlink()

    class Stale:
        def scan(self) -> object:
            return stats

        read = staticmethod(wiki.store.read)

    from omx_wiki.search.query import Query

    assert search(wiki.project, Stale(), Query("cat mat")).hits == ()  # type: ignore[arg-type] # a stand-in


def test_a_damaged_table_of_contents_is_never_written_on(wiki: Wiki) -> None:
    for number in range(3):
        wiki.refresh()
        damage(next(wiki.generation.glob("*.toc")), flipped, number)
        wiki.write("animals", f"A dog, number {number}.\n")
        assert wiki.refresh().rebuilt
        assert wiki.found("dog") == ["animals"]


def test_a_segment_that_is_gone_is_made_anew(wiki: Wiki) -> None:
    wiki.refresh()
    next(wiki.generation.glob("*.terms")).unlink()
    assert wiki.refresh().rebuilt


def test_damage_that_is_met_while_comparing_is_answered_by_a_scan(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.refresh()

    def fail(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("omx_wiki.search.corpus.swept", fail)
    results = wiki.search("backoff")
    assert (results.total, results.behind) == (1, 7)
    assert results.problem
