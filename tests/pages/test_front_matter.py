from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.pages.front_matter import MAX_BLOCK, read_meta


def test_values_are_text_never_numbers_or_dates() -> None:
    block = "version: 1.10\non: yes\nid: 012\nday: 2026-01-01\nfold: >\n  one\n  two\nnested: {a: [1, x]}\n"
    meta, problems = read_meta(block)
    assert problems == []
    assert meta == {
        "version": "1.10",
        "on": "yes",
        "id": "012",
        "day": "2026-01-01",
        "fold": "one two\n",
        "nested": '{"a": ["1", "x"]}',
    }


def test_broken_yaml_names_the_line_and_keeps_what_can_be_read() -> None:
    meta, problems = read_meta("owner: me\ntitle: C: the language\ntags: [a]\n")
    assert meta == {"owner": "me", "tags": ["a"]}
    assert len(problems) == 1
    assert "line 3" in problems[0]


def test_an_alias_bomb_is_not_expanded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
    )
    meta, problems = read_meta(f"title: x\n{bomb}")
    assert meta == {"title": "x"}
    assert problems


def test_a_huge_or_deep_block_is_bounded() -> None:
    assert read_meta("title: x\n" + "#" * MAX_BLOCK)[0]["title"] == "x"
    assert read_meta("title: x\nd: " + "[" * 5000)[1]
    assert read_meta("title: x\nd: " + "[" * 500 + "]" * 500)[1]


def test_text_that_is_no_mapping_is_a_problem() -> None:
    assert read_meta("just words\n") == ({}, ["front matter holds no keys"])
    assert read_meta("# only a comment\n") == ({}, [])


@given(st.text(st.sampled_from("ab:-#[]{}&*!|>'\"%@`\n \t,?\\\x00\x85é\ud800"), max_size=60))
def test_reading_never_raises(block: str) -> None:
    meta, _ = read_meta(block)
    assert all(isinstance(value, (str, list)) for value in meta.values())
