"""Pages are named in prose by whole words only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.journal.mentions import Mentions, no_mentions

KNOWN = {
    "retry-policy": "How we retry",
    "retry": "Retry",
    "omx_wiki/cart-totals": "Totals",
    "sessions/2026-09-02-0800-0000beef": "Make the lamp shine",
    "c-plus-plus": "C++: what to avoid",
    "lager": "丸め 誤り",
}


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("see retry-policy.", ["retry-policy"]),
        ("[[Retry-Policy]] and `cart-totals`", ["omx_wiki/cart-totals", "retry-policy"]),
        ("how we\nretry", ["retry-policy"]),
        ("Retry it with Totals", []),
        ("retry policy", []),
        ("my-retry-policy, retry-policy-2", []),
        ("we show how we retryable", []),
        ("as in C (what to avoid)", ["c-plus-plus"]),
        ("C++: WHAT TO AVOID", ["c-plus-plus"]),
        ("2026-09-02-0800-0000beef", ["sessions/2026-09-02-0800-0000beef"]),
        ("丸め 誤り", ["lager"]),
        ("", []),
    ],
)
def test_pages_are_named_by_title_or_name(text: str, pages: list[str]) -> None:
    assert Mentions(KNOWN).find(text) == pages


@given(st.sampled_from(["retry-policy", "How we retry"]), st.text(), st.text())
def test_a_name_between_blanks_is_always_found(name: str, before: str, after: str) -> None:
    assert "retry-policy" in Mentions(KNOWN).find(f"{before} . {name} . {after}")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=8), st.text())
def test_any_text_and_any_titles_are_taken(titles: dict[str, str], text: str) -> None:
    found = Mentions(titles).find(text)
    assert set(found) <= set(titles)
    assert found == sorted(set(found))
    assert no_mentions(text) == []
