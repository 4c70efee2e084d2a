from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.pages.links import find_links, link_targets
from omx_wiki.pages.outline import headings


def test_links_name_page_heading_and_alias() -> None:
    body = (
        "See [[Retry Policy]].\n\nAnd [[retry.md#How it works|this]],\n"
        "[[sessions/2026-fix]] [[C++]] [[a\\|b]].\n"
    )
    links = find_links(body)
    assert [link.target for link in links] == [
        "retry-policy",
        "retry",
        "sessions/2026-fix",
        "c-plus-plus",
        "a",
    ]
    assert [link.line for link in links] == [1, 3, 4, 4, 4]
    assert (links[1].heading, links[1].alias) == ("How it works", "this")


def test_code_holds_no_links() -> None:
    body = (
        "`[[a]]` ``x ` [[b]]`` [[c]]\n\n```\n[[d]]\n```\n\n"
        "~~~~\n~~~\n[[e]]\n~~~~\n`open [[f]]\n\nnot` [[g]]\n"
    )
    assert link_targets(body) == ("c", "f", "g")


def test_what_is_no_link_is_left_alone() -> None:
    assert link_targets("[[]] [[ ]] [[a\nb]] [x](y) [[[deep]]] [[#here]]") == ("deep",)


@given(st.text(st.sampled_from("[]|#`~ a\n\\"), max_size=200))
def test_any_body_is_scanned(body: str) -> None:
    for link in find_links(body):
        assert "[[" in body.split("\n")[link.line - 1]


def test_headings_have_lines_and_skip_code() -> None:
    body = "# One `x`\n\n```sh\n# no\n```\n## Two ##\n    # code\n#nospace\n####### seven\n"
    assert headings(body) == [(1, "One x", 1), (2, "Two", 6)]
