from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.toml_documents import documents
from omx_wiki.errors import RefusedError
from omx_wiki.hosts.broken_config import find_damage, repair

_THEIR_NOTIFY = 'notify = ["python3", "/opt/neotoma/codex-hooks/notify.py"]\n'
_USER_NOTIFY = 'notify = ["say", "done"] # mine\n'
_DOCS = '[mcp_servers.docs]\ncommand = "docs"\n'


def neotoma(before: str) -> str:
    """Return what the installer of Neotoma leaves, as measured: text, appended."""
    block = (
        f"# BEGIN neotoma-codex-hooks\n{_THEIR_NOTIFY}\n[history]\n"
        'session_start_command = "python3 /opt/neotoma/codex-hooks/session_start.py"\n'
        'session_end_command = "python3 /opt/neotoma/codex-hooks/session_end.py"\n'
        "# END neotoma-codex-hooks\n"
    )
    table = re.compile(r"^\[notify\]\ncommand = (\[.*\])\n", re.MULTILINE)
    after = table.sub(r"notify = \1\n", before) + "\n" + block
    if not re.search(r"^persistence\s*=", after, re.MULTILINE):
        after = after.replace("[history]\n", '[history]\npersistence = "save-all"\n', 1)
    return after


def _kinds(text: str) -> list[str]:
    return [damage.kind for damage in find_damage(text.encode())]


@pytest.mark.parametrize(
    ("before", "kinds", "repaired"),
    [
        pytest.param(
            "",
            ["dead-setting", "dead-setting"],
            f"\n# BEGIN neotoma-codex-hooks\n{_THEIR_NOTIFY}\n[history]\n"
            'persistence = "save-all"\n# END neotoma-codex-hooks\n',
            id="an empty file",
        ),
        pytest.param(
            '[history]\npersistence = "none" # mine\n',
            ["misplaced-notify", "duplicate-table", "dead-setting", "dead-setting"],
            f'{_THEIR_NOTIFY}[history]\npersistence = "none" # mine\n',
            id="history with persistence",
        ),
        pytest.param(
            "[history]\nmax_bytes = 3\n",
            ["misplaced-notify", "duplicate-table", "dead-setting", "dead-setting"],
            f'{_THEIR_NOTIFY}[history]\npersistence = "save-all"\nmax_bytes = 3\n',
            id="history without persistence",
        ),
        pytest.param(
            f'model = "x"\n\n{_DOCS}',
            ["misplaced-notify", "dead-setting", "dead-setting"],
            f'model = "x"\n{_THEIR_NOTIFY}\n{_DOCS}\n# BEGIN neotoma-codex-hooks\n\n[history]\n'
            'persistence = "save-all"\n# END neotoma-codex-hooks\n',
            id="another table last",
        ),
        pytest.param(
            '[notify]\ncommand = ["say", "done"]\n',
            ["duplicate-notify", "dead-setting", "dead-setting"],
            'notify = ["say", "done"]\n\n# BEGIN neotoma-codex-hooks\n\n[history]\n'
            'persistence = "save-all"\n# END neotoma-codex-hooks\n',
            id="the old table notify",
        ),
        pytest.param(
            f'{_USER_NOTIFY}\n[history]\npersistence = "none"\n',
            ["misplaced-notify", "duplicate-table", "dead-setting", "dead-setting"],
            f'{_USER_NOTIFY}\n[history]\npersistence = "none"\n',
            id="the person's notify and history",
        ),
        pytest.param(
            _USER_NOTIFY,
            ["duplicate-notify", "dead-setting", "dead-setting"],
            f'{_USER_NOTIFY}\n# BEGIN neotoma-codex-hooks\n\n[history]\npersistence = "save-all"\n'
            "# END neotoma-codex-hooks\n",
            id="the person's notify",
        ),
    ],
)
def test_what_the_installer_of_neotoma_leaves_is_named_and_repaired(
    before: str, kinds: list[str], repaired: str
) -> None:
    broken = neotoma(before)

    assert _kinds(broken) == kinds
    assert repair(broken.encode()).decode() == repaired
    assert _kinds(repaired) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("broken", "repaired"),
    [
        ('[notify]\ncommand = ["a", "b"]\n', 'notify = ["a", "b"]\n'),
        ('x = 1\n\n[notify]\ncommand = "a"\nargs = ["b"]\n\n[z]\n', 'x = 1\nnotify = ["a", "b"]\n\n[z]\n'),
        ('x = 1\n\n[notify]\ncommand = ["a"]', 'x = 1\nnotify = ["a"]'),
        ('notify = "say" # mine\n', 'notify = ["say"] # mine\n'),
        ("notify = { command = ['a'] }\n", 'notify = ["a"]\n'),
        ('x = 1\nnotify.command = "a"\nnotify.args = ["b"]\n', 'x = 1\nnotify = ["a", "b"]\n'),
        ("notify = ['a']\n[notify]\ncommand = ['a']\n[z]\n", "notify = ['a']\n[z]\n"),
        (
            'notify = ["mine"]\n[notify]\ncommand = ["python3", "/opt/neotoma/notify.py"]\n[z]\n',
            'notify = ["mine"]\n[z]\n',
        ),
        ("notify = ['a']\nnotify = ['a'] # again\n", "notify = ['a']\n"),
        ("[a]\nx = 1\n[b]\n[a]\ny = 2 # y\n", "[a]\nx = 1\ny = 2 # y\n[b]\n"),
        ("[a]\nx = 1\n[b]\n[a]\nx = 1", "[a]\nx = 1\n[b]"),
        ("[[a]]\n[a.b]\n[[a]]\n[a.b]\n[c]\n[c]\n", "[[a]]\n[a.b]\n[[a]]\n[a.b]\n[c]\n"),
        ("[z]\nnotify = ['a'] # a\nx = 1\n", "notify = ['a'] # a\n[z]\nx = 1\n"),
        ("notify = ['a']\n[z]\nnotify = ['a']\n", "notify = ['a']\n[z]\n"),
        ("[history]\npersistence = 'none'\nsession_end_command = 'x'\n", "[history]\npersistence = 'none'\n"),
        ("x = 1\n\n# BEGIN neotoma-codex-hooks\n\n[history]\n# END neotoma-codex-hooks\n", "x = 1\n"),
    ],
)
def test_each_fault_is_mended_with_the_fewest_bytes(broken: str, repaired: str, newline: str) -> None:
    broken, repaired = broken.replace("\n", newline), repaired.replace("\n", newline)

    assert len(_kinds(broken)) == 1
    assert repair(broken.encode()).decode() == repaired
    assert _kinds(repaired) == []


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            "notify = ['a']\nnotify = ['b']\n",
            "config.toml, line 2: Codex does not start: notify is there more",
        ),
        (
            "[a]\nx = 1\n[a]\nx = 2\n",
            "config.toml, line 3: Codex does not start: the table [a] is there a second",
        ),
        (
            "[notify]\ncommand = 'say \"done\" | tee'\n",
            "config.toml, line 1: Codex does not start: notify must",
        ),
        ("[notify]\ncommand = ['a']\nsound = 3\n", "config.toml, line 1: Codex does not start: notify must"),
        (
            "[notify]\ncommand = ['a']\n[notify.more]\n",
            "config.toml, line 1: Codex does not start: notify must",
        ),
        ("[notify]\n", "config.toml, line 1: Codex does not start: notify must"),
        (
            "x = 1\nnotify = ['mine', 'a']\n[notify]\ncommand = 'say'\n",
            "config.toml, line 3: Codex does not start: line 2 sets notify as an array, and line 3 as",
        ),
        ("notify.command = ['a']\nnotify.sound = 3\n", "config.toml, line 1: Codex does not start: notify"),
        ("[notify.more]\nx = 1\n", "config.toml, line 1: Codex does not start: notify must"),
        ("notify = ['a', 1]\n", "config.toml, line 1: Codex does not start: notify must"),
        ("notify = [1]\n", "config.toml, line 1: Codex does not start: notify must"),
        ("a = 1\na = 2\n", "config.toml cannot be repaired: Cannot overwrite a value"),
        ("a = [\n", "config.toml cannot be repaired: line 1 has no value"),
    ],
)
def test_what_only_the_person_can_decide_is_not_guessed(broken: str, message: str) -> None:
    assert find_damage(broken.encode())
    with pytest.raises(RefusedError) as caught:
        repair(broken.encode())

    assert str(caught.value).startswith(message)
    assert caught.value.hint


