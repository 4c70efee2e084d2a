from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omx_wiki.errors import InvalidInputError, NotFoundError, RefusedError, UnavailableError
from omx_wiki.pages.draft import MAX_TEXT_BYTES, Draft
from omx_wiki.pages.store import Store
from omx_wiki.project import Project

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2026, 3, 4, 5, 6, 7, 89000, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    root = tmp_path / "lantern"
    root.mkdir()
    return Store(Project(str(root), str(root), ""))


def put(store: Store, name: str, data: bytes) -> Path:
    from pathlib import Path

    path = Path(store.project.root, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def own(store: Store, slug: str) -> bytes:
    return store.read(slug).path.read_bytes()


def test_reading_an_absent_store_finds_nothing_and_creates_nothing(store: Store) -> None:
    assert store.scan() == {}
    assert list(store.pages()) == []
    with pytest.raises(NotFoundError):
        store.read("x")
    with pytest.raises(NotFoundError):
        store.resolve("x")
    with pytest.raises(NotFoundError):
        store.remove("x")
    assert os.listdir(store.project.root) == []


def test_a_scan_finds_all_kinds_and_leaves_generated_and_hidden_files_out(store: Store) -> None:
    for name in (
        "a.md",
        "environment.md",
        "index.md",
        "log.md",
        ".hidden.md",
        ".a.md.1.tmp",
        "x.txt",
        "v1..2.md",
    ):
        put(store, f".omx/wiki/{name}", b"x")
    put(store, ".omx/wiki/BIG.MD", b"xyz")
    put(store, ".omx/wiki/sessions/s.md", b"x")
    put(store, "omx_wiki/a.md", b"x")
    put(store, "omx_wiki/index.md", b"x")
    found = store.scan()
    assert {slug: page.kind for slug, page in found.items()} == {
        "a": "page",
        "environment": "page",
        "v1..2": "page",
        "BIG": "page",
        "sessions/s": "session",
        "omx_wiki/a": "shared",
    }
    assert found["BIG"].size == 3
    assert store.read("BIG").body == "xyz"
    assert [page.slug for page in store.pages()] == sorted(found)
    assert store.scan_problems() == []


def test_a_fifo_a_folder_and_links_that_lead_out_are_skipped_and_reported(
    store: Store, tmp_path: Path
) -> None:
    page = put(store, ".omx/wiki/a.md", b"inside")
    outside = tmp_path / "secret.md"
    outside.write_text("outside")
    folder = page.parent
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    (folder / "out.md").symlink_to(outside)
    (folder / "dangling.md").symlink_to(folder / "nowhere")
    (folder / "linked.md").symlink_to(page)
    (folder / "bad\nname.md").write_text("x")
    assert sorted(store.scan()) == ["a", "linked"]
    assert len(store.scan_problems()) == 5
    assert store.read("linked").body == "inside"
    for slug in ("pipe", "folder", "out", "dangling", "bad\nname"):
        with pytest.raises(NotFoundError):
            store.read(slug)


def test_a_store_that_leads_outside_is_neither_read_nor_written(store: Store, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.md").write_text("x")
    (tmp_path / "lantern" / ".omx").mkdir()
    os.symlink(elsewhere, store.project.store)
    assert store.scan() == {}
    assert len(store.scan_problems()) == 1
    with pytest.raises(NotFoundError):
        store.read("a")
    with pytest.raises(RefusedError):
        store.add(Draft("T", "x"))
    assert os.listdir(elsewhere) == ["a.md"]


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "a/b", "..", ".", "a\0b", "", "sessions/../a", "a\\b", "x" * 5000, "omx_wiki/"],
)
def test_hostile_names_find_nothing(store: Store, name: str) -> None:
    put(store, ".omx/wiki/a.md", b"x")
    put(store, "x.md", b"x")
    for find in (store.read, store.resolve, store.remove):
        with pytest.raises(NotFoundError):
            find(name)
    with pytest.raises((NotFoundError, RefusedError)):
        store.put(name, b"x")


