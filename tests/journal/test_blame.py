"""What touched a file: sessions that changed it, their decisions, pages that name it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.session_pages import put
from omx_wiki.errors import InvalidInputError
from omx_wiki.journal.blame import Blame, blame
from omx_wiki.journal.paths import covers, from_root, lies_in, tidy
from omx_wiki.journal.renames import earlier_names
from omx_wiki.pages.draft import Draft
from omx_wiki.pages.store import Store

Git = Callable[..., str]
SECTIONS = (
    "## Changed\n\n- M `src/cart.py` +3 -1\n- A `src/till.py` +9\n\n## Decided\n\n- We will **round** up\n\n"
)


@pytest.fixture
def renamed(repository: Path, git: Git) -> Path:
    """Return the repository in which `src/cart.py` was `cart.py` and `basket.py` before."""
    steps = (("", "basket.py"), ("basket.py", "cart.py"), ("cart.py", "src/cart.py"))
    (repository / "src").mkdir()
    for old, new in steps:
        if old:
            git(repository, "mv", old, new)
        else:
            (repository / new).write_text("\n".join(map(str, range(50))), encoding="utf-8")
            git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", f"Now {new}")
    return repository


def sessions(found: Blame) -> list[str]:
    return [touch.session.short_id for touch in found.sessions]


def test_sessions_and_their_decisions_are_found(store: Store) -> None:
    put(store, "2026-01-31-1405-aaaaaaaa", sections=SECTIONS)
    put(store, "2026-02-01-0000-bbbbbbbb", sections=SECTIONS, started="2026-02-01T00:00:00Z")
    put(store, "2026-02-02-0000-cccccccc", sections=SECTIONS.replace("src/cart.py", "docs/src/cart.py"))
    found = blame(store, "src/cart.py")
    assert sessions(found) == ["bbbbbbbb", "aaaaaaaa"]
    assert found.sessions[0].decisions == ("We will round up",)
    assert found.as_json()["decisions"][0] == {
        "text": "We will round up",
        "page": "sessions/2026-02-01-0000-bbbbbbbb",
    }


@pytest.mark.parametrize(
    ("path", "touched"), [("src", ("src/cart.py", "src/till.py")), (".", ("src/cart.py", "src/till.py"))]
)
def test_a_folder_stands_for_all_files_in_it(store: Store, path: str, touched: tuple[str, ...]) -> None:
    put(store, "2026-01-31-1405-aaaaaaaa", sections=SECTIONS)
    (touch,) = blame(store, path).sessions
    assert touch.paths == touched


def test_earlier_names_count(store: Store, renamed: Path) -> None:
    put(store, "2026-01-31-1405-aaaaaaaa", sections="## Changed\n\n- A `basket.py` +50\n\n")
    found = blame(store, "src/cart.py")
    assert found.names == ("src/cart.py", "cart.py", "basket.py")
    assert sessions(found) == ["aaaaaaaa"]
    assert earlier_names(store.project, "README.md") == []
    assert earlier_names(store.project, "src") == []
    assert renamed.is_dir()


@pytest.mark.usefixtures("renamed")
def test_a_deleted_file_still_has_its_names(store: Store, renamed: Path, git: Git) -> None:
    git(renamed, "rm", "-q", "src/cart.py")
    git(renamed, "commit", "-q", "-m", "Gone")
    assert earlier_names(store.project, "src/cart.py") == ["cart.py", "basket.py"]


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ":(glob)**", "--output=x", "a\0b", "no/such"])
def test_a_strange_path_has_no_earlier_names(store: Store, path: str) -> None:
    assert earlier_names(store.project, path) == []


def test_without_git_a_path_is_as_given(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    put(store, "2026-01-31-1405-aaaaaaaa", sections=SECTIONS)
    assert blame(store, "./src//cart.py").names == ("src/cart.py",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("See `src/cart.py` first.", 1),
        ("One.\n\nThen ./src/cart.py:12.", 3),
        ("(src/cart.py)", 1),
        ("docs/src/cart.py", 0),
        ("src/cart.pyi and src/cart.py.bak and xsrc/cart.py and src/cart.py/x", 0),
        ("src/cart.py is where. Not src/cart.pyi.", 1),
    ],
)
def test_a_page_that_names_the_file_is_found_with_its_line(store: Store, text: str, line: int) -> None:
    slug = store.add(Draft("Rounding", text, category="decision")).slug
    pages = blame(store, "src/cart.py").pages
    assert [page.page for page in pages] == [slug] * bool(line)
    if line:
        shown = Path(pages[0].path).read_text(encoding="utf-8").splitlines()[pages[0].line - 1]
        assert shown == text.split("\n")[line - 1]
        assert blame(store, "src/cart.py").as_json()["decisions"] == [{"text": "Rounding", "page": slug}]


def test_a_page_with_the_file_as_its_source_is_found(store: Store) -> None:
    store.add(Draft("Rounding", "Half to even.", sources=("src/cart.py:3",)))
    (page,) = blame(store, "src/cart.py").pages
    assert (page.line, page.text) == (1, "")


def test_a_name_that_is_a_word_counts_as_code_only(store: Store) -> None:
    store.add(Draft("Prose", "Every Makefile is different."))
    store.add(Draft("Code", "Run it from `Makefile`."))
    assert [page.page for page in blame(store, "Makefile").pages] == ["code"]


def test_a_folder_is_named_by_what_lies_in_it(store: Store, repository: Path) -> None:
    (repository / "src").mkdir()
    store.add(Draft("Prose", "The src of all evil."))
    store.add(Draft("Code", "It is in src/deep/till.py."))
    assert [page.page for page in blame(store, "src").pages] == ["code"]


def test_an_empty_path_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError):
        blame(store, " ")


@pytest.mark.parametrize(
    ("path", "folder", "seen"),
    [
        ("cart.py", "/r/src", "src/cart.py"),
        ("../cart.py", "/r/src", "cart.py"),
        ("/r/src/", "/elsewhere", "src"),
        (".", "/r", "."),
        ("../../etc", "/r/src", "../../etc"),
        ("/etc/passwd", "/r", "/etc/passwd"),
        ("..cart", "/r", "..cart"),
    ],
)
def test_a_path_is_seen_from_the_root(path: str, folder: str, seen: str) -> None:
    assert from_root(path, folder, "/r") == seen


_PATHS = st.lists(st.sampled_from(["a", "b", "a.py", ".", "..", "é"]), min_size=1, max_size=4).map("/".join)


@given(_PATHS, _PATHS)
def test_a_path_lies_in_each_of_its_folders(folder: str, rest: str) -> None:
    whole = tidy(f"{folder}/{rest}")
    assert tidy(whole) == whole == os.path.normpath(f"{folder}/{rest}")
    if ".." not in rest.split("/"):
        assert tidy(folder) == "." or lies_in(whole, tidy(folder))
        assert covers(folder, whole)
    assert covers(rest, whole) or ".." in rest.split("/")
