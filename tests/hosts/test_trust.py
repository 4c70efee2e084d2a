from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from omx_wiki.hosts import hooks_file, trust

if TYPE_CHECKING:
    from pathlib import Path

# Each vector was confirmed against `hooks/list` of Codex 0.169.
_VECTORS = [
    (
        "SessionStart",
        "startup|clear|compact",
        {"type": "command", "command": "wiki-hook codex", "timeout": 5},
        "1e933cfabf95c3680b0d2ffb7ee337e98e362b20a345f54b17260cb4dde98a3b",
    ),
    (
        "SessionEnd",
        "other",
        {"type": "command", "command": "wiki-hook codex", "timeout": 30},
        "a64aa48038a114e4b67975f31562b0d2b04225c128d56a41299e567080557597",
    ),
    (
        "Stop",
        "m",
        {"type": "command", "command": 'é "q"', "statusMessage": "s"},
        "f6b1012d084003f6fd9456b2cc85e6146b01cb7df50eee481f227814b13a1842",
    ),
]


@pytest.mark.parametrize(("event", "matcher", "handler", "digest"), _VECTORS)
def test_the_hash_is_the_one_codex_computes(
    event: str, matcher: str, handler: dict[str, Any], digest: str
) -> None:
    assert trust.trust_hash(event, matcher, handler) == f"sha256:{digest}"


@pytest.mark.parametrize(
    ("event", "label"),
    [("SessionStart", "session_start"), ("Stop", "stop"), ("PostModelRequest", "post_model_request")],
)
def test_event_labels_are_in_snake_case(event: str, label: str) -> None:
    assert trust.event_label(event) == label


def test_what_codex_does_not_hash_changes_nothing() -> None:
    handler = {"type": "command", "command": "x", "timeout": 5}

    plain = trust.trust_hash("Stop", None, handler)

    assert trust.trust_hash("Stop", "ignored", {**handler, "commandWindows": "y", "later": 1}) == plain
    assert trust.trust_hash("SessionStart", None, handler) != trust.trust_hash("SessionStart", "", handler)
    assert trust.trust_hash("Stop", None, {**handler, "async": True}) != plain


def test_a_record_names_the_file_the_event_and_both_indexes() -> None:
    content = b'{"hooks": {"SessionStart": [{}]}}'
    groups = hooks_file.groups_for("/s/bin/wiki-hook --dialect codex")
    change = hooks_file.install(content, {"SessionStart": groups["SessionStart"]})

    (record,) = trust.trust_records("/home/ada/.codex/hooks.json", change.places)

    assert record.key == "/home/ada/.codex/hooks.json:session_start:1:0"
    assert record.trusted_hash.startswith("sha256:")


def test_a_chosen_codex_home_is_resolved_and_the_default_is_not(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (home / ".codex").symlink_to(tmp_path / "real")

    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "link"))
    assert trust.codex_home() == str(tmp_path / "real")
    monkeypatch.setenv("CODEX_HOME", "")
    assert trust.codex_home() == os.path.join(str(home), ".codex")
