from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omx_wiki.journal.scrub import Finding, scrub_page, scrub_store

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = b"gh" + b"p_" + b"a1B2" * 9


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_bytes_around_a_secret_stay_whatever_they_are(before: bytes, after: bytes) -> None:
    clean, counts = scrub_page(before + b"\n" + TOKEN + b"\n" + after)
    assert TOKEN not in clean
    if counts == {"github-token": 1}:
        assert clean == before + b"\n[redacted:github-token]\n" + after


@pytest.mark.parametrize(
    "page", [b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nbody\r\n", b"", b"\xff\xfe\x00", "Ünïcode İ\n".encode()]
)
def test_a_page_without_secrets_is_the_same_bytes(page: bytes) -> None:
    assert scrub_page(page) == (page, {})


def test_a_dry_run_reports_kind_and_line_and_writes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "keys.md"
    raw = b"# Keys\r\n\r\n\xff " + TOKEN + b'\npassword: "hunter42!"\n'
    page.write_bytes(raw)
    assert list(scrub_store([page])) == [Finding(page, "github-token", 3), Finding(page, "password", 4)]
    assert page.read_bytes() == raw


def test_each_page_with_secrets_is_written_once(tmp_path: Path) -> None:
    dirty, clean = tmp_path / "dirty.md", tmp_path / "clean.md"
    dirty.write_bytes(b"x\n" + TOKEN + b"\n" + TOKEN + b"\n")
    clean.write_bytes(b"nothing here\n")
    written: list[Path] = []

    def write(path: Path, raw: bytes) -> None:
        written.append(path)
        path.write_bytes(raw)

    assert [finding.line for finding in scrub_store([dirty, clean], write)] == [2, 3]
    assert written == [dirty]
    assert dirty.read_bytes() == b"x\n[redacted:github-token]\n[redacted:github-token]\n"
    assert list(scrub_store([dirty, clean])) == []


def test_a_link_a_fifo_and_a_missing_file_are_passed_over(tmp_path: Path) -> None:
    target, link, fifo = tmp_path / "outside", tmp_path / "link.md", tmp_path / "fifo.md"
    target.write_bytes(TOKEN)
    link.symlink_to(target)
    os.mkfifo(fifo)
    assert list(scrub_store([link, fifo, tmp_path / "missing.md"])) == []
