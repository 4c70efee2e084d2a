from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.foreign_files import COMMAND, FOREIGN_GROUPS, GROUPS, HOOKS_FILES, OLD_COMMAND
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import hooks_file, json_splice
from omx_wiki.hosts.hooks_file import INERT_GROUP

_OURS = GROUPS["SessionStart"]
_MORE = {**GROUPS, "Stop": {"hooks": [{"type": "command", "command": COMMAND, "timeout": 5}]}}


def _install(old: bytes | None, groups: dict[str, dict[str, Any]] = GROUPS) -> bytes:
    return hooks_file.install(old, groups).new


def _starts(content: bytes) -> list[Any]:
    found = json.loads(content)["hooks"]["SessionStart"]
    assert isinstance(found, list)
    return found


@given(HOOKS_FILES, st.sampled_from([GROUPS, _MORE]))
def test_removing_what_was_installed_restores_every_byte(
    old: bytes | None, groups: dict[str, dict[str, Any]]
) -> None:
    assert hooks_file.remove(_install(old, groups)) == old


@given(HOOKS_FILES, st.sampled_from([GROUPS, _MORE]))
def test_installing_adds_our_groups_at_the_end_and_nothing_else(
    old: bytes | None, groups: dict[str, dict[str, Any]]
) -> None:
    expected = json.loads(old or b"{}")
    hooks = expected.setdefault("hooks", {})
    for event, group in groups.items():
        hooks.setdefault(event, []).append(group)

    assert json.loads(_install(old, groups)) == expected


@given(HOOKS_FILES, st.sampled_from([GROUPS, _MORE]))
def test_installing_twice_gives_the_same_bytes(old: bytes | None, groups: dict[str, dict[str, Any]]) -> None:
    once = _install(old, groups)

    assert _install(once, groups) == once


@given(HOOKS_FILES)
def test_the_reported_places_are_where_our_handlers_stand(old: bytes | None) -> None:
    change = hooks_file.install(old, _MORE)

    hooks = json.loads(change.new)["hooks"]
    assert {place.event for place in change.places} == set(_MORE)
    for place in change.places:
        group = hooks[place.event][place.group]
        assert group == _MORE[place.event]
        assert group["hooks"][place.handler] == place.entry


@given(HOOKS_FILES)
def test_an_outdated_group_is_brought_up_to_date_in_its_place(old: bytes | None) -> None:
    outdated = {"SessionStart": {"hooks": [{"type": "command", "command": OLD_COMMAND, "timeout": 9}]}}

    updated = _install(_install(old, outdated))

    assert json.loads(updated) == json.loads(_install(old))
    assert hooks_file.remove(updated) == old


@given(HOOKS_FILES)
def test_an_event_that_is_no_longer_ours_is_left_clean(old: bytes | None) -> None:
    assert json.loads(_install(_install(old, _MORE))) == json.loads(_install(old))


@given(HOOKS_FILES, FOREIGN_GROUPS)
def test_a_group_that_others_put_before_ours_stays_when_we_leave(old: bytes | None, theirs: Any) -> None:
    installed = _install(old)
    count = len(_starts(installed))
    grown = json_splice.append(installed.decode(), ("hooks", "SessionStart"), theirs)
    grown = json_splice.remove(grown, ("hooks", "SessionStart"), count - 1)
    swapped = json_splice.append(grown, ("hooks", "SessionStart"), _OURS).encode()

    left = hooks_file.remove(swapped)

    assert left is not None
    assert left.decode() == grown


@given(HOOKS_FILES, FOREIGN_GROUPS)
def test_a_group_after_ours_keeps_its_index_when_we_leave_and_come_back(
    old: bytes | None, theirs: Any
) -> None:
    installed = _install(old)
    grown = json_splice.append(installed.decode(), ("hooks", "SessionStart"), theirs).encode()
    before = _starts(grown)

    left = hooks_file.remove(grown)

    assert left is not None
    assert _starts(left) == [INERT_GROUP if group == _OURS else group for group in before]
    assert hooks_file.remove(left) == left
    assert _starts(_install(left)) == before


@given(HOOKS_FILES, FOREIGN_GROUPS)
def test_a_group_that_others_add_to_another_event_does_not_hold_ours(old: bytes | None, theirs: Any) -> None:
    installed = _install(old).decode()
    hooks = json.loads(installed)["hooks"]
    if "Stop" in hooks:
        grown = json_splice.append(installed, ("hooks", "Stop"), theirs)
    else:
        grown = json_splice.append(installed, ("hooks",), [theirs], "Stop")
    expected = json.loads(grown)
    expected["hooks"]["SessionStart"].pop()

    left = hooks_file.remove(grown.encode())

    assert left is not None
    assert {event: groups for event, groups in json.loads(left)["hooks"].items() if groups} == {
        event: groups for event, groups in expected["hooks"].items() if groups
    }