def test_names_are_resolved_from_exact_to_close(store: Store) -> None:
    for name in ("retry-policy", "retry-budget", "Mixed Case", "v1..2", "sessions/2026-01-02-fix"):
        put(store, f".omx/wiki/{name}.md", b"x")
    put(store, "omx_wiki/shared-only.md", b"x")
    expected = {
        "retry-policy": "retry-policy",
        "retry-policy.md": "retry-policy",
        ".omx/wiki/retry-policy.md": "retry-policy",
        "Retry Policy": "retry-policy",
        "RETRY-POLICY": "retry-policy",
        "retry-p": "retry-policy",
        "mixed case": "Mixed Case",
        "mixed-case": "Mixed Case",
        "v1..2": "v1..2",
        "2026-01": "sessions/2026-01-02-fix",
        "sessions/2026": "sessions/2026-01-02-fix",
        "shared-only": "omx_wiki/shared-only",
    }
    assert {name: store.resolve(name) for name in expected} == expected
    with pytest.raises(RefusedError, match="retry-budget, retry-policy"):
        store.resolve("retry")
    with pytest.raises(NotFoundError) as caught:
        store.resolve("retri-polizy")
    assert "retry-policy" in caught.value.hint


def test_a_new_page_has_the_front_matter_omx_reads(store: Store) -> None:
    draft = Draft(
        'Say "hi"', '# Say "hi"\n\nText [[C++]].\n', ("a", "b, c", "a"), sources=("http://x/y,z",), when=WHEN
    )
    result = store.add(draft)
    assert (result.slug, result.created, result.updated) == ("say-hi", True, False)
    assert own(store, "say-hi").decode() == (
        '---\ntitle: "Say \\"hi\\""\ntags: [a, "b, c"]\ncreated: 2026-03-04T05:06:07.089Z\n'
        'updated: 2026-03-04T05:06:07.089Z\nsources: ["http://x/y,z"]\nlinks: [c-plus-plus]\n'
        "category: reference\n"
        'confidence: medium\nschemaVersion: 1\n---\n\n# Say "hi"\n\nText [[C++]].\n'
    )
    assert sorted(os.listdir(store.project.store)) == [".lock", "say-hi.md"]


def test_a_page_of_any_file_name_is_added_to_when_it_is_known_to_have_the_title(store: Store) -> None:
    put(store, ".omx/wiki/notes.md", b"# Retry policy\n\nBy hand.\n")
    result = store.add(Draft("Retry policy", "More."), known="notes")
    assert (result.slug, result.created) == ("notes", False)
    assert own(store, "notes").startswith(b"# Retry policy\n\nBy hand.\n")
    assert store.add(Draft("Another", "x"), known="notes").slug == "another"


def test_adding_again_appends_a_section_and_unites_the_lists(store: Store) -> None:
    store.add(Draft("Tea", "One.", ("a",), confidence="low"))
    result = store.add(Draft(" tEA ", "Two.", ("b", "a"), "decision", sources=("s",), when=WHEN))
    assert (result.created, result.updated) == (False, True)
    page = store.read("tea")
    assert (page.tags, page.sources, page.category, page.confidence) == (
        ("a", "b"),
        ("s",),
        "decision",
        "low",
    )
    assert page.body == "\n# Tea\n\nOne.\n\n---\n\n## Update (2026-03-04T05:06:07.089Z)\n\nTwo.\n"
    assert page.meta["updated"] == "2026-03-04T05:06:07.089Z"


@pytest.mark.parametrize(
    ("kept", "given_", "expected"), [("low", "high", "high"), ("high", "low", "high"), ("low", "", "low")]
)
def test_confidence_only_rises_and_only_when_given(
    store: Store, kept: str, given_: str, expected: str
) -> None:
    store.add(Draft("T", "One.", confidence=kept))
    store.add(Draft("T", "Two.", confidence=given_))
    assert store.read("t").confidence == expected


def test_an_identical_section_is_not_appended_again(store: Store) -> None:
    for text in ("One.", "Two.", "# T\n\nOne."):
        store.add(Draft("T", text))
    before = own(store, "t")
    for text in ("One.", "Two.\n", "\r\nTwo.", "# T\n\nOne."):
        result = store.add(Draft("T", text))
        assert (result.created, result.updated) == (False, False)
    assert own(store, "t") == before
    assert store.add(Draft("T", "Two.", ("new",))).updated
    assert store.read("t").body.count("Two.") == 1


def test_a_hand_written_page_keeps_every_byte(store: Store) -> None:
    old = b"\xef\xbb\xbf# Notes\r\n\r\nBy hand"
    put(store, ".omx/wiki/notes.md", old)
    result = store.add(Draft("Notes", "More.\nLines.", ("tag",), when=WHEN))
    new = own(store, "notes")
    assert new == old + b"\r\n\r\n---\r\n\r\n## Update (2026-03-04T05:06:07.089Z)\r\n\r\nMore.\r\nLines.\r\n"
    assert len(result.notes) == 1


