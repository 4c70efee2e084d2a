from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from omx_wiki.errors import RefusedError
from omx_wiki.hook.page_head import split_front_matter
from omx_wiki.pages.front_matter import meta_list, read_meta
from omx_wiki.pages.splice import splice_meta
from omx_wiki.pages.yaml_text import flow_sequence, quoted_scalar, scalar

_VALUES = st.text(st.characters(codec="utf-8"), max_size=30)
_LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")
_ITEMS = (
    st.text(_LETTERS, max_size=30).map(str.strip).filter(lambda item: bool(item) and not item.startswith("#"))
)
_ENDS = st.sampled_from(["\n", "\r\n"])
_KEEP = [
    "# a comment",
    "owner: me  # mine",
    "nested:",
    "  deep: {x: 1}",
    "",
    "text: |",
    "  kept",
    "   as it is",
]
_TAGS = st.sampled_from(
    [
        [],
        ["tags:"],
        ["tags: []  # none"],
        ["tags: [x, 'y, z']"],
        ["tags: [x,", '   "]" ]'],
        ["tags:   # listed", "  - x # first", '  - "y, z"'],
        ["tags:", "- x", "", "# tail"],
        ["tags: x y"],
    ]
)


def _meta(text: str) -> dict[str, str | list[str]]:
    block = split_front_matter(text)[0]
    assert block is not None
    meta, problems = read_meta(block)
    assert problems == []
    return meta


@given(_VALUES)
def test_a_written_value_reads_back_as_itself(value: str) -> None:
    assert _meta(f"---\nk: {scalar(value)}\nq: {quoted_scalar(value)}\n---\n") == {"k": value, "q": value}


@given(st.lists(_VALUES, max_size=4))
def test_a_written_list_reads_back_as_itself(items: list[str]) -> None:
    assert _meta(f"---\nk: {flow_sequence(items)}\n---\n") == {"k": items}


@pytest.mark.parametrize(
    "value", ["true", "No", "null", "1.10", "012", "2026", "2026-01-01", "", "- x", "a: b", "#"]
)
def test_a_value_that_yaml_would_reinterpret_is_quoted(value: str) -> None:
    assert scalar(value) == f'"{value}"'


@given(
    _ENDS,
    _TAGS,
    st.sampled_from([[], ["title: old"], ['title: "old" # t'], ["title: >", "  folded"]]),
    _VALUES,
)
def test_setting_a_value_touches_its_own_lines_only(
    end: str, tags: list[str], old: list[str], title: str
) -> None:
    before = end.join(["---", *old, *_KEEP, *tags, "---", "body: x", ""])
    after = splice_meta(before, {"title": title})
    meta = _meta(after)
    assert meta["title"] == title
    assert {**_meta(before), "title": title} == meta
    kept = end.join([*_KEEP, *tags])
    assert kept in after
    assert after.count("\n") - after.count("\r\n") == (0 if end == "\r\n" else after.count("\n"))
    assert after.endswith(end.join(["---", "body: x", ""]))


@given(_ENDS, _TAGS, st.lists(_ITEMS, max_size=3))
def test_adding_to_a_list_keeps_every_other_line(end: str, tags: list[str], added: list[str]) -> None:
    before = end.join(["---", *_KEEP, *tags, "last: 1", "---", "body", ""])
    old = meta_list(_meta(before), "tags")
    after = splice_meta(before, {"tags": added})
    assert meta_list(_meta(after), "tags") == list(dict.fromkeys([*old, *added]))
    lines, new = before.split(end), after.split(end)
    changed = [line for line in lines if line not in new]
    assert len(changed) <= 1
    assert all(line.startswith("tags:") or line.endswith("]") for line in changed)
    if set(added) <= set(old):
        assert after == before


def test_lists_grow_in_the_style_they_have() -> None:
    page = '---\ntags:\n  - x # first\n\n# tail\nsources: [a, "b]c"] # src ]\nm: [a,\n  b]\n---\n'
    assert splice_meta(page, {"tags": ["v, w"], "sources": ["c"], "m": ["d"], "links": ["l"]}) == (
        '---\ntags:\n  - x # first\n  - "v, w"\n\n# tail\nsources: [a, "b]c", c] # src ]\nm: [a,\n  b, d]\n'
        "links: [l]\n---\n"
    )


@pytest.mark.parametrize(
    "page",
    [
        "no front matter",
        "---\nbroken: [\n---\n",
        '---\n"tags": [a]\n---\n',
        "---\ntags: [a, # ]\n b] # ]\n---\n",
    ],
)
def test_what_cannot_be_edited_safely_is_refused(page: str) -> None:
    with pytest.raises(RefusedError):
        splice_meta(page, {"tags": ["new"]})


@given(st.text(st.sampled_from("ab:-#[]{}|>'\"\n ,\r"), max_size=60), _ITEMS)
def test_splicing_foreign_front_matter_is_right_or_refused(block: str, item: str) -> None:
    page = f"---\n{block}\n---\nbody\n"
    try:
        after = splice_meta(page, {"tags": [item], "title": item})
    except RefusedError:
        return
    assume(split_front_matter(page)[0] is not None)
    assert item in meta_list(_meta(after), "tags")
    assert _meta(after)["title"] == item
    assert after.endswith("---\nbody\n")
