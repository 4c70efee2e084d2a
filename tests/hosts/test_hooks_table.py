from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.toml_documents import documents, settings_of
from omx_wiki.errors import RefusedError
from omx_wiki.hosts.hooks_table import Entry, HooksTable

_XCODEX = HooksTable(("session_start", "session_end", "agent_turn_complete"), list)
_FORK = HooksTable(("session_started", "agent_turn_complete"), str)
_ARGV: Entry = ['/home/ada "x" é\\/bin/wiki-hook', "--dialect", "xcodex"]
_COMMAND: Entry = "/home/ada/bin/wiki-hook --dialect event-hooks"
_HOSTS: list[tuple[HooksTable, Entry, str]] = [
    (_XCODEX, _ARGV, '["/home/ada \\"x\\" é\\\\/bin/wiki-hook", "--dialect", "xcodex"]'),
    (_FORK, _COMMAND, '"/home/ada/bin/wiki-hook --dialect event-hooks"'),
]


@st.composite
def _cases(draw: st.DrawFn) -> tuple[HooksTable, Entry, bytes | None]:
    table, entry, _ = draw(st.sampled_from(_HOSTS))
    old = draw(st.none() | documents(table.events, words=table.entry_type is list))
    return table, entry, old


@given(_cases())
@settings(max_examples=400)
def test_removing_our_hooks_restores_every_byte(case: tuple[HooksTable, Entry, bytes | None]) -> None:
    table, entry, old = case

    assert table.remove(table.install(old, entry)) == old


@given(_cases())
@settings(max_examples=200)
def test_our_hooks_stand_behind_the_others_and_nothing_else_changes(
    case: tuple[HooksTable, Entry, bytes | None],
) -> None:
    table, entry, old = case
    expected = settings_of(old)
    hooks = expected.setdefault("hooks", {})
    for event in table.events:
        hooks.setdefault(event, []).append(entry)

    new = table.install(old, entry)

    assert settings_of(new) == expected
    assert table.install(new, entry) == new
    assert table.heard(new) == table.events
    assert _without_inserted(old or b"", new)


def _without_inserted(old: bytes, new: bytes) -> bool:
    """Whether every byte of the old content is in the new one, in order."""
    rest = iter(new)
    return all(byte in rest for byte in old)


@given(_cases(), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=100)
def test_what_a_person_changes_elsewhere_stays_when_ours_go(
    case: tuple[HooksTable, Entry, bytes | None], newline: str
) -> None:
    table, entry, old = case
    theirs = f"{newline}[later]{newline}x = 1{newline}".encode()
    before = (old or b"# mine").removeprefix(b"\xef\xbb\xbf")
    before += b"" if before.endswith(b"\n") else newline.encode()
    installed = table.install(before, entry)

    left = table.remove(b"first = 1\n" + installed + theirs)

    assert left == b"first = 1\n" + before + theirs


@pytest.mark.parametrize(("table", "entry", "ours"), _HOSTS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[hooks]\nK = [A]\n", "[hooks]\nK = [A, OURS]\n"),
        ("[hooks]\nK = []\n", "[hooks]\nK = [ OURS]\n"),
        ("[hooks]\nK = [\n  A, # a\n  B, # b\n]\n", "[hooks]\nK = [\n  A, # a\n  B, OURS, # b\n]\n"),
        ("[hooks]\r\nx = 1\r\n[z]\r\n", "[hooks]\r\nx = 1\r\nK = [OURS]\r\n[z]\r\n"),
        ("[hooks]", "[hooks]\nK = [OURS]"),
        ("x = 1", "x = 1\n\n[hooks] # by omx-wiki\nK = [OURS]"),
        ("hooks.x = 1\n\n[z]\n", "hooks.x = 1\nhooks.K = [OURS]\n\n[z]\n"),
        (
            '[hooks.state."k"]\ny = 1\n',
            '[hooks.state."k"]\ny = 1\n\n[hooks] # by omx-wiki\nK = [OURS]\n',
        ),
        ("[[hooks.Stop]]\n", "[[hooks.Stop]]\n\n[hooks] # by omx-wiki\nK = [OURS]\n"),
    ],
)
def test_our_entry_goes_where_the_person_would_look_for_it(
    table: HooksTable, entry: Entry, ours: str, old: str, new: str
) -> None:
    only = HooksTable(("agent_turn_complete",), table.entry_type)
    values = {"A": '["a"]', "B": '["b"]'} if table.entry_type is list else {"A": '"a"', "B": '"b"'}
    values |= {"K": "agent_turn_complete", "OURS": ours}
    for name in ("OURS", "K", "A", "B"):
        old, new = old.replace(name, values[name]), new.replace(name, values[name])

    assert only.install(old.encode(), entry).decode() == new