def test_a_dead_notify_beside_another_one_is_left_to_the_person() -> None:
    text = b"notify = ['a']\n[z]\nnotify = ['b']\n"

    (damage,) = find_damage(text)

    assert (damage.kind, damage.line, damage.is_fatal) == ("misplaced-notify", 3, False)
    assert damage.remedy == "There is another: decide which one shall stay, and delete the other."
    assert repair(text) == text


def test_a_damage_says_what_is_wrong_and_what_a_repair_does() -> None:
    second, first, *_ = find_damage(neotoma("[history]\n").encode())

    assert second.what == "notify stands in the table [history], so Codex never runs it."
    assert second.remedy == "It moves in front of the first table."
    assert first.what == "Codex does not start: the table [history] is there a second time."
    assert first.is_fatal


def test_two_forms_of_notify_come_with_advice_that_loses_nothing() -> None:
    (damage,) = find_damage(b"notify = ['mine', 'a']\n[notify]\ncommand = 'say'\n")

    assert damage.remedy == "Keep the array in line 1, and delete the table by hand."


def test_a_damage_that_could_be_mended_says_what_keeps_it_from_that() -> None:
    dead, both = find_damage(b"history.session_end_command = 'x'\nnotify = ['a']\nnotify = ['b']\n")

    assert dead.remedy == f"Nothing is changed as long as this is so: config.toml, line 3: {both.what}"
    assert both.remedy == "Two programs are yours: decide which one shall stay, and delete the other."


def test_bytes_that_are_no_text_are_reported() -> None:
    (damage,) = find_damage(b"a = \xff")

    assert damage.kind == "unreadable"


@given(documents(("session_start",)))
def test_a_sound_configuration_has_no_damage_and_is_not_touched(content: bytes) -> None:
    assert find_damage(content) == ()
    assert repair(content) == content


@given(documents(("session_start",)))
def test_a_repaired_file_can_be_read_and_says_what_the_person_said(content: bytes) -> None:
    before = content.decode().removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n") + "\n"

    after = _read(repair(neotoma(before).encode()).decode())

    expected = _read(before)
    assert {key: after[key] for key in expected} == expected
    assert after.keys() - expected.keys() <= {"notify", "history"}
    assert after.get("history", {}) in ({}, {"persistence": "save-all"})


def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=str)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_explained_and_repaired_or_refused(content: bytes) -> None:
    find_damage(content)
    try:
        repaired = repair(content)
    except RefusedError:
        return
    tomllib.loads(repaired.decode().removeprefix("\ufeff"))
