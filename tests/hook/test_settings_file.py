"""Settings files of anybody's making: every value is checked on its own, and nothing raises."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from omx_wiki.hook.settings_file import (
    MAX_BYTES,
    MOST_DOTS,
    SettingsFile,
    parse_settings,
    read_project_settings,
    read_user_settings,
)
from omx_wiki.hook.settings_keys import CHECKS, MOST_PIN_CHARACTERS, MOST_PINS
from omx_wiki.hook.switches import DEFAULTS, SECTIONS, project_file
from omx_wiki.hook.toml_lines import key_lines, statements
from omx_wiki.project import find_project

WHOLE = b"""
enabled = false
[context]
enabled = false
budget = 6000
sections = ["lint", "pins", "lint"]
pins = ["retry-policy", "omx_wiki/shared", "sessions/x", "C++"]
[capture]
enabled = false
"""


def told(text: str) -> tuple[dict[str, Any], list[str]]:
    found = parse_settings(text.encode())
    return found.values, [f"{line} {key} {message}" for line, key, message in found.complaints]


def test_every_setting_can_be_set() -> None:
    found = parse_settings(WHOLE)
    assert found.complaints == []
    assert found.values == {
        "enabled": False,
        "context.enabled": False,
        "context.budget": 6000,
        "context.sections": ("pins", "lint"),
        "context.pins": ("retry-policy", "omx_wiki/shared", "sessions/x", "C++"),
        "capture.enabled": False,
    }
    assert found.values.keys() == DEFAULTS.keys() == CHECKS.keys()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("enabled = 1", "enabled"),
        ("enabled = 'no'", "enabled"),
        ("[context]\nbudget = true", "context.budget"),
        ("[context]\nbudget = 399", "context.budget"),
        ("[context]\nbudget = 9201", "context.budget"),
        ("[context]\nbudget = 4800.0", "context.budget"),
        ("[context]\nbudget = -1", "context.budget"),
        ("[context]\nbudget = 0x" + "f" * 5000, "context.budget"),
        ("[context]\nsections = 'pins'", "context.sections"),
        ("[context]\nsections = ['pin']", "context.sections"),
        ("[context]\nsections = [[], {}, 1]", "context.sections"),
        ("[context]\npins = 'a'", "context.pins"),
        ("[context]\npins = [1]", "context.pins"),
        ("[context]\npins = ['']", "context.pins"),
        ("[context]\npins = ['../secret']", "context.pins"),
        ("[context]\npins = ['/etc/passwd']", "context.pins"),
        ("[context]\npins = ['a/./b']", "context.pins"),
        ("[context]\npins = ['a\\b']", "context.pins"),
        ('[context]\npins = ["a\\nb"]', "context.pins"),
        (f"[context]\npins = ['{'a' * (MOST_PIN_CHARACTERS + 1)}']", "context.pins"),
        (f"[context]\npins = {['a'] * (MOST_PINS + 1)}", "context.pins"),
        ("[capture]\nenabled = 2020-01-01", "capture.enabled"),
        ("context = 3", "context"),
        ("[[capture]]\nenabled = true", "capture"),
        ("budget = 4800", "budget"),
        ("[context]\nBudget = 4800", "context.Budget"),
        ("[elsewhere]\nx = 1\ny = 2", "elsewhere"),
        ('"context.budget" = 4800', "context.budget there"),
    ],
)
def test_what_is_wrong_is_named_once_and_ignored(text: str, key: str) -> None:
    values, complaints = told(text)
    assert values == {}
    assert [complaint.startswith(f"0 {key}") for complaint in complaints] == [True]


def test_the_rest_of_a_file_with_mistakes_counts() -> None:
    values, complaints = told("enabled = false\ncolour = 'red'\n[context]\nbudget = 1\npins = ['a']\n")
    assert values == {"enabled": False, "context.pins": ("a",)}
    assert len(complaints) == 2


@pytest.mark.parametrize("budget", [400, 9200])
def test_the_ends_of_the_range_are_allowed(budget: int) -> None:
    assert told(f"context.budget = {budget}") == ({"context.budget": budget}, [])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"enabled = true\n\nenabled", 3),
        (b"enabled = true\nenabled = false\n", 2),
        (b"\n[context\n", 2),
        (b"enabled = true\r\n\r\nx = \r\n", 3),
        (b"a = 1\nb = '\xff'\n", 2),
        (b"a = 1\n" + b"b." * (MOST_DOTS + 1) + b"c = 1", 2),
        (b"x = " + b"[" * 30_000, 0),
        (b"x = " + b"9" * 5000, 0),
    ],
    ids=["no value", "twice", "header", "crlf", "latin", "dots", "deep", "digits"],
)
def test_a_file_that_is_no_toml_is_ignored_whole(data: bytes, line: int) -> None:
    found = parse_settings(data)
    assert found.values == {}
    assert [(complaint[0], complaint[1]) for complaint in found.complaints] == [(line, "")]
    assert "ignored" in found.complaints[0][2]


def test_a_byte_order_mark_and_crlf_do_no_harm() -> None:
    found = parse_settings(b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n"))
    assert (len(found.values), found.complaints) == (len(DEFAULTS), [])


_WORDS = [
    "enabled",
    "context",
    "budget",
    "pins",
    "true",
    "4800",
    "1e9",
    "2020-01-01",
    "-",
    "\u00e9",
    "\x00",
    "\ufeff",
]
_SIGNS = [*".= \n[]{},\"'\\#\t", "[[", '"""', "'''", "\r\n"]
_FRAGMENTS = st.sampled_from([*_WORDS, *_SIGNS])
_TOMLISH = st.lists(_FRAGMENTS, max_size=60).map("".join)