def test_an_inert_group_goes_once_nothing_follows_it() -> None:
    assert hooks_file.remove(json.dumps({"hooks": {"SessionStart": [{}, INERT_GROUP]}}).encode()) == (
        b'{"hooks": {"SessionStart": [{}]}}'
    )


def test_a_handler_that_shares_our_group_stays_and_is_reported() -> None:
    theirs = {"type": "command", "command": "true"}
    shared = {"hooks": {"SessionStart": [{**_OURS, "hooks": [*_OURS["hooks"], theirs]}]}}
    content = json.dumps(shared).encode()

    assert [place.is_followed for place in hooks_file.find_ours(content)] == [True]
    left = hooks_file.remove(content)
    assert left is not None
    assert _starts(left) == [{**_OURS, "hooks": [theirs]}]
    assert _install(content) == content


def test_an_outdated_handler_in_a_shared_group_is_replaced_alone() -> None:
    theirs = {"type": "command", "command": "true"}
    outdated = {"type": "command", "command": OLD_COMMAND}
    content = json.dumps({"hooks": {"SessionStart": [{"hooks": [theirs, outdated]}]}}).encode()

    assert _starts(_install(content)) == [{"hooks": [theirs, _OURS["hooks"][0]]}]


def test_a_second_copy_of_our_group_is_taken_out() -> None:
    content = json.dumps({"hooks": {"SessionStart": [_OURS, {}, _OURS, _OURS]}}).encode()

    assert _starts(_install(content)) == [_OURS, {}]


def test_a_new_file_is_laid_out_for_people() -> None:
    assert _install(None).decode() == (
        "{\n"
        '  "hooks": {\n'
        '    "SessionStart": [\n'
        "      {\n"
        '        "matcher": "startup|clear|compact",\n'
        '        "hooks": [\n'
        "          {\n"
        '            "type": "command",\n'
        f'            "command": "{COMMAND}",\n'
        '            "timeout": 5\n'
        "          }\n"
        "        ]\n"
        "      }\n"
        "    ]\n"
        "  }\n"
        "}\n"
    )


@pytest.mark.parametrize(
    "command",
    ["wiki-hook --dialect codex", "/bin/wiki-hook codex", "echo /bin/wiki-hook --dialect", "'", "", 3, None],
)
def test_other_commands_are_not_taken_for_ours(command: object) -> None:
    assert not hooks_file.is_ours({"type": "command", "command": command})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "hooks.json is not valid JSON: Expecting value (line 1, column 1)"),
        (b"\xff{}", "hooks.json is not UTF-8 (byte 0)"),
        (b"\xef\xbb\xbf{}", "hooks.json starts with a byte order mark, which JSON forbids"),
        (b"{} // mine", "hooks.json is not valid JSON: more text follows the value (line 1)"),
        (
            b'{"hooks":{},"hooks":{}}',
            'hooks.json is not valid JSON: the key "hooks" stands twice in one object',
        ),
        (b"[]", "hooks.json: the outermost value is not an object"),
        (b'{"x":1}', 'hooks.json: the outermost key "x" is unknown to Codex'),
        (b'{"description":1}', 'hooks.json: "description" is not a text'),
        (b'{"hooks":null}', 'hooks.json: "hooks" is not an object'),
        (b'{"hooks":{"Stop":null}}', "hooks.json: hooks.Stop is not a list"),
        (b'{"hooks":{"Stop":["x"]}}', "hooks.json: hooks.Stop[0] is not an object"),
        (b'{"hooks":{"Stop":[{"matcher":1}]}}', "hooks.json: hooks.Stop[0].matcher is not a text"),
        (b'{"hooks":{"Stop":[{"hooks":null}]}}', "hooks.json: hooks.Stop[0].hooks is not a list"),
        (
            b'{"hooks":{"Stop":[{"hooks":[{}]}]}}',
            "hooks.json: hooks.Stop[0].hooks[0] is not a handler with a type",
        ),
        (
            b'{"hooks":{"Stop":[{"hooks":[{"type":"command"}]}]}}',
            "hooks.json: hooks.Stop[0].hooks[0].command is not a text",
        ),
        (
            b'{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"","timeout":5.0}]}]}}',
            "hooks.json: hooks.Stop[0].hooks[0].timeout is not a whole number of seconds",
        ),
    ],
)
def test_a_file_that_codex_rejects_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        hooks_file.install(content, GROUPS)

    assert str(caught.value) == message
    assert caught.value.hint


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_either_changed_or_refused(content: bytes) -> None:
    with contextlib.suppress(RefusedError):
        assert hooks_file.remove(_install(content)) == content


@given(
    st.recursive(
        st.none() | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["hooks", "SessionStart", "matcher"]), x),
    )
)
def test_removal_leaves_shapes_alone_that_it_does_not_know(value: Any) -> None:
    content = json.dumps(value).encode()

    assert hooks_file.remove(content) == content


def test_events_under_unknown_names_are_left_alone() -> None:
    content = b'{"hooks": {"Later": 3}}'

    assert hooks_file.remove(_install(content)) == content
