"""What hosts may send on standard input, and what is made of it."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omx_wiki.hook import payload

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON), st.booleans())
def test_every_json_object_is_read_as_json_reads_it(value: dict[str, object], ascii_only: bool) -> None:  # noqa: FBT001
    assert payload.parse_object(json.dumps(value, ensure_ascii=ascii_only)) == value


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    assert isinstance(payload.parse_object(payload.decode(raw)), dict)


@given(st.text())
def test_quoted_text_reads_back(text: str) -> None:
    assert json.loads(payload.quote(text)) == text.encode("utf-8", "replace").decode("utf-8")


@pytest.mark.parametrize(
    "text",
    ["", " ", "[]", "null", "7", '"a"', "{", '{"a":', "{'a': 1}", '{"a":' * 100_000, "nonsense {}"],
    ids=lambda text: text[:12],
)
def test_what_is_no_object_is_an_empty_one(text: str) -> None:
    assert payload.parse_object(text) == {}


def test_the_first_value_wins_over_trailing_bytes() -> None:
    assert payload.parse_object('{"a": 1}{"b": 2} more') == {"a": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_and_without_a_mark(encoding: str) -> None:
    assert payload.decode('{"a": "é日"}'.encode(encoding)) == '{"a": "é日"}'


def test_lone_surrogates_can_be_quoted() -> None:
    assert json.loads(payload.quote(payload.parse_object('{"a": "\\ud83d"}')["a"])) == "?"


def run_reader(**stdin: object) -> subprocess.CompletedProcess[bytes]:
    program = f"import sys; sys.path.insert(0, {sys.path[0]!r}); sys.path[1:1] = {sys.path!r}\n"
    program += "from omx_wiki.hook import payload; print(len(payload.read_stdin(0.2)))"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, **stdin)  # type: ignore[call-overload,no-any-return]  # stdin or input


def test_input_is_read_to_its_end() -> None:
    assert run_reader(input=b"x" * 300_000).stdout.strip() == b"300000"


def test_too_much_input_is_drained_and_dropped() -> None:
    assert run_reader(input=b"x" * (payload.MAX_BYTES + 1)).stdout.strip() == b"0"


def test_an_open_and_silent_input_is_given_up() -> None:
    with subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE) as silent:
        started = time.monotonic()
        assert run_reader(stdin=silent.stdout).stdout.strip() == b"0"
        silent.kill()
    assert time.monotonic() - started < 30  # a guard against a hang, not a promise of speed


def test_a_closed_input_is_empty() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", "import os; os.read(0, 1)"], check=False
    )
    assert done.returncode == 1  # the premise: reading raises
    program = f"import sys; sys.path[:0] = {sys.path!r}\nfrom omx_wiki.hook import payload\n"
    program += "assert payload.read_stdin() == b''"
    subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", program], check=True)
