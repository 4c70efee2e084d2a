from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.foreign_files import json_texts
from omx_wiki.hosts import json_splice

_LEAVES = st.none() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abé\\", max_size=3), inner)
)
_ARRAYS = st.lists(_VALUES, max_size=4)
_OBJECTS = st.dictionaries(st.text("abc", max_size=3), _VALUES, max_size=4)


@given(json_texts(_ARRAYS), _VALUES)
def test_what_is_appended_to_an_array_is_read_last_and_removed_without_a_trace(text: str, value: Any) -> None:
    before = json_splice.load(text)

    new = json_splice.append(text, (), value)

    assert json_splice.load(new) == [*before, value]
    assert json_splice.remove(new, (), len(before)) == text


@given(json_texts(_OBJECTS), _VALUES)
def test_what_is_appended_to_an_object_is_read_last_and_removed_without_a_trace(
    text: str, value: Any
) -> None:
    before = json_splice.load(text)

    new = json_splice.append(text, (), value, 'new "key"')

    assert list(json_splice.load(new).items()) == [*before.items(), ('new "key"', value)]
    assert json_splice.remove(new, (), json_splice.index_of(new, (), 'new "key"')) == text


@given(json_texts(_ARRAYS.filter(bool)), _VALUES, st.data())
def test_replacing_an_element_leaves_all_others_as_they_were(
    text: str, value: Any, data: st.DataObject
) -> None:
    before = json_splice.load(text)
    index = data.draw(st.integers(0, len(before) - 1))
    entry = json_splice.find(text, ()).entries[index]

    new = json_splice.replace(text, (), index, value)

    assert json_splice.load(new) == [*before[:index], value, *before[index + 1 :]]
    assert new.startswith(text[: entry.value])
    assert new.endswith(text[entry.end :])


@given(json_texts(_ARRAYS.filter(bool)), st.data())
def test_removing_an_element_leaves_the_values_of_the_others(text: str, data: st.DataObject) -> None:
    before = json_splice.load(text)
    index = data.draw(st.integers(0, len(before) - 1))

    assert json_splice.load(json_splice.remove(text, (), index)) == before[:index] + before[index + 1 :]


def test_an_appended_element_is_indented_like_its_neighbour() -> None:
    text = '{\r\n\t"list": [\r\n\t\t{"a": 1}\r\n\t]\r\n}\r\n'

    new = json_splice.append(text, ("list",), {"b": [2]})

    assert new == (
        '{\r\n\t"list": [\r\n\t\t{"a": 1},'
        '\r\n\t\t{\r\n\t\t\t"b": [\r\n\t\t\t\t2\r\n\t\t\t]\r\n\t\t}\r\n\t]\r\n}\r\n'
    )


TRAILING_COMMA = (
    "Illegal trailing comma before end of array (line 1, column 3)"
    if sys.version_info >= (3, 13)
    else "Expecting value (line 1, column 4)"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value (line 1, column 1)"),
        ("[1,]", TRAILING_COMMA),
        ('{"a": 1, "a": 2}', 'the key "a" stands twice in one object'),
        ("[NaN]", "NaN is not JSON"),
        ("{} {}", "more text follows the value (line 1)"),
        ('["\\ud800"]', "a string holds an unpaired surrogate"),
        ("[" * 100_000, "it is nested too deeply"),
        ("\x0b{}", "Expecting value (line 1, column 1)"),
        ('["\t"]', "Invalid control character at (line 1, column 3)"),
    ],
)
def test_what_strict_readers_reject_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(json_splice.JsonTextError) as caught:
        json_splice.load(text)

    assert str(caught.value) == reason


@given(st.text())
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with contextlib.suppress(json_splice.JsonTextError):
        assert json_splice.load(text) == json.loads(text)