def test_foreign_front_matter_survives_an_add_byte_for_byte(store: Store) -> None:
    head = b"---\r\n# mine\r\ntitle: Notes\r\nowner: me # o\r\ntags:\r\n  - x\r\n"
    put(store, ".omx/wiki/notes.md", head + b"---\r\nbody\r\n")
    store.add(Draft("Notes", "More.", ("y, z",), when=WHEN))
    new = own(store, "notes")
    assert new.startswith(head + b'  - "y, z"\r\nlinks: []\r\nupdated:'.replace(b"links: []\r\n", b""))
    assert b"\r\n---\r\nbody\r\n\r\n---\r\n" in new
    assert new.count(b"\n") == new.count(b"\r\n")


def test_broken_front_matter_is_left_alone_and_noted(store: Store) -> None:
    old = b"---\ntitle: C: the language\n---\n# C: the language\n\nx\n"
    put(store, ".omx/wiki/c-the-language.md", old)
    result = store.add(Draft("C: the language", "More.", ("t",)))
    assert own(store, "c-the-language").startswith(old)
    assert result.updated
    assert result.notes


def test_bytes_that_are_not_utf8_are_never_rewritten(store: Store) -> None:
    put(store, ".omx/wiki/cafe.md", b"# Cafe\n\ncaf\xe9\n")
    with pytest.raises(RefusedError, match="not UTF-8"):
        store.add(Draft("Cafe", "x"))
    assert own(store, "cafe") == b"# Cafe\n\ncaf\xe9\n"


def test_new_refuses_an_existing_page(store: Store) -> None:
    store.add(Draft("T", "x"), new=True)
    with pytest.raises(RefusedError, match="page t exists"):
        store.add(Draft("T", "y"), new=True)


def test_different_titles_never_share_a_page(store: Store) -> None:
    titles = ["C", "C++", "C#", "C!", "c.", "a" * 70 + "1", "a" * 70 + "2", "index", "Log"]
    first = {title: store.add(Draft(title, f"Text of {title}.")).slug for title in titles}
    assert len(set(first.values())) == len(titles)
    again = {title: store.add(Draft(title, "More.")) for title in reversed(titles)}
    assert {title: result.slug for title, result in again.items()} == first
    assert not any(result.created for result in again.values())
    assert {title: store.resolve(title) for title in titles} == first


def test_a_page_named_by_its_file_alone_takes_its_title(store: Store) -> None:
    put(store, ".omx/wiki/retry-policy.md", b"no heading\n")
    put(store, ".omx/wiki/My Notes.md", b"# My notes\n\nx\n")
    assert store.add(Draft("Retry policy", "x")).slug == "retry-policy"
    assert store.add(Draft("My Notes", "y")).slug == "My Notes"


@pytest.mark.parametrize(
    "draft",
    [
        Draft("", "x"),
        Draft(" \n\t", "x"),
        Draft("T", " \n"),
        Draft("t" * 201, "x"),
        Draft("T", "x" * (MAX_TEXT_BYTES + 1)),
        Draft("T", "x", confidence="certain"),
    ],
)
def test_an_unusable_draft_is_refused_and_nothing_is_written(store: Store, draft: Draft) -> None:
    with pytest.raises(InvalidInputError):
        store.add(draft)
    assert os.listdir(store.project.root) == []


def test_a_title_stays_on_one_line(store: Store) -> None:
    store.add(Draft("One\ntwo\x1b[31m\tthree", "x"))
    assert [page.title for page in store.pages()] == ["One two three"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(min_size=1, max_size=40),
    st.text(min_size=1, max_size=60),
    st.lists(st.text(max_size=12), max_size=3),
)
def test_what_is_added_can_be_read_back(store: Store, title: str, text: str, tags: list[str]) -> None:
    draft = Draft(title, text, tuple(tags))
    try:
        cleaned = draft.cleaned()
    except InvalidInputError:
        return
    result = store.add(draft)
    page = store.read(result.slug)
    assert page.title.casefold() == cleaned.title.casefold() or not result.created
    assert cleaned.text in page.body
    assert set(cleaned.tags) <= set(page.tags)
    assert not store.add(draft).updated
    assert page.problems == ()


def test_links_are_written_through_inside_the_store_only(store: Store, tmp_path: Path) -> None:
    target = put(store, ".omx/wiki/target.md", b"# Alias\n\nx\n")
    docs = put(store, "docs/notes.md", b"# Docs\n\nx\n")
    (target.parent / "alias.md").symlink_to("target.md")
    (target.parent / "docs.md").symlink_to(docs)
    (target.parent / "gone.md").symlink_to(tmp_path / "nowhere.md")
    store.add(Draft("Alias", "More."))
    assert (target.parent / "alias.md").is_symlink()
    assert b"More." in target.read_bytes()
    with pytest.raises(RefusedError):
        store.add(Draft("Docs", "More."))
    assert docs.read_bytes() == b"# Docs\n\nx\n"
    assert store.add(Draft("Gone", "x")).slug != "gone"
    assert not (tmp_path / "nowhere.md").exists()