@given(st.binary(max_size=300) | _TOMLISH.map(str.encode))
@example(b'a = """\\')
@example(b"[a]\na = ]\n")
def test_any_bytes_give_values_that_are_allowed_or_complaints(data: bytes) -> None:
    found = parse_settings(data)
    for key, value in found.values.items():
        assert CHECKS[key](list(value) if isinstance(value, tuple) else value) == ""
    for line, key, message in found.complaints:
        assert 0 <= line <= data.count(b"\n") + 1
        assert line or key or "ignored" in message
        assert message.isprintable()
    if found.values or any(key for _, key, _ in found.complaints):
        key_lines(found.text)


@given(_TOMLISH)
def test_statements_are_read_from_any_text(text: str) -> None:
    lines = [line for line, _head, _dots in statements(text)]
    assert lines == sorted(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


_NAMES = st.text("abcxyz", min_size=1, max_size=4)
_KEYS = _NAMES | _NAMES.map(lambda name: f'"{name}"') | _NAMES.map(lambda name: f"'{name}'")
_STRINGS = [
    '"a = 1"',
    "'[b]'",
    '"""\na = 1\n"""',
    '"""x""""',
    "'''\n[c]\n'''",
    '""',
    "''",
    "'''''''",
    '"\\""',
]
_LISTS = ["[\n1, # a = 2\n2\n]", "{a = 1, b = '#'}", "[[1], [2]]", '["]"]']
_VALUES = st.sampled_from(["1", "true", "1.5", *_STRINGS, *_LISTS])


@given(st.lists(st.tuples(_KEYS, _VALUES, st.sampled_from(["", " ", "\n", " # [x]"])), max_size=8))
@settings(max_examples=200)
def test_every_key_is_found_on_its_line(entries: list[tuple[str, str, str]]) -> None:
    text, expected = "", dict[str, int]()
    for key, value, after in entries:
        name = key.strip("\"'")
        if name not in expected:
            expected[name] = text.count("\n") + 1
            text += f"{key} = {value}{after}\n"
    assert tomllib.loads(text).keys() == expected.keys()
    assert key_lines(text) == expected


def test_keys_are_found_in_every_form() -> None:
    text = (
        'a . "b" = 1\n\n[ c ]\n  d = """\n[x]\ny = 1"""\n[[e.f]]\ng = [\n1]\nh = 2\n[ "i]" ]\nj = {k = 1}\n'
    )
    tomllib.loads(text)
    assert key_lines(text) == {
        "a": 1,
        "a.b": 1,
        "c": 3,
        "c.d": 4,
        "e": 7,
        "e.f": 7,
        "e.f.g": 8,
        "e.f.h": 10,
        "i]": 11,
        "i].j": 12,
    }


@pytest.fixture
def project_settings(repository: Path) -> Path:
    path = repository / ".omx" / "wiki.toml"
    path.parent.mkdir()
    assert project_file(find_project(str(repository))) == str(path)
    return path


def read(repository: Path) -> SettingsFile:
    return read_project_settings(find_project(str(repository)))


def test_a_file_that_is_not_there_says_nothing(repository: Path) -> None:
    found = read(repository)
    assert (found.values, found.complaints) == ({}, [])


def test_the_file_of_the_project_is_read(repository: Path, project_settings: Path) -> None:
    project_settings.write_bytes(WHOLE)
    assert len(read(repository).values) == len(DEFAULTS)


def test_a_linked_file_of_a_project_is_not_followed(
    repository: Path, project_settings: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.toml").write_bytes(WHOLE)
    project_settings.symlink_to(tmp_path / "elsewhere.toml")
    found = read(repository)
    assert found.values == {}
    assert "a link" in found.complaints[0][2]


def test_a_folder_that_leads_out_of_the_project_is_not_read(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "wiki.toml").write_bytes(WHOLE)
    (repository / ".omx").symlink_to(tmp_path / "elsewhere")
    found = read(repository)
    assert found.values == {}
    assert "outside of the project" in found.complaints[0][2]


def test_the_users_file_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_bytes(WHOLE)
    (tmp_path / "config.toml").symlink_to(tmp_path / "dotfiles.toml")
    assert len(read_user_settings(str(tmp_path / "config.toml")).values) == len(DEFAULTS)


def test_a_fifo_or_folder_is_no_settings_file(repository: Path, project_settings: Path) -> None:
    os.mkfifo(project_settings)
    assert "no regular file" in read(repository).complaints[0][2]
    assert "no regular file" in read_user_settings(str(repository)).complaints[0][2]
    assert "no regular file" in read_user_settings(os.devnull).complaints[0][2]
    assert read_user_settings("a\0b").complaints


def test_a_file_is_read_up_to_its_greatest_size(repository: Path, project_settings: Path) -> None:
    project_settings.write_bytes(b"enabled = false\n" + b"\n" * (MAX_BYTES - 16))
    assert read(repository).values == {"enabled": False}
    with project_settings.open("ab") as file:
        file.write(b"\n")
    assert read(repository).values == {}
    assert "longer than" in read(repository).complaints[0][2]


def test_the_names_of_sections_are_all_allowed() -> None:
    assert told(f"context.sections = {list(SECTIONS)}") == ({"context.sections": SECTIONS}, [])
    assert told("context.sections = []") == ({"context.sections": ()}, [])
