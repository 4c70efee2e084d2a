"""Which pages matter for a branch and its files."""

from __future__ import annotations

import pytest

from context.conftest import NOW, write_page
from omx_wiki.context.catalog import read_catalog
from omx_wiki.context.relevance import Ranked, Work, file_words, rank, work_of
from omx_wiki.pages.store import Store
from omx_wiki.search.index import refresh


@pytest.fixture
def store(world: Store) -> Store:
    return world


def ranked(store: Store, work: Work) -> list[Ranked]:
    refresh(store, store.project)
    return rank(store, read_catalog(store).values(), work, usage={}, now=NOW)


def order(store: Store, work: Work) -> list[str]:
    return [found.card.slug for found in ranked(store, work)]


def test_words_of_a_branch_leave_out_its_owner() -> None:
    assert work_of("ada/login-timeout", {}, {"ada"}).words == ("login", "timeout")


def test_a_page_that_cites_a_changed_file_comes_first(store: Store) -> None:
    [first, *_] = ranked(store, Work((), {"src/billing.py": "changed on this branch"}))
    assert first.card.slug == "billing-retries"
    assert "cites src/billing.py, changed on this branch" in first.why


def test_a_bare_file_name_counts_less_than_its_path(store: Store) -> None:
    write_page(store, "by-name", "Look at zebra.py first.", day="2026-09-01")
    write_page(store, "by-path", "Look at lib/zebra.py first.", day="2026-09-01")
    found = order(store, Work((), {"lib/zebra.py": "changed"}))
    assert found[:2] == ["by-path", "by-name"]


def test_a_word_of_the_branch_in_the_text_counts(store: Store) -> None:
    write_page(store, "odd-one", "The quokka service needs a token.", day="2026-01-01")
    assert order(store, Work(("quokka",), {}))[0] == "odd-one"


def test_with_nothing_to_go_by_the_kind_and_the_age_decide(store: Store) -> None:
    write_page(store, "old-decision", "Text.", category="decision", day="2020-01-01")
    write_page(store, "new-decision", "Text.", category="decision", day="2026-09-09")
    write_page(store, "new-environment", "Text.", category="environment", day="2026-09-09")
    found = order(store, Work())
    assert found.index("new-decision") < found.index("new-environment")
    assert found.index("new-decision") < found.index("old-decision")


def test_pages_about_sessions_are_left_out(store: Store) -> None:
    write_page(store, "diary", "Login login login.", category="session-log", day="2026-09-09")
    assert "diary" not in order(store, Work(("login",), {}))


def test_the_order_is_the_same_every_time(store: Store) -> None:
    work = Work(("login",), {"src/login.py": "changed"})
    assert ranked(store, work) == ranked(store, work)


def test_words_of_a_search_syntax_do_no_harm(store: Store) -> None:
    assert order(store, Work(("-login", '"', "or*"), {'a"b -c*.py': "changed"}))


def test_telling_words_of_file_names() -> None:
    files = ["src/loginTimeout.py", "tests/test_login.py", "docs/README.md", "a/__init__.py", "2026.md"]
    assert file_words(files) == ["login", "timeout"]