def test_a_lock_that_is_a_link_is_refused(store: Store, tmp_path: Path) -> None:
    store.add(Draft("T", "x"))
    lock = f"{store.project.store}/.lock"
    os.unlink(lock)
    os.symlink(tmp_path / "elsewhere", lock)
    with pytest.raises(RefusedError):
        store.add(Draft("U", "x"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_root_that_is_no_folder_is_unavailable_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    root = str(tmp_path / "file")
    with pytest.raises(UnavailableError) as caught:
        Store(Project(root, root, "")).add(Draft("T", "x"))
    assert "--add-dir" in caught.value.hint


def test_the_mode_of_a_page_is_kept(store: Store) -> None:
    store.add(Draft("T", "x"))
    path = store.read("t").path
    path.chmod(0o600)
    store.add(Draft("T", "y"))
    assert path.stat().st_mode & 0o777 == 0o600


def test_removing_keeps_the_page_for_undo(store: Store) -> None:
    store.add(Draft("T", "x"))
    before = own(store, "t")
    assert store.remove("t").title == "T"
    assert store.scan() == {}
    assert [version.operation for version in store.history("t")] == ["remove"]
    assert store.undo("t").title == "T"
    assert own(store, "t") == before


def test_undo_goes_back_and_forth(store: Store) -> None:
    store.add(Draft("T", "x"))
    one = own(store, "t")
    store.add(Draft("T", "y"))
    two = own(store, "t")
    store.undo("t")
    assert own(store, "t") == one
    store.undo("t")
    assert own(store, "t") == two
    assert os.stat(store.history("t")[0].path).st_mode & 0o077 == 0


def test_undo_without_history_says_so(store: Store) -> None:
    store.add(Draft("T", "x"))
    with pytest.raises(NotFoundError):
        store.undo("t")


def test_history_holds_the_newest_fifty(store: Store) -> None:
    for number in range(55):
        store.put("t", f"version {number}".encode())
    versions = store.history("t")
    assert len(versions) == 50
    newest = versions[0].path
    with open(newest, "rb") as file:
        assert file.read() == b"version 53"
    assert [version.path for version in versions] == sorted((v.path for v in versions), reverse=True)


def test_without_a_private_place_a_page_is_written_all_the_same(store: Store, home: Path) -> None:
    (home / "omx_wiki").write_text("in the way")
    store.add(Draft("T", "x"))
    store.add(Draft("T", "y"))
    (version,) = store.history("t")
    assert version.path.startswith(store.project.store)
    store.remove("t")
    store.undo("t")
    assert b"y" in own(store, "t")
    assert list(store.scan()) == ["t"]


def test_shared_pages_are_read_only(store: Store) -> None:
    put(store, "omx_wiki/a.md", b"# A\n")
    for change in (store.remove, lambda slug: store.put(slug, b"new")):
        with pytest.raises(RefusedError):
            change("omx_wiki/a")
    assert store.add(Draft("A", "own")).slug == "a"
    assert own(store, "omx_wiki/a") == b"# A\n"


def test_putting_the_same_bytes_changes_nothing(store: Store) -> None:
    assert store.put("sessions/2026-01-01-x", b"# S\n")
    assert not store.put("sessions/2026-01-01-x", b"# S\n")
    assert store.read("sessions/2026-01-01-x").kind == "session"
    assert store.put("sessions/2026-01-01-x", b"# S2\n", keep=False)
    assert store.history("sessions/2026-01-01-x") == []


def test_the_index_lists_pages_by_category_and_cannot_be_broken_by_a_title(store: Store) -> None:
    assert store.add(Draft("B [x](y) *z*", "Real sentence. More.", category="decision")).created
    store.add(Draft("A", "First."))
    put(store, "omx_wiki/s h.md", b"# Shared\n")
    assert store.write_index()
    path = f"{store.project.store}/index.md"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text.startswith("# Wiki Index\n\n> 3 pages | Last updated: 20")
    assert "## decision\n\n- [B \\[x\\](y) \\*z\\*](b-x-y-z.md) — Real sentence.\n\n## reference\n" in text
    assert "- [A](a.md) — First.\n- [Shared](../../omx_wiki/s%20h.md)\n" in text
    before = os.stat(path).st_ino
    assert not store.write_index()
    assert os.stat(path).st_ino == before
    assert "index" not in store.scan()
