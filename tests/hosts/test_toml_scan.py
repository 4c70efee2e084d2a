from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.toml_documents import arrays, documents, settings_of, strings
from omx_wiki.hosts.toml_scan import TomlTextError, elements, scan


def _at(settings: Any, path: tuple[str, ...]) -> Any:
    """Return a setting; for one in an array of tables the array."""
    for part in path:
        settings = settings if isinstance(settings, list) else settings[part]
    return settings


@given(documents(("session_start", "session_end")))
def test_every_setting_is_found_with_its_path_and_its_value(content: bytes) -> None:
    text = content.decode().removeprefix("\ufeff")
    whole = settings_of(content)

    for found in scan(text):
        start, end = found.value
        assert text.count("\n", 0, start) + 1 == found.line
        if found.key and not isinstance(_at(whole, found.table[:2]), list):
            assert _at(whole, found.path) == settings_of(f"v = {text[start:end]}".encode())["v"]


@given(documents(("session_start",)))
def test_statements_follow_each_other_and_leave_only_comments_between(content: bytes) -> None:
    text = content.decode().removeprefix("\ufeff")
    position = 0
    for found in scan(text):
        gap = text[position : found.lines[0]]
        assert all(line.lstrip().startswith("#") or not line.strip() for line in gap.splitlines())
        position = found.lines[1]


@given(arrays(arrays(strings()) | strings()))
def test_every_element_of_an_array_is_found(text: str) -> None:
    values = [settings_of(f"v = {text[start:end]}".encode())["v"] for start, end in elements(text, (0, 0))]

    assert values == settings_of(f"v = {text}".encode())["v"]


def test_duplicates_and_misplaced_settings_are_listed_like_any_others() -> None:
    found = scan('notify = ["a"]\n[history]\nx = 1\n[history]\nnotify = ["b"]\n')

    assert [(one.path, one.line) for one in found] == [
        (("notify",), 1),
        (("history",), 2),
        (("history", "x"), 3),
        (("history",), 4),
        (("history", "notify"), 5),
    ]


@pytest.mark.parametrize(
    "text", ["a", "a =", "a = [1", '"a', "[a", "[[a]", "a = 'x", "a = 1\n= 2", "[a] b = 1"]
)
def test_a_line_that_is_neither_header_nor_setting_is_named(text: str) -> None:
    with pytest.raises(TomlTextError, match=r"line [12] "):
        scan(text)


@given(st.text())
def test_any_text_is_scanned_or_refused(text: str) -> None:
    try:
        found = scan(text)
    except TomlTextError:
        return
    assert all(0 <= one.lines[0] < one.value[1] <= one.lines[1] <= len(text) for one in found)
