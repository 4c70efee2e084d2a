"""Redaction takes linear time: a process that is given a deadline gets through texts made to be slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LIBRARY = Path(__file__).resolve().parents[2] / "wiki"
_SIZE = 120_000
_DEADLINE = 60  # seconds; these take one or two, and a quadratic rule takes minutes
_SCRIPT = """
import sys
from omx_wiki.journal.redact import redact
unit = sys.stdin.read()
text = (unit * ({size} // len(unit) + 1))[:{size}]
once = redact(text).text
assert redact(once).text == once
"""
_UNITS = [
    "a", "-", "\\", "token=", "token=a1", "password=/aaaa-aaaa=", "pwd=a|", "password='\\", "AccountKey=0",
    "://a:", "//a:b@c,", "eyJ.", "eyJaaaaaaaaaa.", "sk-a.", "sk-a1B-", "sgp_a", "glpat-", "xoxb-", "dp.st.",
    "BEGIN ", "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n" + "A" * 64 + "\n", "Private-Lines: 1\n",
    "<private>", "<private", "[redacted:x]", "[redacted:", "cookie: ", "cookie: a=bbbbbbb;",
    "bearer ", "basic ",
    "authorization: ", "login a password ", "mysql -", "curl -u ", "htpasswd -b a ", "M" * 24 + ".aaaaaa.",
    "*:*:*:", "1234567890:A", '"name": "token", "value": ', "sessionid=", "\x1b[32m", "İ",
]  # fmt: skip


@pytest.mark.parametrize("unit", _UNITS)
def test_a_long_hostile_run_ends_before_the_deadline(unit: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(size=_SIZE)],
        input=unit,
        encoding="utf-8",
        env={"PYTHONPATH": str(_LIBRARY), "PYTHONUTF8": "1"},
        timeout=_DEADLINE,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