def test_a_header_of_ours_that_a_person_uses_stays_without_our_mark() -> None:
    installed = _FORK.install(b"x = 1\n", _COMMAND)

    left = _FORK.remove(installed + b'session_ended = ["mine"]\n')

    assert left == b'x = 1\n\n[hooks]\nsession_ended = ["mine"]\n'


@pytest.mark.parametrize(
    ("edited", "left"),
    [
        ('session_start = [OURS, ["b"]]\n', 'session_start = [["b"]]\n'),
        (
            'session_start = [["a"], # a\n  OURS, # ours\n  ["b"]]\n',
            'session_start = [["a"], # a\n  # ours\n  ["b"]]\n',
        ),
        ('session_start = [OURS # ours\n, ["b"]]\n', 'session_start = [ # ours\n["b"]]\n'),
        ("session_start = [\n  OURS,\n]\nx = 1\n", "x = 1\n"),
        ('session_start = [["a"], OURS, OURS, ["b"], OURS]\n', 'session_start = [["a"], ["b"]]\n'),
    ],
)
def test_ours_goes_out_of_an_array_that_a_person_has_rearranged(edited: str, left: str) -> None:
    text = "[hooks]\n" + edited.replace("OURS", '["/old/bin/wiki-hook", "--dialect", "xcodex"]')

    assert _XCODEX.remove(text.encode()) == b"[hooks]\n" + left.encode()


def test_a_launcher_that_moved_is_brought_up_to_date_where_it_stands() -> None:
    old = b'[hooks]\nsession_start = [["/old/bin/wiki-hook", "--dialect", "x"], ["b"]]\n'
    only = HooksTable(("session_start",), list)

    new = only.install(old, ["/new/bin/wiki-hook", "--dialect", "xcodex"])

    assert new == b'[hooks]\nsession_start = [["/new/bin/wiki-hook", "--dialect", "xcodex"], ["b"]]\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hooks = {}\n", "config.toml has hooks in a form that leaves no place for ours"),
        (b"hooks = 3\n", "config.toml has hooks in a form that leaves no place for ours"),
        (b"[[hooks]]\n", "config.toml has hooks in a form that leaves no place for ours"),
        (b'[hooks]\nsession_start = "x"\n', "config.toml: hooks.session_start is not an array of arrays"),
        (b'[hooks]\nsession_start = ["x"]\n', "config.toml: hooks.session_start is not an array of arrays"),
        (b"[[hooks.session_start]]\n", "config.toml: hooks.session_start is not an array of arrays"),
        (b"a = \xff\n", "config.toml is not UTF-8 (byte 4)"),
        (b"a = 1\na = 2\n", "config.toml is not TOML that can be changed safely: Cannot overwrite a value"),
    ],
)
def test_a_file_without_a_place_for_our_hooks_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        _XCODEX.install(content, _ARGV)

    assert str(caught.value).startswith(message)
    assert caught.value.hint


@given(st.binary())
def test_any_bytes_are_restored_or_refused(content: bytes) -> None:
    try:
        new = _XCODEX.install(content, _ARGV)
    except RefusedError:
        return
    assert _XCODEX.remove(new) == content
