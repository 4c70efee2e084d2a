from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from omx_wiki.errors import InvalidInputError, NotFoundError
from omx_wiki.pages.import_markdown import find_sources, import_markdown
from omx_wiki.pages.page import MAX_PAGE_BYTES
from omx_wiki.pages.store import Store
from omx_wiki.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    root = tmp_path / "lantern"
    root.mkdir()
    return Store(Project(str(root), str(root), ""))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    for name, text in {
        "a.md": "# Setup\n\nHow to set up.\n",
        "b/a.md": "# Setup\n\nAnother one.\n",
        "c.markdown": "---\ntitle: From matter\nkey: 1\n---\r\nText\r\n",
        "only-name.MD": "no heading\n",
        ".hidden/x.md": "x",
        "node_modules/y.md": "y",
        "notes.txt": "n",
    }.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return docs


def run(store: Store, docs: Path) -> dict[str, tuple[str, str]]:
    found = import_markdown(store, str(docs))
    assert len(found) == len(list(find_sources(str(docs))))
    return {os.path.relpath(done.path, docs): (done.slug, done.outcome) for done in found}


def outcomes(store: Store, docs: Path) -> dict[str, str]:
    return {path: outcome for path, (_, outcome) in run(store, docs).items()}


def test_files_become_pages_byte_for_byte_with_their_times(store: Store, docs: Path) -> None:
    os.utime(docs / "a.md", ns=(1_000_000_000, 2_000_000_000))
    done = run(store, docs)
    assert {path: slug for path, (slug, _) in done.items() if path != "b/a.md"} == {
        "a.md": "setup",
        "c.markdown": "from-matter",
        "only-name.MD": "only-name",
    }
    assert done["b/a.md"][0].startswith("setup-")
    for path, (slug, outcome) in done.items():
        assert outcome == "created"
        assert store.read(slug).path.read_bytes() == (docs / path).read_bytes()
    assert store.scan()["setup"].mtime_ns == 2_000_000_000
    assert store.scan_problems() == []


@pytest.mark.parametrize("state_is_lost", [False, True])
def test_importing_again_changes_nothing(store: Store, docs: Path, *, state_is_lost: bool) -> None:
    first = run(store, docs)
    before = {slug: (page.mtime_ns, page.size) for slug, page in store.scan().items()}
    if state_is_lost:
        shutil.rmtree(store.project.state)
    again = run(store, docs)
    assert {path: slug for path, (slug, _) in again.items()} == {
        path: slug for path, (slug, _) in first.items()
    }
    assert Counter(outcome for _, outcome in again.values()) == {"unchanged": 4}
    assert {slug: (page.mtime_ns, page.size) for slug, page in store.scan().items()} == before


def test_a_changed_source_updates_its_page_even_under_another_title(store: Store, docs: Path) -> None:
    run(store, docs)
    (docs / "a.md").write_text("# Installation\n\nNew words.\n")
    assert run(store, docs)["a.md"] == ("setup", "updated")
    assert store.read("setup").title == "Installation"
    assert [version.operation for version in store.history("setup")] == ["import"]


@pytest.mark.parametrize("state_is_lost", [False, True])
@pytest.mark.parametrize("source_changes", [False, True])
def test_a_page_edited_by_hand_is_kept(
    store: Store, docs: Path, *, state_is_lost: bool, source_changes: bool
) -> None:
    run(store, docs)
    page = store.read("setup").path
    page.write_bytes(page.read_bytes() + b"\nBy hand.\n")
    if source_changes:
        (docs / "a.md").write_text("# Setup\n\nHow to set up.\n\nMore.\n")
    if state_is_lost:
        shutil.rmtree(store.project.state)
    for _ in range(2):
        assert run(store, docs)["a.md"] == ("setup", "kept")
    assert page.read_bytes().endswith(b"\nBy hand.\n")
    assert len(store.scan()) == 4


def test_a_page_of_the_same_title_from_elsewhere_is_not_touched(store: Store, docs: Path) -> None:
    store.put("setup", b"# Setup\n\nQuite different.\n")
    assert run(store, docs)["a.md"][0] != "setup"
    assert store.read("setup").path.read_bytes() == b"# Setup\n\nQuite different.\n"
    assert len(store.scan()) == 5


def test_what_cannot_be_a_page_is_skipped(store: Store, docs: Path, tmp_path: Path) -> None:
    (docs / "empty.md").write_text(" \n")
    (docs / "huge.md").write_bytes(b"x" * (MAX_PAGE_BYTES + 1))
    os.mkfifo(docs / "pipe.md")
    (docs / "link.md").symlink_to(tmp_path / "docs" / "a.md")
    done = outcomes(store, docs)
    assert {path for path, outcome in done.items() if outcome == "skipped"} == {
        "empty.md",
        "huge.md",
        "pipe.md",
    }
    assert "link.md" not in done


def test_one_file_can_be_imported(store: Store, docs: Path) -> None:
    assert [done.slug for done in import_markdown(store, str(docs / "a.md"))] == ["setup"]
    assert find_sources(str(docs / "a.md")) == [str(docs / "a.md")]


def test_the_store_itself_and_nothing_are_refused(store: Store, docs: Path) -> None:
    run(store, docs)
    with pytest.raises(InvalidInputError):
        list(import_markdown(store, store.project.store))
    with pytest.raises(NotFoundError):
        list(import_markdown(store, str(docs / "nowhere")))


def test_a_broken_record_of_earlier_imports_does_no_harm(store: Store, docs: Path) -> None:
    run(store, docs)
    for broken in ("[1]", "{", '{"x": 1}', "[" * 100_000):
        with open(f"{store.project.state}/imports.json", "w") as file:
            file.write(broken)
        assert set(outcomes(store, docs).values()) == {"unchanged"}
