from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.toml_documents import documents, settings_of
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import notify_chain

_COMMAND = ["/home/ada/é x/bin/wiki-hook", "--dialect", "notify"]
_OURS = '"/home/ada/é x/bin/wiki-hook", "--dialect", "notify"'
_DOCUMENTS = st.none() | documents()


@given(_DOCUMENTS)
@settings(max_examples=400)
def test_removing_our_program_restores_every_byte(old: bytes | None) -> None:
    assert notify_chain.remove(notify_chain.install(old, _COMMAND)) == old


@given(_DOCUMENTS)
@settings(max_examples=200)
def test_our_program_runs_first_and_the_persons_after_it(old: bytes | None) -> None:
    expected = settings_of(old)
    theirs = expected.get("notify", [])
    expected["notify"] = [*_COMMAND, *(["--then", *theirs] if theirs else [])]

    new = notify_chain.install(old, _COMMAND)

    assert settings_of(new) == expected
    assert notify_chain.install(new, _COMMAND) == new


@given(_DOCUMENTS)
def test_a_launcher_that_moved_is_brought_up_to_date_where_it_stands(old: bytes | None) -> None:
    moved = ["/new/bin/wiki-hook", "--dialect", "notify"]

    new = notify_chain.install(notify_chain.install(old, _COMMAND), moved)

    assert new == notify_chain.install(old, moved)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "notify = [OURS]"),
        ("# mine", "notify = [OURS]\n# mine"),
        ("[tui]\nx = 1\n", "notify = [OURS]\n[tui]\nx = 1\n"),
        ("a = 1\r\n\r\n[tui]\r\n", "a = 1\r\nnotify = [OURS]\r\n\r\n[tui]\r\n"),
        ("a = 1", "a = 1\nnotify = [OURS]"),
        ("notify = []\n", "notify = [ OURS]\n"),
        ("notify = ['a', 'b'] # mine\n", "notify = [OURS, \"--then\", 'a', 'b'] # mine\n"),
        (
            'notify = [ # mine\n  "a", # first\n  "b",\n]\n',
            'notify = [ # mine\n  OURS, "--then", "a", # first\n  "b",\n]\n',
        ),
        ("[tui]\nnotify = ['a']\n", "notify = [OURS]\n[tui]\nnotify = ['a']\n"),
        ("text = '''\nnotify = 1\n'''\n", "text = '''\nnotify = 1\n'''\nnotify = [OURS]\n"),
    ],
)
def test_our_program_goes_before_the_first_table(old: str, new: str) -> None:
    assert notify_chain.install(old.encode(), _COMMAND).decode() == new.replace("OURS", _OURS)


def test_a_program_that_runs_our_launcher_already_is_left_alone() -> None:
    old = b'notify = ["node", "dispatch.js", "--previous", "[\\"/x/bin/wiki-hook\\"]"]\n'

    assert notify_chain.install(old, _COMMAND) == old
    assert notify_chain.remove(old) == old


def test_a_program_that_runs_our_launcher_from_a_file_of_its_own_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "dispatch.json"
    file.write_text('{"previousNotify": ["/x/bin/wiki-hook", "--dialect", "notify"]}')
    old = f'notify = ["node", "dispatch.js", "--metadata", "{file}"]\n'.encode()
    assert notify_chain.install(old, _COMMAND) == old

    file.write_text('{"previousNotify": null}')
    assert notify_chain.install(old, _COMMAND) != old
    file.unlink()
    assert notify_chain.install(old, _COMMAND) != old
    os.mkfifo(file)
    assert notify_chain.install(old, _COMMAND) != old


@pytest.mark.parametrize(
    ("edited", "left"),
    [
        ('[\n  OURS, "--then",\n  # my program\n  "a",\n]', '[\n  \n  # my program\n  "a",\n]'),
        ('[OURS, "--then"]', None),
        ("[\n  OURS\n]", None),
    ],
)
def test_ours_goes_out_of_an_array_that_a_person_has_rearranged(edited: str, left: str | None) -> None:
    text = f"x = 1\nnotify = {edited.replace('OURS', _OURS)}\n"

    assert (
        notify_chain.remove(text.encode())
        == f"x = 1\n{f'notify = {left}' if left else ''}\n".replace("\n\n", "\n").encode()
    )


@pytest.mark.parametrize("value", ['"say done"', "1", "{ command = 'a' }", "['a', 1]"])
def test_a_notify_with_which_codex_does_not_start_is_refused(value: str) -> None:
    with pytest.raises(RefusedError, match="Codex does not start with it"):
        notify_chain.install(f"notify = {value}\n".encode(), _COMMAND)


def test_words_that_a_person_added_to_our_command_are_not_thrown_away() -> None:
    with pytest.raises(RefusedError, match="words that are not ours: --verbose"):
        notify_chain.remove(f'notify = [{_OURS}, "--verbose"]\n'.encode())


@given(st.binary())
def test_any_bytes_are_restored_or_refused(content: bytes) -> None:
    try:
        new = notify_chain.install(content, _COMMAND)
    except RefusedError:
        return
    assert notify_chain.remove(new) == content
