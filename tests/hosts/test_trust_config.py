from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.foreign_files import toml_files
from omx_wiki.errors import RefusedError
from omx_wiki.hosts import trust_config
from omx_wiki.hosts.trust import TrustRecord

_HASH = "sha256:" + "a" * 64
_OTHER = "sha256:" + "b" * 64
_KEY = '/home/ada "x"\\é\t/hooks.json:session_start:0:0'
_RECORDS = (TrustRecord(_KEY, _HASH), TrustRecord("/p/hooks.json:stop:1:0", _HASH))
_KEYS = [record.key for record in _RECORDS]
_CONFIGS = st.none() | toml_files()


def _read(content: bytes | None) -> dict[str, Any]:
    return tomllib.loads((content or b"").decode().removeprefix("\ufeff"), parse_float=str)


@given(_CONFIGS)
def test_removing_our_records_restores_every_byte(old: bytes | None) -> None:
    assert trust_config.remove_trust(trust_config.config_trust(old, _RECORDS), _KEYS) == old


@given(_CONFIGS)
def test_our_records_are_appended_and_nothing_else_changes(old: bytes | None) -> None:
    expected = _read(old)
    state = expected.setdefault("hooks", {}).setdefault("state", {})
    state.update({key: {"trusted_hash": _HASH} for key in _KEYS})

    new = trust_config.config_trust(old, _RECORDS)

    assert new.startswith(old or b"")
    assert _read(new) == expected
    assert trust_config.config_trust(new, _RECORDS) == new


@given(_CONFIGS)
def test_a_new_hash_replaces_the_old_one_where_it_stands(old: bytes | None) -> None:
    installed = trust_config.config_trust(old, _RECORDS)
    renewed = (TrustRecord(_KEY, _OTHER), _RECORDS[1])

    assert trust_config.config_trust(installed, renewed) == installed.replace(
        _HASH.encode(), _OTHER.encode(), 1
    )


@given(_CONFIGS, st.sampled_from(["\n", "\r\n"]))
def test_tables_that_others_append_later_stay_when_ours_go(old: bytes | None, newline: str) -> None:
    theirs = f'[hooks.state."/later"]{newline}trusted_hash = "sha256:99"{newline}'.encode()
    installed = trust_config.config_trust(old, _RECORDS)
    grown = installed + (b"" if installed.endswith(b"\n") else newline.encode()) + theirs
    expected = _read(old)
    expected.setdefault("hooks", {}).setdefault("state", {})["/later"] = {"trusted_hash": "sha256:99"}

    left = trust_config.remove_trust(grown, _KEYS)

    assert left is not None
    assert left.startswith(old or b"")
    assert left.endswith(theirs)
    assert _read(left) == expected


def test_a_record_that_codex_itself_wrote_is_taken_out() -> None:
    content = (
        b'model = "x"\n\n[hooks.state]\n\n[hooks.state."k"]\ntrusted_hash = "sha256:aa"\nenabled = true\n'
    )

    assert trust_config.remove_trust(content, ["k"]) == b'model = "x"\n\n[hooks.state]\n'


def test_a_key_that_is_not_there_is_no_change() -> None:
    content = b"[hooks.state]\n"

    assert trust_config.remove_trust(content, _KEYS) == content


def test_a_foreign_record_with_the_same_hash_is_left_alone() -> None:
    content = f'[hooks.state."a"]\ntrusted_hash = "{_HASH}"\n\n[hooks.state."k"]\ntrusted_hash = "{_HASH}"\n'

    new = trust_config.config_trust(content.encode(), [TrustRecord("k", _OTHER)])

    assert trust_config.trust_state(new) == {"a": _HASH, "k": _OTHER}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hooks = {}\n", "config.toml defines hooks in a way that leaves no place for trust records"),
        (b"hooks = 3\n", "config.toml defines hooks in a way that leaves no place for trust records"),
        (
            b"[hooks]\nstate = {}\n",
            "config.toml defines hooks in a way that leaves no place for trust records",
        ),
        (b"a = \xff\n", "config.toml is not UTF-8 (byte 4)"),
        (
            b"a = \n",
            "config.toml is not TOML that can be changed safely: Invalid value (at line 1, column 5)",
        ),
        (
            b'[hooks.state]\n"k" = { enabled = false }\n',
            "config.toml holds a setting of ours that cannot be brought up to date: k",
        ),
    ],
)
def test_a_file_without_a_place_for_the_record_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        trust_config.config_trust(content, [TrustRecord("k", _HASH)])

    assert str(caught.value) == message
    assert "Trust all and continue" in caught.value.hint


def test_a_record_in_an_inline_table_is_not_cut_out_by_guessing() -> None:
    with pytest.raises(RefusedError, match="cannot be cut out"):
        trust_config.remove_trust(b'[hooks.state]\nk = { trusted_hash = "sha256:aa" }\n', ["k"])


@given(st.binary())
def test_any_bytes_are_restored_or_refused(content: bytes) -> None:
    try:
        new = trust_config.config_trust(content, _RECORDS)
    except RefusedError:
        return
    assert trust_config.remove_trust(new, _KEYS) == content


@pytest.mark.parametrize(
    ("content", "own", "off"),
    [
        (b"", False, False),
        (b"[hooks.state]\n", False, False),
        (b"[[hooks.Stop]]\n", True, False),
        (b"[hooks]\nsession_start = []\n", False, False),
        (b"[features]\nhooks = false\n", False, True),
        (b"[features]\ncodex_hooks = false\n", False, True),
        (b"[features]\ncodex_hooks = false\nhooks = true\n", False, False),
    ],
)
def test_settings_that_matter_to_hooks_are_seen(content: bytes, own: bool, off: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert trust_config.has_own_hooks(content) is own
    assert trust_config.has_hooks_off(content) is off
