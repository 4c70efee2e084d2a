"""What is known of pages, and how it is kept."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from context.conftest import write_page
from omx_wiki.context.catalog import paths_in, read_catalog, write_catalog
from omx_wiki.hook.prepared import context_folder
from omx_wiki.pages.page import Page
from omx_wiki.pages.store import Store
from omx_wiki.project import ensure_private


def test_a_card_tells_sources_and_cited_files(world: Store) -> None:
    sources = "sources: [src/a.py:12, 'https://example.com/x/y.py', ./src/b.py#L3]\n"
    write_page(
        world, "cites", "See `lib/c.py:7`, (docs/d.md) and setup.cfg.", day="2026-09-01", extra=sources
    )
    card = read_catalog(world)["cites"]
    assert card.cites == ("lib/c.py", "docs/d.md", "setup.cfg", "src/a.py", "src/b.py")


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("`src/app.py`", ["src/app.py"]),
        ("src/app.py:12 and src/app.py.", ["src/app.py", "src/app.py"]),
        ("./run/me.sh", ["run/me.sh"]),
        ("https://example.com/a/b.py", []),
        ("mail@example.com/x", []),
        ("../outside/file.py", []),
        ("/etc/passwd", []),
        ("plain prose, e.g. nothing", []),
        ("Makefile", []),
    ],
)
def test_paths_in_prose(text: str, paths: list[str]) -> None:
    assert [path for path in paths_in(text) if path != "e.g"] == paths


@given(st.text())
def test_any_text_has_paths_without_line_ends(text: str) -> None:
    assert all("\n" not in path and path for path in paths_in(text))


def test_unchanged_pages_are_not_read_again(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = read_catalog(world)
    assert ensure_private(context_folder(world.project))
    write_catalog(world, cards)
    write_page(world, "glossary", "A tenant is one house.", day="2026-09-09")
    os.unlink(cards["ci-cache"].path)
    read: list[str] = []
    real = Store.read

    def noted(store: Store, slug: str) -> Page:
        read.append(slug)
        return real(store, slug)

    monkeypatch.setattr(Store, "read", noted)
    again = read_catalog(world)
    assert read == ["glossary"]
    assert again["glossary"].summary == "A tenant is one house."
    assert set(again) == set(cards) - {"ci-cache"}
    assert again["test-rules"] == cards["test-rules"]
    assert again["test-rules"].pinned
