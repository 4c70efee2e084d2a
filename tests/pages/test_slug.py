from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.pages.scan import is_page_stem
from omx_wiki.pages.slug import MAX_SLUG, MAX_SLUG_BYTES, same_title, slug_candidates, slugify

_TITLES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=120).filter(
    lambda title: bool(title.strip())
)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Auth Architecture", "auth-architecture"),
        ("Hello, World!", "hello-world"),
        ("---test---", "test"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("C++ templates", "c-plus-plus-templates"),
        ("Issue #12", "issue-12"),
        ("index", "index-page"),
        ("Log", "log-page"),
        ("environment", "environment-page"),
        ("NUL", "nul-page"),
        ("Über Größe", "über-größe"),
        ("한국어 위키", "한국어-위키"),
        ("हिन्दी", "हिन्दी"),
        ("Cafe\u0301", "café"),
        ("❤\ufe0f love", "love"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 70, "a" * 64),
        ("", ""),
        (" \n", ""),
    ],
)
def test_a_title_gives_its_slug(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_titles_without_letters_get_different_names() -> None:
    assert slugify("😀") != slugify("🚀")
    assert slugify("😀").startswith("page-")


@given(_TITLES)
def test_every_title_gives_a_safe_name(title: str) -> None:
    for slug in slug_candidates(title):
        assert slug
        assert is_page_stem(slug)
        assert len(slug) <= MAX_SLUG + len("-page")
        assert len(slug.encode()) <= MAX_SLUG_BYTES + len("-page")
        assert not slug.startswith("-")
        assert not slug.endswith("-")
        assert slug == unicodedata.normalize("NFC", slug)
    assert slugify(slugify(title)) == slugify(title)


@given(_TITLES)
def test_case_width_and_blanks_do_not_make_another_title(title: str) -> None:
    spaced = f"  {title}\n "
    assert same_title(title, spaced)
    assert slug_candidates(title)[1].rpartition("-")[2] == slug_candidates(spaced)[1].rpartition("-")[2]


def test_long_titles_that_differ_at_the_end_get_different_second_names() -> None:
    one, other = slug_candidates("a" * 70 + " one"), slug_candidates("a" * 70 + " two")
    assert one[0] == other[0]
    assert one[1] != other[1]
    assert not same_title("a" * 70 + " one", "a" * 70 + " two")
