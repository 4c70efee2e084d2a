"""Reading in parts, broken files and other surroundings change nothing that was readable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omx_wiki.errors import WikiError
from omx_wiki.journal.capture import Capture, capture

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "fixtures" / "transcripts").glob("*.jsonl"))
CONTENTS = {path.stem: path.read_bytes() for path in FILES}
# The copied part of a fork begins and ends at single lines; without them it is another file.
UNFORKED = sorted(name for name in CONTENTS if "fork" not in name)


def read(content: bytes, state: object = None) -> Capture | None:
    """Capture a file with this content; None when it is no transcript."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rollout.jsonl"
        path.write_bytes(content)
        try:
            return capture(path, json.loads(json.dumps(state)) if state else None)
        except WikiError:
            return None


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.lists(st.floats(0, 1), max_size=4))
def test_reading_in_parts_equals_reading_at_once(name: str, cuts: list[float]) -> None:
    whole = CONTENTS[name]
    state = None
    for cut in sorted(cuts):
        part = read(whole[: int(cut * len(whole))], state)
        state = part.state if part is not None else state
    at_once, in_parts = read(whole), read(whole, state)
    assert at_once is not None
    assert in_parts == at_once


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.floats(0, 1))
def test_any_prefix_tells_what_its_lines_tell(name: str, cut: float) -> None:
    prefix = CONTENTS[name][: int(cut * len(CONTENTS[name]))]
    torn = read(prefix)
    lines = read(prefix[: prefix.rfind(b"\n") + 1])
    if torn is None or lines is None:
        return
    assert torn.facts.bad_lines == lines.facts.bad_lines == 0
    told, complete = torn.facts.as_json(), lines.facts.as_json()
    if torn.facts.bytes_read == lines.facts.bytes_read:
        assert {**told, "bytes_total": 0} == {**complete, "bytes_total": 0}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(UNFORKED), st.data())
def test_a_spoiled_line_spoils_no_other(name: str, data: st.DataObject) -> None:
    lines = CONTENTS[name].splitlines(keepends=True)
    at = data.draw(st.integers(1, len(lines) - 1))
    spoiled = b"\0" + data.draw(st.binary(max_size=60)).replace(b"\n", b"") + b"\n"
    done, whole = read(b"".join([*lines[:at], spoiled, *lines[at + 1 :]])), read(CONTENTS[name])
    assert done is not None
    assert whole is not None
    lost = lines[at].decode()
    expected = [prompt.text for prompt in whole.facts.prompts if json.dumps(prompt.text)[1:-1] not in lost]
    assert set(expected) <= {prompt.text for prompt in done.facts.prompts}
    if "turn" not in lost:
        kept = {prompt.text for prompt in done.facts.prompts}
        assert {prompt.text for prompt in whole.facts.prompts} - kept <= set(in_one_line(name, lost))


def in_one_line(name: str, lost: str) -> list[str]:
    """Return the prompts that only the lost line tells."""
    whole = read(CONTENTS[name])
    assert whole is not None
    texts = [prompt.text for prompt in whole.facts.prompts]
    told_twice = [text for text in texts if CONTENTS[name].decode().count(json.dumps(text)[1:-1]) > 1]
    return [text for text in texts if json.dumps(text)[1:-1] in lost and text not in told_twice]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.data())
def test_damage_never_raises_and_facts_can_be_stored(name: str, data: st.DataObject) -> None:
    content = bytearray(CONTENTS[name])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content) - 1))
        width = data.draw(st.integers(0, 40))
        content[at : at + width] = data.draw(st.binary(max_size=40))
    done = read(bytes(content))
    if done is not None:
        json.dumps(done.facts.as_json(), ensure_ascii=False).encode("utf-8")
        json.dumps(done.state)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.data())
def test_values_of_any_type_are_tolerated(name: str, data: st.DataObject) -> None:
    lines = [json.loads(line) for line in CONTENTS[name].splitlines() if line.endswith(b"}")]
    for _ in range(data.draw(st.integers(1, 6))):
        spot = lines[data.draw(st.integers(0, len(lines) - 1))]
        while isinstance(spot, dict) and spot:
            key = data.draw(st.sampled_from(sorted(spot)))
            if isinstance(spot[key], dict) and spot[key] and data.draw(st.booleans()):
                spot = spot[key]
                continue
            spot[key] = data.draw(VALUES)
            break
    read(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def test_a_replaced_file_is_read_from_its_start() -> None:
    state = read(CONTENTS["patch"])
    fresh = read(CONTENTS["commits"])
    assert state is not None
    assert read(CONTENTS["commits"], state.state) == fresh
    assert read(CONTENTS["claude"], state.state) == read(CONTENTS["claude"])


def test_a_file_rewritten_up_to_the_offset_is_read_from_its_start() -> None:
    lines = CONTENTS["resumed"].splitlines(keepends=True)
    state = read(b"".join(lines[:-4]))
    assert state is not None
    rewritten = b"".join([*lines[:3], lines[3].replace(b"AGENTS", b"Agents"), *lines[4:-8], *lines[-4:]]) * 2
    assert read(rewritten, state.state) == read(rewritten)


def test_a_shortened_file_is_read_from_its_start() -> None:
    lines = CONTENTS["commits"].splitlines(keepends=True)
    state = read(CONTENTS["commits"])
    assert state is not None
    assert read(b"".join(lines[:-3]), state.state) == read(b"".join(lines[:-3]))


@pytest.mark.parametrize(
    "state",
    [
        {"version": 1},
        {"version": 99},
        {"version": 1, "fold": {}, "transcript": {}},
        {"version": 1, "fold": [], "transcript": None},
        {"version": 1, "fold": "x", "transcript": "y"},
    ],
)
def test_a_foreign_state_is_ignored(state: object) -> None:
    assert read(CONTENTS["patch"], state) == read(CONTENTS["patch"])


def test_nothing_new_changes_nothing() -> None:
    for content in CONTENTS.values():
        done = read(content)
        assert done is not None
        assert read(content, done.state) == done


def test_time_zone_locale_and_hash_seed_change_nothing() -> None:
    script = (
        "import sys, json; from omx_wiki.journal.capture import capture\n"
        "for done in map(capture, sys.argv[1:]): print(json.dumps([done.facts.as_json(), done.state]))"
    )
    outputs = set()
    for zone, seed, locale in (
        ("UTC", "0", "C"),
        ("Asia/Tokyo", "1", "C.UTF-8"),
        ("America/Lima", "2", "de_DE"),
    ):
        surroundings = {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PATH": os.defpath}
        done = subprocess.run(
            [sys.executable, "-c", script, *map(str, FILES)],
            env={**surroundings, "PYTHONPATH": str(ROOT / "wiki")},
            capture_output=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == len(FILES)
